package record

import (
	"bytes"
	"unicode/utf8"
)

// Bits of charBits.
const (
	spaceBit     = 1 << iota // S: space, tab, carriage return, line feed
	nameStartBit             // ASCII NameStartChar without the colon
	nameBit                  // ASCII NameChar without the colon
	textBit                  // may not be passed over in character data
	valueBit                 // may not be passed over in an attribute value
	badBit                   // not a Char of XML 1.0
)

// charBits classifies single bytes for the scanner's inner loops. Byte 0
// stops every loop, so that the one behind the window needs no bounds test.
//
//nolint:gochecknoglobals // read-only table for the scanner's inner loops
var charBits = makeCharBits()

func makeCharBits() [256]uint8 {
	var t [256]uint8
	for c := range 0x20 {
		t[c] |= textBit | valueBit | badBit
	}
	for _, c := range " \t\r\n" {
		t[c] = t[c]&^badBit | spaceBit
	}
	t['\t'] &^= textBit
	for c := 'a'; c <= 'z'; c++ {
		t[c] |= nameStartBit | nameBit
		t[c-'a'+'A'] |= nameStartBit | nameBit
	}
	t['_'] |= nameStartBit | nameBit
	for _, c := range "0123456789-." {
		t[c] |= nameBit
	}
	for _, c := range "<&]" {
		t[c] |= textBit
	}
	for _, c := range "<&\"'" {
		t[c] |= valueBit
	}
	for c := 0x80; c < 0x100; c++ {
		t[c] |= textBit | valueBit
	}
	return t
}

// isNameRune tells whether a character beyond ASCII may stand in a name, and
// whether it may begin one (XML 1.0, fifth edition, productions 4 and 4a).
func isNameRune(r rune) (start, part bool) {
	switch {
	case 0xC0 <= r && r <= 0x2FF && r != 0xD7 && r != 0xF7,
		0x370 <= r && r <= 0x1FFF && r != 0x37E,
		0x200C <= r && r <= 0x200D,
		0x2070 <= r && r <= 0x218F,
		0x2C00 <= r && r <= 0x2FEF,
		0x3001 <= r && r <= 0xD7FF,
		0xF900 <= r && r <= 0xFDCF,
		0xFDF0 <= r && r <= 0xFFFD,
		0x10000 <= r && r <= 0xEFFFF:
		return true, true
	case r == 0xB7, 0x300 <= r && r <= 0x36F, 0x203F <= r && r <= 0x2040:
		return false, true
	}
	return false, false
}

// isChar tells whether a code point is a Char of XML 1.0.
func isChar(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case 0xD800 <= r && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return r <= utf8.MaxRune
}

// badUTF8 returns the index of the first byte that is not UTF-8 or begins a
// character XML does not allow, and its fault code; -1 when there is none.
// It looks at bytes from 0x80 only.
func badUTF8(b []byte) (int, string) {
	if utf8.Valid(b) && !bytes.Contains(b, []byte("\uFFFE")) && !bytes.Contains(b, []byte("\uFFFF")) {
		return -1, ""
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return i, codeEncoding
		case !isChar(r) && r >= 0x80:
			return i, codeControl
		}
		i += n
	}
	return -1, ""
}

// badChars is badUTF8 for text whose control characters were not looked at
// yet either.
func badChars(b []byte) (int, string) {
	high := false
	for i, c := range b {
		if charBits[c]&badBit != 0 {
			if at, code := badUTF8(b[:i]); at >= 0 {
				return at, code
			}
			return i, codeControl
		}
		high = high || c >= utf8.RuneSelf
	}
	if high {
		return badUTF8(b)
	}
	return -1, ""
}
