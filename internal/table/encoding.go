package table

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is a character encoding that tables and messages come in.
type Encoding string

// The encodings that are read. Auto is UTF-8 or Windows-1252, whichever the
// first character outside ASCII says.
const (
	Auto        Encoding = "auto"
	UTF8        Encoding = "utf-8"
	Latin1      Encoding = "iso-8859-1"
	Windows1252 Encoding = "windows-1252"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
)

// Encodings returns the names a profile may use, in the order to show them.
func Encodings() []Encoding {
	return []Encoding{Auto, UTF8, Latin1, Windows1252, UTF16LE, UTF16BE}
}

// The ways in which text can differ from the encoding it is read as.
var (
	// ErrMixed is text that is not what it began as, or was said to be: bytes
	// that the encoding does not have.
	ErrMixed = errors.New("bytes outside the encoding")
	// ErrDisguised is UTF-8 in a text said to be ISO-8859-1 or Windows-1252.
	ErrDisguised = errors.New("UTF-8 in a text of another encoding")
	// ErrUTF32 is a byte order mark of UTF-32, which is not read.
	ErrUTF32 = errors.New("UTF-32")
	// ErrHalf is a text in UTF-16 that ends in half a character: it was cut.
	ErrHalf = errors.New("half a character at the end")
	// ErrNUL is a zero byte.
	ErrNUL = errors.New("NUL byte")
)

// BOM returns the encoding that a byte order mark at the start of head tells,
// and the mark's length; "" without one.
func BOM(head []byte) (Encoding, int, error) {
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xFE, 0xFF}):
		return "", 4, ErrUTF32
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8, 3, nil
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2, nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2, nil
	default:
		return "", 0, nil
	}
}

// Decode returns a reader of UTF-8, and a function that tells which encoding
// the text turned out to have. A byte order mark is skipped and decides when
// enc is Auto. The reader fails with ErrMixed, ErrDisguised, ErrUTF32 or
// ErrNUL after the last good byte.
func Decode(r io.Reader, enc Encoding) (io.Reader, func() Encoding) {
	d := &decoder{src: &eager{r}, enc: enc, asked: enc}
	return d, func() Encoding { return d.enc }
}

// decodeBuffer is what the decoder reads at a time.
const decodeBuffer = 64 << 10

// decoder decodes as bytes are asked for. UTF-8 is checked where it lies, in
// the caller's buffer; the one-byte encodings are spread from a buffer of its
// own.
type decoder struct {
	src     io.Reader
	enc     Encoding
	asked   Encoding
	begun   bool
	err     error
	buf     []byte // undecoded bytes
	high    *[128][]byte
	wide    io.Reader
	pending []byte
}

