package extract

import (
	"bytes"
	"context"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/table"
)

// Source is a kind of export.
type Source struct {
	// Kind is its name in flags.
	Kind string
	// recognises tells from the first bytes, decoded where they are text,
	// whether the content is of this kind.
	recognises func(h head) bool
	// open reads up to the first person. A nil source means that nothing is
	// left to close.
	open func(ctx context.Context, in *input, o Options, l *ledger) (source, error)
	// tables returns the tables of a kind that has some.
	tables func(in *input) (*table.Set, error)
}

// Sources returns the kinds of export, in the order they are looked for. What
// is none of the others is read as a message, whose reader says what is wrong
// with it.
func Sources() []Source {
	return []Source{workbookSource(), csvSource(), messageSource()}
}

// Kinds returns the names of the kinds.
func Kinds() []string {
	var names []string
	for _, s := range Sources() {
		names = append(names, s.Kind)
	}
	return names
}

// head is the beginning of a file.
type head struct {
	raw []byte
	// text is the beginning as UTF-8, nil when it is not text.
	text []byte
	// folder says that there is no file but a folder.
	folder bool
	// entries are the names in a zip archive.
	entries []string
	zip     bool
}

// findSource returns the kind that was asked for, or the first that
// recognises the content.
func findSource(asked string, h head, path any) (Source, error) {
	if asked != "" {
		for _, s := range Sources() {
			if s.Kind == strings.ToLower(asked) {
				return s, nil
			}
		}
		return Source{}, fault.New(fault.Usage, "extract.source.unknown", "source", asked, "allowed", strings.Join(Kinds(), ", "))
	}
	if err := refuse(h, path); err != nil {
		return Source{}, err
	}
	for _, s := range Sources() {
		if s.recognises(h) {
			return s, nil
		}
	}
	return messageSource(), nil
}

// refuse names what people hand over by mistake.
func refuse(h head, path any) error {
	switch {
	case bytes.HasPrefix(h.raw, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return fault.New(fault.Usage, "extract.source.xls", "path", path)
	case bytes.HasPrefix(h.raw, []byte("\x1F\x8B")), bytes.HasPrefix(h.raw, []byte("7z\xBC\xAF\x27\x1C")),
		bytes.HasPrefix(h.raw, []byte("Rar!")):
		return fault.New(fault.Usage, "extract.source.packed", "path", path)
	case bytes.HasPrefix(h.raw, []byte("%PDF")):
		return fault.New(fault.Usage, "extract.source.pdf", "path", path)
	default:
		return nil
	}
}

// looksLikeTable tells whether text begins with a row of columns of which the
// message knows at least one.
func looksLikeTable(text []byte) bool {
	for range 10 {
		line, rest, found := bytes.Cut(text, []byte{'\n'})
		if d := table.GuessDelimiter(line, '"'); d != 0 {
			for _, c := range strings.Split(string(line), string(d)) {
				if knownColumn(strings.Trim(c, "\" \r\ufeff")) {
					return true
				}
			}
		}
		if !found {
			break
		}
		text = rest
	}
	return false
}

// knownColumn tells whether a name is a field's.
func knownColumn(name string) bool {
	for f := record.NoField + 1; f < record.NumFields; f++ {
		if strings.EqualFold(f.Name(), name) && f.Class() != record.Kontakt {
			return true
		}
	}
	return false
}

// looksLikeColumns tells whether the first lines fall evenly into columns,
// whatever they are called.
func looksLikeColumns(text []byte) bool {
	lines := bytes.Split(text, []byte{'\n'})
	if len(lines) < 3 {
		return false
	}
	d := table.GuessDelimiter(text, '"')
	return d != 0 && bytes.IndexByte(lines[0], d) >= 0 && bytes.IndexByte(lines[1], d) >= 0
}
