package finding

// Totals are a file's own figures: what was read, and what the reports and
// next year's comparison need. They hold no personal data.
type Totals struct {
	Persons int `json:"persons"`
	// Rows counts rows by class name; PERSON is Persons and stands apart.
	Rows map[string]int `json:"rows"`
	// ServiceUsers counts, by service code, the persons with at least one
	// row of that service that is not a refusal.
	ServiceUsers map[int]int `json:"service_users"`
	// Assessed counts the persons with all function variables 1–17 assessed
	// in the period.
	Assessed int `json:"assessed"`
}

// Input says what was read.
type Input struct {
	// Path is the name the user gave, "-" for standard input.
	Path string `json:"path"`
	// SHA256 is the hex digest of the bytes read; for a set of tables, of the
	// list of names and digests.
	SHA256 string `json:"sha256"`
	// Bytes is the number of bytes read.
	Bytes int64 `json:"bytes"`
}
