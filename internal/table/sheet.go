package table

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"iplos/internal/fault"
)

// sheetRows is a sheet as Rows.
type sheetRows struct {
	file    string
	rows    *excelize.Rows
	columns []string
	info    Info
	check   sheetCheck
	pending [][]byte // a first row that is data, not header
	cells   [][]byte
	text    []byte
	row     int // the sheet's number of the last row
}

func openSheet(book *excelize.File, name string, xml []byte, info Info, f Format) (Rows, error) {
	check, err := checkSheet(xml)
	if err != nil {
		return nil, Fault(name, err)
	}
	rows, err := book.Rows(name)
	if err != nil {
		return nil, Fault(name, &DamageError{Kind: Sheet, Err: err})
	}
	info.Formulas = check.formulas
	r := &sheetRows{file: name, rows: rows, info: info, check: check}
	if err := r.header(f); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return r, nil
}

func (r *sheetRows) header(f Format) error {
	var row [][]byte
	for row == nil || r.row <= f.SkipRows {
		var err error
		if row, err = r.read(); errors.Is(err, io.EOF) {
			return fault.New(fault.Blocked, "table.empty", "file", r.file)
		} else if err != nil {
			return err
		}
	}
	if at := r.check.mergedFrom(r.row); at != "" {
		return Fault(r.file, &DamageError{Kind: Merged, Line: r.row, Cell: at})
	}
	for i, c := range row {
		name := string(trim(c))
		if f.NoHeader {
			name = strconv.Itoa(i + 1)
			r.pending = append(r.pending, append([]byte(nil), c...))
		}
		r.columns = append(r.columns, name)
	}
	return nil
}

func (r *sheetRows) Columns() []string { return r.columns }
func (r *sheetRows) Line() int         { return r.row }
func (r *sheetRows) Lines() int        { return r.row }
func (r *sheetRows) Info() Info        { return r.info }

func (r *sheetRows) Next() ([][]byte, error) {
	row := r.pending
	if r.pending = nil; row == nil {
		var err error
		if row, err = r.read(); err != nil {
			return nil, err
		}
	}
	want := len(r.columns)
	for len(row) > want {
		if len(trim(row[len(row)-1])) > 0 {
			return nil, Fault(r.file, &DamageError{Kind: ColumnsMore, Line: r.row, Want: want, Have: len(row)})
		}
		row = row[:len(row)-1]
	}
	for len(row) < want {
		row = append(row, nil)
	}
	return row, nil
}

// read returns the next row with a cell in it.
func (r *sheetRows) read() ([][]byte, error) {
	for r.rows.Next() {
		r.row++
		cells, err := r.rows.Columns()
		if err != nil {
			return nil, Fault(r.file, &DamageError{Kind: Sheet, Line: r.row, Err: err})
		}
		if len(cells) > MaxColumns {
			return nil, Fault(r.file, &DamageError{Kind: ColumnsMany, Line: r.row})
		}
		if r.fill(cells) {
			return r.cells, nil
		}
	}
	if err := r.rows.Error(); err != nil {
		return nil, Fault(r.file, &DamageError{Kind: Sheet, Line: r.row, Err: err})
	}
	// The library ends quietly where the XML breaks; the last row's own number
	// tells whether it came to the end.
	if r.row < r.check.lastRow {
		return nil, Fault(r.file, &DamageError{Kind: Sheet, Line: r.row})
	}
	return nil, io.EOF
}

// fill copies the cells to bytes, and tells whether any has something in it.
func (r *sheetRows) fill(cells []string) bool {
	r.text, r.cells = r.text[:0], r.cells[:0]
	some := false
	for _, c := range cells {
		from := len(r.text)
		r.text = append(r.text, c...)
		r.cells = append(r.cells, r.text[from:len(r.text):len(r.text)])
		some = some || len(c) > 0
	}
	return some
}

func (r *sheetRows) Close() error {
	if err := r.rows.Close(); err != nil {
		return Fault(r.file, &DamageError{Kind: Sheet, Line: r.row, Err: err})
	}
	return nil
}

// sheetCheck is what the sheet's XML tells and the library does not.
type sheetCheck struct {
	lastRow  int
	formulas int
	merges   []string
}

// maxMerges caps the merged cells that are looked at; a table has none.
const maxMerges = 10_000

// checkSheet looks through a sheet's XML for what would lose values: a sheet
// cut short, formulas without a saved value, merged cells.
func checkSheet(xml []byte) (sheetCheck, error) {
	var c sheetCheck
	if !bytes.HasSuffix(bytes.TrimSpace(xml), []byte("worksheet>")) {
		return c, &DamageError{Kind: Sheet}
	}
	for _, open := range []string{"<f>", "<f ", "<f/"} {
		c.formulas += bytes.Count(xml, []byte(open))
	}
	if c.formulas > 0 {
		for _, bare := range []string{"</f></c>", "</f><v></v>", "</f><v/>", "</f><v />"} {
			if i := bytes.Index(xml, []byte(bare)); i >= 0 {
				return c, &DamageError{Kind: Formula, Cell: cellBefore(xml[:i])}
			}
		}
	}
	if i := lastTag(xml, "row"); i >= 0 {
		c.lastRow, _ = strconv.Atoi(attribute(xml[i:], "r"))
	}
	rest := xml
	for len(c.merges) < maxMerges {
		i := bytes.Index(rest, []byte("mergeCell "))
		if i < 0 {
			break
		}
		c.merges = append(c.merges, attribute(rest[i:], "ref"))
		rest = rest[i+1:]
	}
	return c, nil
}

// lastTag returns where the last element of that name starts, or -1.
func lastTag(xml []byte, name string) int {
	at := -1
	for _, form := range []string{"<" + name + " ", ":" + name + " "} {
		at = max(at, bytes.LastIndex(xml, []byte(form)))
	}
	return at
}

// attribute returns an attribute of the tag that xml starts in.
func attribute(xml []byte, name string) string {
	tag, _, _ := bytes.Cut(xml[:min(len(xml), 4096)], []byte{'>'})
	_, after, found := bytes.Cut(tag, []byte(" "+name+"=\""))
	if !found {
		return ""
	}
	value, _, _ := bytes.Cut(after, []byte{'"'})
	return cut(string(value))
}

func cellBefore(xml []byte) string {
	if i := lastTag(xml, "c"); i >= 0 {
		return attribute(xml[i:], "r")
	}
	return ""
}

// mergedFrom returns a merged cell that reaches into the rows from row on:
// only its first cell has the value, the others look empty.
func (c *sheetCheck) mergedFrom(row int) string {
	for _, ref := range c.merges {
		_, last, found := bytes.Cut([]byte(ref), []byte{':'})
		if !found {
			last = []byte(ref)
		}
		if _, r, err := excelize.CellNameToCoordinates(string(last)); err == nil && r >= row {
			return ref
		}
	}
	return ""
}
