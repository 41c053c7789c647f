package table

import (
	"strconv"
	"strings"

	"iplos/internal/fault"
)

// Change is a way in which a value was rewritten.
type Change uint8

// The changes a mapping makes.
const (
	DateRewritten Change = iota
	DecimalRewritten
	CodeTranslated
	ZeroPadded

	NumChanges = 4
)

// String returns the change's key in an account.
func (c Change) String() string {
	return [...]string{"date", "decimal", "code", "padded"}[c]
}

// Binding joins one table mapping with the columns a table really has.
type Binding struct {
	Map   *Mapping
	Class *Class
	// Unmapped counts columns that feed nothing.
	Unmapped int
	// Unfed are the required fields no column or constant feeds.
	Unfed []string

	key, choose int
	fields      []bound
	date1904    bool
	workbook    bool
	scratch     []byte
}

// bound is one field's source and how it is rewritten.
type bound struct {
	field    int
	column   int // -1 for a constant or a serial
	constant []byte
	serial   bool
	kind     Kind
	dates    []DateFormat
	codes    map[string]string
	pad      int
	width    int
	plainDay bool // the first format is the message's own

	lostZeros, unknownCodes int
}

// Mapped is one row's values, valid until the next row.
type Mapped struct {
	Key []byte
	// Select is the value of the select column, if the mapping has one.
	Select []byte
	// Values holds a text for each bound field (see [Binding.Fields]), nil
	// where the cell is empty.
	Values  [][]byte
	Changes [NumChanges]uint8
	// Blank says that every mapped cell is empty.
	Blank bool
}

// Bind finds the columns of a mapping. File is how the table is called in
// faults.
func Bind(profile *Profile, m *Mapping, c *Class, file string, columns []string, info Info) (*Binding, error) {
	b := &Binding{Map: m, Class: c, key: -1, choose: -1, date1904: info.Date1904, workbook: info.Workbook}
	b.Unfed = nil
	f := &finder{profile: profile.Name, file: file, columns: columns}
	used := make([]bool, len(columns))
	take := func(i int) int {
		if i >= 0 {
			used[i] = true
		}
		return i
	}
	for i := range m.Fields {
		fm := &m.Fields[i]
		at := -1
		if fm.Column != "" {
			if at = take(f.find(fm.Column, fm.Optional)); at < 0 {
				continue
			}
		}
		b.add(c.Field(fm.Field), at, fm)
	}
	if m.ByName {
		for i := range c.Fields {
			if at := f.find(c.Fields[i].Name, true); at >= 0 && !b.has(i) {
				b.add(i, take(at), &FieldMap{})
			}
		}
	}
	if !c.Header {
		b.key = take(f.find(keyColumn(m, c), false))
	}
	if m.Select != "" {
		b.choose = take(f.find(m.Select, false))
	}
	if err := f.fault(m); err != nil {
		return nil, err
	}
	for i := range used {
		if !used[i] && columns[i] != "" {
			b.Unmapped++
		}
	}
	for i := range c.Fields {
		if c.Fields[i].Required && !b.has(i) {
			b.Unfed = append(b.Unfed, c.Fields[i].Name)
		}
	}
	return b, nil
}

func keyColumn(m *Mapping, c *Class) string {
	if m.Key != "" {
		return m.Key
	}
	return c.Key
}

func (b *Binding) has(field int) bool {
	for i := range b.fields {
		if b.fields[i].field == field {
			return true
		}
	}
	return false
}

func (b *Binding) add(field, column int, m *FieldMap) {
	f := &b.Class.Fields[field]
	dates := m.Dates
	if len(dates) == 0 {
		dates = b.Map.Format.Dates
	}
	out := bound{
		field: field, column: column, serial: m.Serial, kind: f.Kind,
		dates: dates, codes: m.Codes, pad: m.Pad, width: f.Width,
		plainDay: f.Kind == Date && len(dates) > 0 && dates[0] == "yyyymmdd",
	}
	if m.Constant != nil {
		out.constant = []byte(*m.Constant)
	}
	b.fields = append(b.fields, out)
}

// finder looks columns up by name: as written, then in any case.
type finder struct {
	profile, file string
	columns       []string
	missing       []string
	twice         string
}

func (f *finder) find(name string, optional bool) int {
	at, n := -1, 0
	for i, c := range f.columns {
		if c == name {
			at, n = i, n+1
		}
	}
	if n == 0 {
		for i, c := range f.columns {
			if strings.EqualFold(c, name) {
				at, n = i, n+1
			}
		}
	}
	if n > 1 {
		f.twice = name
	}
	if n == 0 && !optional {
		f.missing = append(f.missing, name)
	}
	return at
}

func (f *finder) fault(m *Mapping) error {
	line := strconv.Itoa(m.Line)
	if f.twice != "" {
		return fault.New(fault.Usage, "table.column.twice", "file", f.file, "column", f.twice, "profile", f.profile, "line", line)
	}
	if len(f.missing) == 0 {
		return nil
	}
	return fault.New(fault.Usage, "table.column.missing", "file", f.file, "columns", strings.Join(f.missing, ", "),
		"n", len(f.missing), "profile", f.profile, "line", line)
}

// Fields returns the class's field index of each value in [Mapped.Values].
func (b *Binding) Fields() []int {
	out := make([]int, len(b.fields))
	for i := range b.fields {
		out[i] = b.fields[i].field
	}
	return out
}

// Serial tells whether value i is to be numbered from 1.
func (b *Binding) Serial(i int) bool { return b.fields[i].serial }

// Selects tells whether the rows say which municipality they belong to.
func (b *Binding) Selects() bool { return b.choose >= 0 }

// LostZeros and UnknownCodes return how many values of value i lacked their
// leading zeros, or stood in no translation; they were kept as they are.
func (b *Binding) LostZeros(i int) int { return b.fields[i].lostZeros }

// UnknownCodes is described with LostZeros.
func (b *Binding) UnknownCodes(i int) int { return b.fields[i].unknownCodes }

// Row maps a row. Cells beyond the row's end are empty.
func (b *Binding) Row(row [][]byte, out *Mapped) {
	out.Values, out.Blank = out.Values[:0], true
	out.Changes = [NumChanges]uint8{}
	b.scratch = b.scratch[:0]
	out.Key, out.Select = b.cell(row, b.key), b.cell(row, b.choose)
	if b.workbook && len(out.Key) > 0 {
		out.Key = b.plain(out.Key, 0)
	}
	for i := range b.fields {
		f := &b.fields[i]
		if f.column < 0 {
			out.Values = append(out.Values, f.constant)
			continue
		}
		v := b.cell(row, f.column)
		if len(v) > 0 {
			out.Blank = false
			v = b.convert(f, v, out)
		}
		out.Values = append(out.Values, v)
	}
	if len(out.Key) > 0 {
		out.Blank = false
	}
}

// Fixed tells whether value i comes from no column, and Constant its text.
func (b *Binding) Fixed(i int) bool { return b.fields[i].column < 0 }

// Constant returns the text of a value that is the same in every row.
func (b *Binding) Constant(i int) []byte { return b.fields[i].constant }

// ColumnUse is a column and the field it feeds.
type ColumnUse struct {
	Column int
	Field  string
}

// Columns returns which column feeds which field, the person key included.
func (b *Binding) Columns() []ColumnUse {
	var out []ColumnUse
	for _, f := range b.fields {
		if f.column >= 0 {
			out = append(out, ColumnUse{f.column, b.Class.Fields[f.field].Name})
		}
	}
	if b.key >= 0 && b.Class.Key != "" {
		out = append(out, ColumnUse{b.key, b.Class.Key})
	}
	return out
}
