package source

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// plainText takes ownership of what a file or a program gave and returns it in
// UTF-8, without the mark at its beginning and one line end. Windows' own
// editor puts the mark there, and its PowerShell writes UTF-16: neither can be
// seen, and both make a right password wrong.
func plainText(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		b = fromUTF16(b, binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		b = fromUTF16(b, binary.BigEndian)
	}
	return trimLineEnd(b)
}

// fromUTF16 decodes what stands after the mark and wipes what it came from.
// Half a character at the end means that it is something else: it stays as it
// is.
func fromUTF16(b []byte, order binary.ByteOrder) []byte {
	if len(b)%2 != 0 {
		return b
	}
	// Three bytes for two are the most, so that the buffer never moves.
	text := make([]byte, 0, len(b)/2*3)
	for i := 2; i < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) && i+2 < len(b) {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(b[i+2:]))); pair != utf8.RuneError {
				r = pair
				i += 2
			}
		}
		text = utf8.AppendRune(text, r)
	}
	clear(b)
	return text
}
