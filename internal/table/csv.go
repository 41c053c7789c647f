package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"unicode/utf8"
)

// The caps of a CSV file. A stray quote makes the rest of the file one field:
// the cap turns that into an error at once, not into memory.
const (
	MaxField   = 1 << 20
	MaxRow     = 4 << 20
	MaxColumns = 4096
)

// csvBuffer is what the CSV reader starts with; it grows to MaxRow at most.
const csvBuffer = 128 << 10

// CSV reads comma-separated values: one byte between fields, quotes doubled
// inside quotes, LF or CRLF between rows. Blank lines are skipped. Every row
// knows its line.
type CSV struct {
	src     io.Reader
	err     error
	buf     []byte
	r, w    int
	line    int
	rowLine int
	fields  [][]byte
	scratch []byte
	delim   byte
	quote   byte
	scan    masks
}

// masks are the bytes to look for, each repeated eight times.
type masks struct{ delim, quote uint64 }

const (
	ones    = 0x0101010101010101
	lows    = 0x7F7F7F7F7F7F7F7F
	newline = ones * '\n'
)

// NewCSV returns a reader of UTF-8 rows (see [Decode]). A quote of 0 means
// that quotes are letters like others.
func NewCSV(src io.Reader, delim, quote byte) *CSV {
	c := &CSV{src: &eager{src}, line: 1, delim: delim, quote: quote, buf: make([]byte, csvBuffer)}
	c.scan.delim = ones * uint64(delim)
	c.scan.quote = newline
	if quote != 0 {
		c.scan.quote = ones * uint64(quote)
	}
	return c
}

// Line returns the line the last row started on, from 1.
func (c *CSV) Line() int { return c.rowLine }

// Lines returns the number of lines read so far.
func (c *CSV) Lines() int { return c.line }

// Next returns the fields of the next row, valid until the next call, and
// io.EOF after the last. Damage is a *DamageError, without a file name.
func (c *CSV) Next() ([][]byte, error) {
	for {
		ok, err := c.row()
		if err != nil {
			return nil, err
		}
		if !ok {
			if err := c.fill(); err != nil {
				return nil, err
			}
			continue
		}
		if len(c.fields) == 1 && len(c.fields[0]) == 0 {
			continue // a blank line
		}
		return c.fields, nil
	}
}

// match returns a mask with the high bit set of each byte of x that is zero.
// The form without a borrow is exact; the usual shorter one is not.
func match(x uint64) uint64 { return ^((x&lows + lows) | x | lows) }

// row splits the row at c.r, or returns false when it needs more bytes.
func (c *CSV) row() (bool, error) {
	c.fields, c.scratch = c.fields[:0], c.scratch[:0]
	buf := c.buf[:c.w]
	start, i := c.r, c.r
	if start == len(buf) {
		return false, nil
	}
	lines := 1
	for i+8 <= len(buf) {
		x := binary.LittleEndian.Uint64(buf[i:])
		m := match(x^c.scan.delim) | match(x^newline) | match(x^c.scan.quote)
		next := i + 8
		for ; m != 0; m &= m - 1 {
			pos := i + bits.TrailingZeros64(m)>>3
			b := buf[pos]
			if b == c.delim {
				c.fields = append(c.fields, buf[start:pos])
				start = pos + 1
				continue
			}
			if b == '\n' {
				return true, c.finish(start, pos, pos+1, lines)
			}
			end, more, err := c.quoted(start, pos, &lines)
			if err != nil || end < 0 {
				return false, err
			}
			if !more {
				return true, c.finish(-1, 0, end, lines)
			}
			start, next = end, end
			break
		}
		i = next
	}
	return c.tail(buf, start, i, lines)
}

// tail goes on where fewer than eight bytes are left in the buffer.
func (c *CSV) tail(buf []byte, start, i, lines int) (bool, error) {
	for i < len(buf) {
		b := buf[i]
		switch {
		case b == c.delim:
			c.fields = append(c.fields, buf[start:i])
			start = i + 1
		case b == '\n':
			return true, c.finish(start, i, i+1, lines)
		case b == c.quote && c.quote != 0:
			end, more, err := c.quoted(start, i, &lines)
			if err != nil || end < 0 {
				return false, err
			}
			if !more {
				return true, c.finish(-1, 0, end, lines)
			}
			start, i = end, end
			continue
		}
		i++
	}
	if errors.Is(c.err, io.EOF) {
		return true, c.finish(start, len(buf), len(buf), lines-1)
	}
	if len(buf)-start > MaxField {
		return false, c.damage(FieldLong, start)
	}
	return false, nil
}

