package record

import (
	"errors"
	"fmt"
	"io"
)

// ValueError is a value that no XML document can carry: it is not UTF-8, or
// has a control character.
type ValueError struct {
	Field Field
	// Line is where the value stood in its source.
	Line int
}

// Error names the field and the line, not the value.
func (e *ValueError) Error() string {
	return fmt.Sprintf("line %d: %s cannot be written as XML", e.Line, e.Field.Name())
}

// errOrder is a wrong order of calls to a Writer.
var errOrder = errors.New("writing a message: Header comes once and first, Close last")

// flushSize is how much a Writer gathers before it writes.
const flushSize = 64 << 10

// Writer writes a message as UTF-8 in one fixed layout: a line for each row,
// nothing between the fields, fields in message order, rows in the order they
// have. Equal records give equal bytes.
type Writer struct {
	dst     io.Writer
	profile Profile
	buf     []byte
	err     error
	state   readerState
}

// NewWriter returns a Writer of a message of that profile.
func NewWriter(dst io.Writer, p Profile) *Writer {
	return &Writer{dst: dst, profile: p, buf: make([]byte, 0, flushSize+flushSize/4)}
}

// Header writes the start of the message. It must come first.
func (w *Writer) Header(h *Header) error {
	if w.err == nil && w.state != atStart {
		w.err = errOrder
	}
	if w.err != nil {
		return w.err
	}
	w.state = between
	w.buf, w.err = AppendHeader(w.buf, h, w.profile, HeaderOptions{})
	return w.flush(flushSize)
}

// Person writes one person. A *ValueError leaves the Writer unusable.
func (w *Writer) Person(p *Person) error {
	if w.err == nil && w.state != between {
		w.err = errOrder
	}
	if w.err != nil {
		return w.err
	}
	w.buf, w.err = AppendPerson(w.buf, p, w.profile, nil)
	return w.flush(flushSize)
}

// Close writes the end of the message. It does not close the underlying
// writer.
func (w *Writer) Close() error {
	if w.err == nil && w.state != between {
		w.err = errOrder
	}
	if w.err != nil {
		return w.err
	}
	w.state = atClose
	w.buf = AppendEnd(w.buf)
	return w.flush(0)
}

// flush writes out what was gathered when it is at least atLeast bytes.
func (w *Writer) flush(atLeast int) error {
	if w.err != nil || len(w.buf) < atLeast {
		return w.err
	}
	n, err := w.dst.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = io.ErrShortWrite
	}
	w.buf, w.err = w.buf[:0], err
	return err
}

// HeaderOptions changes how a header is written.
type HeaderOptions struct {
	// BlankMade leaves iiLagetDato empty, as in the form of a message whose
	// hash tells whether two have the same content.
	BlankMade bool
}

// AppendHeader appends the start of a message: the XML declaration, the root's
// start tag and the header. The error is a *ValueError.
func AppendHeader(dst []byte, h *Header, p Profile, o HeaderOptions) ([]byte, error) {
	dst = append(dst, `<?xml version="1.0" encoding="UTF-8"?>`+"\n<IPLOS"...)
	if p.Namespace != "" {
		dst = append(dst, ` xmlns="`...)
		dst = append(dst, p.Namespace...)
		dst = append(dst, '"')
	}
	dst = append(dst, ` versjon="`...)
	dst = append(dst, p.Versjon...)
	dst = append(dst, "\">\n"...)
	a := appender{dst: dst, rows: &h.Rows, profile: p}
	if o.BlankMade {
		a.swapped = IiLagetDato
	}
	if h.Len() > 0 {
		a.header()
	}
	return a.dst, a.err
}

// AppendPerson appends a person. Where link is not nil it stands in place of
// peFnr, unless that is absent or empty. Fields that the profile does not
// have are left out. The error is a *ValueError.
func AppendPerson(dst []byte, p *Person, profile Profile, link []byte) ([]byte, error) {
	a := appender{dst: dst, rows: &p.Rows, profile: profile, with: link}
	if link != nil && len(p.Get(PeFnr)) > 0 {
		a.swapped = PeFnr
	}
	a.person()
	return a.dst, a.err
}

// AppendEnd appends the end of a message.
func AppendEnd(dst []byte) []byte { return append(dst, "</IPLOS>\n"...) }

// appender writes the rows of a header or person.
type appender struct {
	dst     []byte
	rows    *Rows
	profile Profile
	// swapped is a field that is written with another text.
	swapped Field
	with    []byte
	err     error
}

func (a *appender) person() {
	a.open(0)
	a.fields(0, NoField, NumFields)
	a.dst = append(a.dst, '\n')
	for i := 1; i < a.rows.Len(); i++ {
		a.row(i)
	}
	a.close(PersonRow)
}

func (a *appender) header() {
	a.open(0)
	a.fields(0, NoField, IiBydelsnr)
	if a.rows.Len() > 1 && a.profile.Occurs(Kontakt).Max != 0 {
		a.dst = append(a.dst, '\n')
	}
	for i := 1; i < a.rows.Len(); i++ {
		a.row(i)
	}
	a.fields(0, IiBydelsnr, NumFields)
	a.close(Innhinfo)
}

// row writes a row without rows inside it, on one line.
func (a *appender) row(i int) {
	c := a.rows.rows[i].class
	if a.profile.Occurs(c).Max == 0 {
		return
	}
	a.open(i)
	a.fields(i, NoField, NumFields)
	a.close(c)
}

func (a *appender) open(i int) {
	c := a.rows.rows[i].class
	a.dst = append(a.dst, '<')
	a.dst = append(a.dst, classes[c].element...)
	for _, f := range classes[c].fields {
		if fields[f].kind != Attribute {
			break
		}
		v := a.rows.vals[a.rows.slot(i, f)]
		if v.line == 0 || a.profile.Cardinality(f) == Absent {
			continue
		}
		a.dst = append(a.dst, ' ')
		a.dst = append(a.dst, fields[f].name...)
		a.dst = append(a.dst, '=', '"')
		var ok bool
		if a.dst, ok = appendValue(a.dst, a.rows.buf[v.off:v.end]); !ok {
			a.fail(f, v)
		}
		a.dst = append(a.dst, '"')
	}
	a.dst = append(a.dst, '>')
}

func (a *appender) close(c Class) {
	a.dst = append(a.dst, '<', '/')
	a.dst = append(a.dst, classes[c].element...)
	a.dst = append(a.dst, '>', '\n')
}

// fields writes the elements of row i after one field and up to another.
func (a *appender) fields(i int, after, upTo Field) {
	c := a.rows.rows[i].class
	vals := a.rows.vals[a.rows.rows[i].first:]
	for slot, f := range classes[c].fields {
		v := vals[slot]
		if v.line == 0 || f <= after || f > upTo || fields[f].kind != Element || a.profile.Cardinality(f) == Absent {
			continue
		}
		text := a.rows.buf[v.off:v.end]
		if f == a.swapped {
			text = a.with
		}
		name := fields[f].name
		a.dst = append(a.dst, '<')
		a.dst = append(a.dst, name...)
		if len(text) == 0 {
			a.dst = append(a.dst, '/', '>')
			continue
		}
		a.dst = append(a.dst, '>')
		var ok bool
		if a.dst, ok = appendText(a.dst, text); !ok {
			a.fail(f, v)
		}
		a.dst = append(a.dst, '<', '/')
		a.dst = append(a.dst, name...)
		a.dst = append(a.dst, '>')
	}
}

func (a *appender) fail(f Field, v value) {
	if a.err == nil {
		a.err = &ValueError{Field: f, Line: int(v.line)}
	}
}
