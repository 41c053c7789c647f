package synth

import (
	"errors"
	"io"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/sandbox/xlsxout"
)

// WriteXLSX writes a workbook with one sheet for each class. A class with
// more rows than a sheet can hold is a fault of kind usage.
func (g *Generator) WriteXLSX(w io.Writer, opts TableOptions) error {
	book := &xlsxout.Book{}
	var sheets [record.NumClasses]*sheet
	for _, c := range tableClasses(g.profile) {
		s, err := newSheet(book, c, columns(g.profile, c))
		if err != nil {
			return err
		}
		sheets[c] = s
	}
	lines := &shuffler{seed: g.opts.Seed, hold: opts.Shuffle}
	err := g.rows(func(r record.Row) error {
		return lines.add(sheets[r.Class()], r)
	})
	if err == nil {
		err = lines.finish()
	}
	if err != nil {
		return err
	}
	return book.Write(w)
}

type sheet struct {
	out    *xlsxout.Sheet
	fields []record.Field
	cells  []string
}

func newSheet(book *xlsxout.Book, c record.Class, fields []record.Field) (*sheet, error) {
	out, err := book.Sheet(c.String())
	if err != nil {
		return nil, err
	}
	s := &sheet{out: out, fields: fields, cells: make([]string, len(fields))}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name()
	}
	return s, s.write(names)
}

func (s *sheet) write(cells []string) error {
	err := s.out.Row(cells)
	if errors.Is(err, xlsxout.ErrFull) {
		return fault.New(fault.Usage, "sandbox.synth.sheet", "max", xlsxout.MaxRows)
	}
	return err
}

// texts takes the row's values, none for a field that is not there.
func (s *sheet) texts(r record.Row) []string {
	for i, f := range s.fields {
		s.cells[i] = ""
		if r.Has(f) {
			s.cells[i] = string(r.Get(f))
		}
	}
	return s.cells
}
