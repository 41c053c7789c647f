package table

import (
	"path"
	"strings"
)

// Profile says which table and column feed which field.
type Profile struct {
	// Name is how faults and reports call it: its file name or "generic".
	Name string
	// Header holds constants of the header class, by field.
	Header []FieldMap
	Tables []Mapping
}

// Format says how a table is written.
type Format struct {
	Encoding  Encoding
	Delimiter byte // 0: found from the text
	Quote     byte // 0: none
	SkipRows  int
	// NoHeader says that the first row is data; columns are then named
	// "1", "2" and so on.
	NoHeader bool
	// ShortRows accepts rows with fewer columns than the header.
	ShortRows bool
	Dates     []DateFormat
	// Empty lists texts that stand for nothing.
	Empty []string
}

// Mapping is how one table, or all tables of a pattern, feed a class.
type Mapping struct {
	// Table is a file's base name without its ending, or a sheet's name, in
	// any case; * stands for anything.
	Table string
	Class string
	// Key is the column with the person key.
	Key string
	// Adds says that the rows add fields to persons of another table.
	Adds bool
	// Distinct says that a person's row may be repeated; the first counts.
	Distinct bool
	// ByName maps every column that is called as a field.
	ByName bool
	// Select is the column with the municipality number the person is
	// reported under.
	Select string
	// Optional says that the table may be missing.
	Optional bool
	Format   Format
	Fields   []FieldMap
	// Line is where the table stands in the profile.
	Line int
}

// FieldMap is where one field's value comes from.
type FieldMap struct {
	Field    string
	Column   string
	Constant *string
	Serial   bool
	Dates    []DateFormat
	Codes    map[string]string
	Pad      int
	Optional bool
	Line     int
}

// Matches tells whether the profile means a table by that name.
func (m *Mapping) Matches(name string) bool {
	ok, err := path.Match(strings.ToLower(m.Table), strings.ToLower(name))
	return ok && err == nil
}

// Suggest returns the name nearest to what was written, or "" when none is
// near.
func Suggest(written string, names []string) string {
	best, bestDistance := "", max(2, len(written)/3)+1
	for _, n := range names {
		if d := distance(strings.ToLower(written), strings.ToLower(n)); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}

// distance is the number of letters to change, add or drop; neighbours that
// changed places count as one. Names are short, so the table is small.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
