package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// stepOneByte spreads ISO-8859-1 or Windows-1252 into UTF-8.
func (d *decoder) stepOneByte(p []byte) (int, error) {
	if d.high == nil {
		d.high = highHalf(d.enc)
	}
	if len(d.buf) < 2 {
		d.fill()
	}
	if len(d.buf) == 0 {
		return 0, d.err
	}
	n, used := 0, 0
	for used < len(d.buf) && n+utf8.UTFMax <= len(p) {
		run := asciiPrefix(d.buf[used:min(len(d.buf), used+len(p)-n)])
		if i := bytes.IndexByte(d.buf[used:used+run], 0); i >= 0 {
			n += copy(p[n:], d.buf[used:used+i])
			d.err, d.buf = ErrNUL, d.buf[:0]
			return d.end(n)
		}
		n += copy(p[n:], d.buf[used:used+run])
		used += run
		if used == len(d.buf) || n+utf8.UTFMax > len(p) {
			break
		}
		if used+1 == len(d.buf) && d.err == nil {
			break // its neighbour decides whether this is UTF-8 in disguise
		}
		text, err := d.oneByte(d.buf[used:])
		if err != nil {
			d.err, d.buf = err, d.buf[:0]
			return d.end(n)
		}
		n += copy(p[n:], text)
		used++
	}
	d.buf = append(d.buf[:0], d.buf[used:]...)
	return d.end(n)
}

func (d *decoder) oneByte(b []byte) ([]byte, error) {
	// "Ã" before a continuation byte is how æ, ø and å look when UTF-8 is read
	// as one of these; no Norwegian text has the pair.
	if d.asked != Auto && b[0] == 0xC3 && len(b) > 1 && b[1]&0xC0 == 0x80 {
		return nil, ErrDisguised
	}
	// Auto took the text for Windows-1252; whole characters of UTF-8 further
	// on say that it is a mixture.
	if d.asked == Auto && b[0] == 0xC3 && len(b) > 1 && b[1]&0xC0 == 0x80 {
		return nil, ErrMixed
	}
	text := d.high[b[0]-utf8.RuneSelf]
	if text == nil {
		return nil, ErrMixed
	}
	return text, nil
}

// highHalf returns the UTF-8 of the bytes 0x80 to 0xFF, nil for those the
// encoding does not have.
func highHalf(enc Encoding) *[128][]byte {
	cm := charmap.Windows1252
	if enc == Latin1 {
		cm = charmap.ISO8859_1
	}
	t := &[128][]byte{}
	for i := range t {
		b := byte(i + utf8.RuneSelf)
		if r := cm.DecodeByte(b); r != utf8.RuneError && (enc == Latin1 || r >= 0xA0) {
			t[i] = utf8.AppendRune(nil, r)
		}
	}
	return t
}

// asciiPrefix returns the number of bytes before the first one outside ASCII.
func asciiPrefix(b []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if m := binary.LittleEndian.Uint64(b[i:]) & high; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// validPrefix returns the length of the longest prefix that is valid UTF-8.
func validPrefix(b []byte) int {
	i := 0
	for i < len(b) {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		i += size
	}
	return i
}
