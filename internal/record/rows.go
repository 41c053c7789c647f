package record

import (
	"iter"
	"slices"
)

// Rows holds the rows of one header or one person: a flat list, the parent
// row first, with every value's text and line in one buffer. A Rows is reused
// from person to person, so nothing taken from it outlives the next one.
//
// The zero value is empty and ready to use.
type Rows struct {
	// Problems are what the reader met and a row cannot hold, in file order.
	Problems []Problem

	buf  []byte
	rows []row
	vals []value
}

type row struct {
	first uint32
	line  uint32
	class Class
}

// value is a slice of Rows.buf; line 0 means that the field is absent.
type value struct{ off, end, line uint32 }

// Header is the INNHINFO row and, in the 2018 message, its KONTAKT rows.
type Header struct{ Rows }

// Person is a PERSON row and its child rows.
type Person struct{ Rows }

// Problem is something in the input that is well-formed XML but not part of
// the message: the reader reports it here, keeps what it can and goes on.
type Problem struct {
	Kind ProblemKind
	// Class is the class the problem stands in.
	Class Class
	// Name is the element or attribute name met, cut to 64 bytes; it comes
	// from outside and is shown quoted.
	Name string
	// Line and Column are where it starts, from 1.
	Line, Column int
}

// ProblemKind says what is wrong with an element or attribute.
type ProblemKind uint8

// The kinds of problem a reader reports.
const (
	// Unexpected is an element, attribute or text the message does not have.
	Unexpected ProblemKind = iota + 1
	// Repeated is a field that stands a second time; the first is kept.
	Repeated
	// OutOfOrder is a known element after one it should stand before; it is
	// kept.
	OutOfOrder
)

// Reset empties the rows and keeps the memory.
func (r *Rows) Reset() {
	r.Problems = r.Problems[:0]
	r.buf, r.rows, r.vals = r.buf[:0], r.rows[:0], r.vals[:0]
}

// Add appends a row of the class that starts on the line and returns its
// index.
func (r *Rows) Add(c Class, line int) int {
	first := len(r.vals)
	last := first + len(classes[c].fields)
	if last > cap(r.vals) {
		r.vals = slices.Grow(r.vals, last-first)
	}
	r.vals = r.vals[:last]
	clear(r.vals[first:])
	r.rows = append(r.rows, row{first: uint32(first), line: uint32(line), class: c})
	return len(r.rows) - 1
}

// drop takes the last row away again.
func (r *Rows) drop(i int) {
	r.vals = r.vals[:r.rows[i].first]
	r.rows = r.rows[:i]
}

// SetLine changes the line that row i starts on.
func (r *Rows) SetLine(i, line int) { r.rows[i].line = uint32(line) }

// Set gives a field of row i its text, which is copied. Line must be at
// least 1. It replaces an earlier value.
func (r *Rows) Set(i int, f Field, text []byte, line int) {
	off := len(r.buf)
	r.buf = append(r.buf, text...)
	r.vals[r.slot(i, f)] = value{off: uint32(off), end: uint32(len(r.buf)), line: uint32(line)}
}

// SetString is Set for a string.
func (r *Rows) SetString(i int, f Field, text string, line int) {
	off := len(r.buf)
	r.buf = append(r.buf, text...)
	r.vals[r.slot(i, f)] = value{off: uint32(off), end: uint32(len(r.buf)), line: uint32(line)}
}

func (r *Rows) slot(i int, f Field) uint32 {
	return r.rows[i].first + uint32(fields[f].slot)
}

// Len returns the number of rows, the parent row included.
func (r *Rows) Len() int { return len(r.rows) }

// Size returns the bytes held as text, with what lies between the texts, to
// bound one person.
func (r *Rows) Size() int { return len(r.buf) }

// Row returns row i, from 0; row 0 is the parent row.
func (r *Rows) Row(i int) Row { return Row{r, i} }

// All yields the rows of a class in file order.
func (r *Rows) All(c Class) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i := range r.rows {
			if r.rows[i].class == c && !yield(Row{r, i}) {
				return
			}
		}
	}
}

// Count returns the number of rows of a class.
func (r *Rows) Count(c Class) int {
	n := 0
	for i := range r.rows {
		if r.rows[i].class == c {
			n++
		}
	}
	return n
}

// Get returns the text of a field of the parent row, as [Row.Get] does.
func (r *Rows) Get(f Field) []byte { return Row{r, 0}.Get(f) }

// Row is a view of one row; it is valid as long as its Rows is unchanged.
type Row struct {
	rows *Rows
	i    int
}

// Index returns the row's index in its Rows.
func (r Row) Index() int { return r.i }

// Class returns the row's class.
func (r Row) Class() Class { return r.rows.rows[r.i].class }

// Line returns the line the row starts on, from 1.
func (r Row) Line() int { return int(r.rows.rows[r.i].line) }

// Get returns the text of a field, nil when it is absent and an empty,
// non-nil slice when it is there and empty. The field must be of the row's
// class. The text is valid until the Rows changes.
func (r Row) Get(f Field) []byte {
	v := r.rows.vals[r.rows.slot(r.i, f)]
	if v.line == 0 {
		return nil
	}
	return r.rows.buf[v.off:v.end:v.end]
}

// Has tells whether the field is there, empty or not.
func (r Row) Has(f Field) bool { return r.rows.vals[r.rows.slot(r.i, f)].line != 0 }

// FieldLine returns the line the field starts on, or the row's line when the
// field is absent.
func (r Row) FieldLine(f Field) int {
	if l := r.rows.vals[r.rows.slot(r.i, f)].line; l != 0 {
		return int(l)
	}
	return r.Line()
}