func (d *decoder) Read(p []byte) (int, error) {
	if len(p) < utf8.UTFMax {
		return d.readSmall(p)
	}
	if !d.begun {
		d.begin()
	}
	for {
		n, err := d.step(p)
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// readSmall serves a caller whose buffer cannot hold a whole character.
func (d *decoder) readSmall(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(d.pending) == 0 {
		var tmp [16]byte
		n, err := d.Read(tmp[:])
		if n == 0 {
			return 0, err
		}
		d.pending = append(d.pending, tmp[:n]...)
	}
	n := copy(p, d.pending)
	d.pending = d.pending[n:]
	return n, nil
}

func (d *decoder) step(p []byte) (int, error) {
	if len(d.pending) > 0 {
		n := copy(p, d.pending)
		d.pending = d.pending[n:]
		return n, nil
	}
	switch d.enc {
	case UTF16LE, UTF16BE:
		return d.stepWide(p)
	case UTF8, Auto:
		return d.stepUTF8(p)
	default:
		return d.stepOneByte(p)
	}
}

// begin looks at the byte order mark.
func (d *decoder) begin() {
	d.begun = true
	d.fill()
	enc, n, err := BOM(d.buf)
	switch {
	case err != nil:
		d.buf, d.err = nil, err
	case enc == "":
	case d.asked == Auto || enc == d.asked:
		d.enc, d.buf = enc, d.buf[n:]
	case enc == UTF8:
		d.buf, d.err = nil, ErrDisguised
	default:
		d.buf, d.err = nil, ErrMixed
	}
	if d.enc == UTF16LE || d.enc == UTF16BE {
		endian := unicode.LittleEndian
		if d.enc == UTF16BE {
			endian = unicode.BigEndian
		}
		dec := unicode.UTF16(endian, unicode.IgnoreBOM).NewDecoder()
		d.wide = transform.NewReader(&wholeReader{r: io.MultiReader(bytes.NewReader(d.buf), d.src)}, dec)
		d.buf = nil
	}
}

// wholeReader fails at the end of a text whose bytes do not come in pairs.
type wholeReader struct {
	r    io.Reader
	half bool
}

func (w *wholeReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.half = w.half != (n%2 == 1)
	if w.half && errors.Is(err, io.EOF) {
		err = ErrHalf
	}
	return n, err
}

// fill reads until there is something undecoded, the source ends or fails.
func (d *decoder) fill() {
	if cap(d.buf) < decodeBuffer {
		d.buf = append(make([]byte, 0, decodeBuffer), d.buf...)
	}
	for d.err == nil && len(d.buf) < utf8.UTFMax {
		var n int
		n, d.err = d.src.Read(d.buf[len(d.buf):cap(d.buf)])
		d.buf = d.buf[:len(d.buf)+n]
	}
}

// eager never returns nothing without an error, so that no loop over it can
// spin.
type eager struct{ r io.Reader }

func (e *eager) Read(p []byte) (int, error) {
	for range 100 {
		if n, err := e.r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

func (d *decoder) stepWide(p []byte) (int, error) {
	n, err := d.wide.Read(p)
	if i := bytes.IndexByte(p[:n], 0); i >= 0 {
		return i, ErrNUL
	}
	// The decoder puts U+FFFD where a surrogate has lost its other half.
	if i := bytes.Index(p[:n], []byte("\uFFFD")); i >= 0 {
		return i, ErrMixed
	}
	return n, err
}

// stepUTF8 hands on what is valid UTF-8, and for Auto decides at the first
// byte outside ASCII.
func (d *decoder) stepUTF8(p []byte) (int, error) {
	n := copy(p, d.buf)
	d.buf = append(d.buf[:0], d.buf[n:]...)
	for len(d.buf) == 0 && n < len(p) && d.err == nil {
		var m int
		m, d.err = d.src.Read(p[n:])
		n += m
		if n >= utf8.UTFMax || m == 0 {
			break
		}
	}
	good := p[:n]
	if i := bytes.IndexByte(good, 0); i >= 0 {
		d.err, d.buf = ErrNUL, d.buf[:0]
		good = good[:i]
	}
	if d.enc == Auto {
		return d.decide(good)
	}
	if utf8.Valid(good) {
		return d.end(len(good))
	}
	ok := validPrefix(good)
	rest := good[ok:]
	if len(rest) < utf8.UTFMax && !utf8.FullRune(rest) && d.err == nil {
		d.buf = append(append(make([]byte, 0, decodeBuffer), rest...), d.buf...)
		return ok, nil
	}
	d.err, d.buf = ErrMixed, d.buf[:0]
	return d.end(ok)
}

// end returns n good bytes, and the standing error once there is nothing left
// to hand on.
func (d *decoder) end(n int) (int, error) {
	if n == 0 && len(d.buf) == 0 {
		return 0, d.err
	}
	return n, nil
}

// decide hands on ASCII, and settles the encoding at the first other byte.
func (d *decoder) decide(good []byte) (int, error) {
	i := asciiPrefix(good)
	if i == len(good) {
		return d.end(i)
	}
	rest := append([]byte(nil), good[i:]...)
	d.buf = append(rest, d.buf...)
	if i > 0 {
		return i, nil
	}
	for len(d.buf) < utf8.UTFMax && d.err == nil {
		d.fill()
	}
	d.enc = Windows1252
	if r, size := utf8.DecodeRune(d.buf); r != utf8.RuneError || size > 1 {
		d.enc = UTF8
	}
	return 0, nil
}
