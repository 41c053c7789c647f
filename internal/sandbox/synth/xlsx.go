package synth

import (
	"io"

	"github.com/xuri/excelize/v2"

	"iplos/internal/fault"
	"iplos/internal/record"
)

// maxSheetRows is what a worksheet can hold, the heading included.
const maxSheetRows = 1_048_576

// WriteXLSX writes a workbook with one sheet for each class. A class with
// more rows than a sheet can hold is a fault of kind usage.
func (g *Generator) WriteXLSX(w io.Writer, opts TableOptions) (err error) {
	book := excelize.NewFile()
	defer func() {
		if cerr := book.Close(); err == nil {
			err = cerr
		}
	}()
	var sheets [record.NumClasses]*sheet
	for n, c := range tableClasses(g.profile) {
		if sheets[c], err = newSheet(book, n, c, columns(g.profile, c)); err != nil {
			return err
		}
	}
	lines := &shuffler{seed: g.opts.Seed, hold: opts.Shuffle}
	err = g.rows(func(r record.Row) error {
		return lines.add(sheets[r.Class()], r)
	})
	if err == nil {
		err = lines.finish()
	}
	for _, s := range sheets {
		if s != nil && err == nil {
			err = s.stream.Flush()
		}
	}
	if err != nil {
		return err
	}
	return book.Write(w)
}

type sheet struct {
	stream *excelize.StreamWriter
	fields []record.Field
	cells  []any
	next   int // row number in the sheet, from 1
}

func newSheet(book *excelize.File, n int, c record.Class, fields []record.Field) (*sheet, error) {
	if n == 0 {
		if err := book.SetSheetName("Sheet1", c.String()); err != nil {
			return nil, err
		}
	} else if _, err := book.NewSheet(c.String()); err != nil {
		return nil, err
	}
	stream, err := book.NewStreamWriter(c.String())
	if err != nil {
		return nil, err
	}
	s := &sheet{stream: stream, fields: fields, cells: make([]any, len(fields)), next: 1}
	names := make([]any, len(fields))
	for i, f := range fields {
		names[i] = f.Name()
	}
	return s, s.write(names)
}

func (s *sheet) write(cells []any) error {
	if s.next > maxSheetRows {
		return fault.New(fault.Usage, "sandbox.synth.sheet", "max", maxSheetRows)
	}
	cell, err := excelize.CoordinatesToCellName(1, s.next)
	if err != nil {
		return err
	}
	s.next++
	return s.stream.SetRow(cell, cells)
}

// texts takes the row's values as text: a spreadsheet number would lose the
// leading zeros of 0403 and 00.
func (s *sheet) texts(r record.Row) []any {
	for i, f := range s.fields {
		s.cells[i] = nil
		if r.Has(f) {
			s.cells[i] = string(r.Get(f))
		}
	}
	return s.cells
}
