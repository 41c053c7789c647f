package table

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"iplos/internal/fault"
)

// Rows yields the rows of one table, the header apart.
type Rows interface {
	// Columns returns the names in the header row, trimmed.
	Columns() []string
	// Next returns the cells of the next row, valid until the next call, and
	// io.EOF after the last.
	Next() ([][]byte, error)
	// Line returns the line or sheet row of the last row, from 1, and Lines
	// how many there have been so far.
	Line() int
	Lines() int
	// Info tells how the table turned out to be written.
	Info() Info
	Close() error
}

// Info is how a table turned out to be written.
type Info struct {
	Workbook  bool
	Date1904  bool
	Encoding  Encoding
	Delimiter byte
	// Formulas counts cells with a formula; their saved values are taken.
	Formulas int
}

// csvRows is a CSV file as Rows.
type csvRows struct {
	file    string
	csv     *CSV
	found   func() Encoding
	closer  io.Closer
	columns []string
	first   [][]byte // a first row that is data, not header
	short   bool
	pad     [][]byte
}

// OpenCSV reads a CSV file's header. File is how the table is called in
// faults; closer may be nil.
func OpenCSV(file string, src io.Reader, closer io.Closer, f Format) (Rows, error) {
	utf8, found := Decode(src, f.Encoding)
	r := &csvRows{file: file, found: found, closer: closer, short: f.ShortRows}
	r.csv = NewCSV(utf8, f.Delimiter, f.Quote)
	if err := r.header(f); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *csvRows) header(f Format) error {
	if err := r.csv.skip(f.SkipRows); err != nil {
		return r.fault(err)
	}
	if f.Delimiter == 0 {
		if err := r.csv.findDelimiter(); err != nil {
			return r.fault(err)
		}
	}
	row, err := r.csv.Next()
	if errors.Is(err, io.EOF) {
		return fault.New(fault.Blocked, "table.empty", "file", r.file)
	}
	if err != nil {
		return r.fault(err)
	}
	for i, c := range row {
		name := string(trim(c))
		if strings.Contains(strings.ReplaceAll(name, "\r\n", ""), "\r") {
			return r.fault(&DamageError{Kind: LineEnds, Line: r.Line()})
		}
		if f.NoHeader {
			name = strconv.Itoa(i + 1)
		}
		r.columns = append(r.columns, name)
	}
	if f.NoHeader {
		for _, c := range row {
			r.first = append(r.first, append([]byte(nil), c...))
		}
	}
	return nil
}

func (r *csvRows) Columns() []string { return r.columns }
func (r *csvRows) Line() int         { return r.csv.Line() }
func (r *csvRows) Lines() int        { return r.csv.Lines() }

func (r *csvRows) Info() Info {
	return Info{Encoding: r.found(), Delimiter: r.csv.delim}
}

func (r *csvRows) Next() ([][]byte, error) {
	if r.first != nil {
		row := r.first
		r.first = nil
		return row, nil
	}
	row, err := r.csv.Next()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, r.fault(err)
	}
	if len(row) == len(r.columns) {
		return row, nil
	}
	return r.uneven(row)
}

// uneven takes a row whose columns differ in number from the header's: empty
// ones too many are nothing, others mean that values may have slid sideways.
func (r *csvRows) uneven(row [][]byte) ([][]byte, error) {
	want := len(r.columns)
	for len(row) > want && len(row[len(row)-1]) == 0 {
		row = row[:len(row)-1]
	}
	switch {
	case len(row) > want:
		return nil, r.fault(&DamageError{Kind: ColumnsMore, Line: r.Line(), Want: want, Have: len(row)})
	case len(row) < want && !r.short:
		return nil, r.fault(&DamageError{Kind: ColumnsFewer, Line: r.Line(), Want: want, Have: len(row)})
	}
	r.pad = append(r.pad[:0], row...)
	for len(r.pad) < want {
		r.pad = append(r.pad, nil)
	}
	return r.pad, nil
}

func (r *csvRows) Close() error {
	if r.closer == nil {
		return nil
	}
	c := r.closer
	r.closer = nil
	return c.Close()
}

func (r *csvRows) fault(err error) error { return Fault(r.file, err) }

// Fault returns damage as a fault that names the file, and other errors as
// they are.
func Fault(file string, err error) error {
	d, ok := errors.AsType[*DamageError](err)
	if !ok {
		kind, isText := damageOf(err)
		if !isText {
			return err
		}
		d = &DamageError{Kind: kind, Err: err}
	}
	d.File = file
	return fault.Wrap(d, fault.Blocked, "table.damage."+string(d.Kind), "file", file,
		"line", strconv.Itoa(d.Line), "column", strconv.Itoa(d.Column), "cell", d.Cell, "want", d.Want, "have", d.Have)
}