// quoted takes the field that starts with the quote at pos. It returns the
// start of the next field, or more = false and the start of the next row, or
// -1 when it needs more bytes.
func (c *CSV) quoted(start, pos int, lines *int) (end int, more bool, err error) {
	if pos != start {
		return 0, false, c.damage(QuoteBare, pos)
	}
	buf := c.buf[:c.w]
	doubled := false
	i := pos + 1
	for {
		n := bytes.IndexByte(buf[i:], c.quote)
		if n < 0 || i+n-pos > MaxField {
			if len(buf)-pos > MaxField || errors.Is(c.err, io.EOF) {
				return 0, false, c.damage(QuoteOpen, pos)
			}
			return -1, false, nil
		}
		i += n
		if i+2 >= len(buf) && c.err == nil {
			return -1, false, nil // what follows the quote is not here yet
		}
		if i+1 < len(buf) && buf[i+1] == c.quote {
			doubled = true
			i += 2
			continue
		}
		break
	}
	text := buf[pos+1 : i]
	*lines += bytes.Count(text, []byte{'\n'})
	if doubled {
		text = c.undouble(text)
	}
	c.fields = append(c.fields, text)
	rest := buf[i+1:]
	switch {
	case len(rest) == 0:
		*lines--
		return i + 1, false, nil
	case rest[0] == c.delim:
		return i + 2, true, nil
	case rest[0] == '\n':
		return i + 2, false, nil
	case rest[0] == '\r' && len(rest) > 1 && rest[1] == '\n':
		return i + 3, false, nil
	default:
		return 0, false, c.damage(QuoteAfter, i+1)
	}
}

// undouble copies a field with its doubled quotes made single.
func (c *CSV) undouble(text []byte) []byte {
	from := len(c.scratch)
	for {
		i := bytes.IndexByte(text, c.quote)
		if i < 0 {
			break
		}
		c.scratch = append(c.scratch, text[:i+1]...)
		text = text[i+2:]
	}
	c.scratch = append(c.scratch, text...)
	return c.scratch[from:len(c.scratch):len(c.scratch)]
}

// finish adds the last field, unless start is -1, and moves on to the next
// row.
func (c *CSV) finish(start, end, next, lines int) error {
	if start >= 0 {
		if end > start && c.buf[end-1] == '\r' {
			end--
		}
		c.fields = append(c.fields, c.buf[start:end])
	}
	if len(c.fields) > MaxColumns {
		return c.damage(ColumnsMany, c.r)
	}
	if next-c.r > MaxField {
		for _, f := range c.fields {
			if len(f) > MaxField {
				return c.damage(FieldLong, c.r)
			}
		}
	}
	c.rowLine = c.line
	c.line += lines
	c.r = next
	return nil
}

// fill makes room and reads more. At the end of a source that broke, the
// error tells the line it broke on.
func (c *CSV) fill() error {
	if c.err != nil {
		if errors.Is(c.err, io.EOF) {
			return io.EOF
		}
		return c.broken()
	}
	if c.w-c.r > MaxRow {
		return c.damage(RowLong, c.r)
	}
	if len(c.fields) > MaxColumns { // of the row that is not whole yet
		return c.damage(ColumnsMany, c.r)
	}
	c.fields = c.fields[:0]
	switch {
	case c.r > 0:
		c.w = copy(c.buf, c.buf[c.r:c.w])
		c.r = 0
	case c.w == len(c.buf):
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	n, err := c.src.Read(c.buf[c.w:])
	c.w += n
	c.err = err
	return nil
}

// damage describes a fault at a place in the buffer.
func (c *CSV) damage(kind DamageKind, pos int) error {
	before := c.buf[c.r:pos]
	line := c.line + bytes.Count(before, []byte{'\n'})
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	return &DamageError{Kind: kind, Line: line, Column: utf8.RuneCount(before) + 1}
}

// broken describes an error of the source, met at the end of what it gave.
func (c *CSV) broken() error {
	kind, ok := damageOf(c.err)
	if !ok {
		return c.err
	}
	return c.damage(kind, c.w)
}
