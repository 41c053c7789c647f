package report

import (
	"io"
	"path/filepath"
	"strings"

	"iplos/internal/ui/lang"
)

// Format is one way to write a report.
type Format struct {
	// Name is the format's name in flags ("text").
	Name string
	// Extension is the file ending that chooses it (".txt").
	Extension string
	// Write writes the whole report. It stops at the first error of w.
	Write func(w io.Writer, r *Report, p *lang.Printer) error
}

// Formats returns the formats for those who work with the file. Their
// reports hold row and person ids, which are personal data.
func Formats() []Format {
	return []Format{
		{"text", ".txt", whole(writeText)},
		{"json", ".json", whole(writeJSON)},
		{"csv", ".csv", whole(writeCSV)},
		{"html", ".html", whole(writeHTML)},
	}
}

// whole tells of a report that is not, as its findings could not be read
// again.
func whole(write func(io.Writer, *Report, *lang.Printer) error) func(io.Writer, *Report, *lang.Printer) error {
	return func(w io.Writer, r *Report, p *lang.Printer) error {
		if err := write(w, r, p); err != nil {
			return err
		}
		return r.log().Err()
	}
}

// ByName returns the format of that name.
func ByName(formats []Format, name string) (Format, bool) {
	for _, f := range formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// ByPath returns the format that the file name's ending asks for, in any
// case.
func ByPath(formats []Format, path string) (Format, bool) {
	ext := strings.ToLower(filepath.Ext(path))
	for _, f := range formats {
		if f.Extension == ext {
			return f, true
		}
	}
	return Format{}, false
}
