package record

import "unicode/utf8"

// scanName reads a name at index i and returns the index behind it and that
// of its colon, -1 for none. It returns ok false on a fault or when the
// window ends; tok then says which.
func (s *scanner) scanName(i int, code string) (next, colon int, tok token, ok bool) {
	b, from := s.buf, i
	colon = -1
	start := true
	for {
		if start {
			if charBits[b[i]]&nameStartBit != 0 {
				i++
				start = false
			}
		}
		if !start {
			for charBits[b[i]]&nameBit != 0 {
				i++
			}
		}
		c := b[i]
		switch {
		case c >= utf8.RuneSelf:
			n, fault := s.nameRune(i, start)
			if fault != "" {
				if fault == codeMore {
					return 0, 0, tokMore, false
				}
				return 0, 0, s.failAt(i, fault, nil), false
			}
			i += n
			start = false
			continue
		case c == ':' && colon < 0 && !start:
			colon = i - from
			i++
			start = true
			continue
		case c == 0 && i == s.end:
			return 0, 0, tokMore, false
		case start && i > from, c == ':':
			return 0, 0, s.failAt(i, codeName, b[from:i]), false
		case start:
			return 0, 0, s.failBad(i, code), false
		case i-from > maxName:
			return 0, 0, s.failAt(from, codeTokenSize, nil), false
		}
		return i, colon, 0, true
	}
}

// codeMore is an internal answer of nameRune: the window ends in a character.
const codeMore = "more"

func (s *scanner) nameRune(i int, start bool) (int, string) {
	part := s.buf[i:s.end]
	if !utf8.FullRune(part) && !s.atLast() {
		return 0, codeMore
	}
	r, n := utf8.DecodeRune(part)
	if r == utf8.RuneError && n == 1 {
		return 0, codeEncoding
	}
	begins, within := isNameRune(r)
	if (start && !begins) || !within {
		return 0, codeName
	}
	return n, ""
}

// failBad reports a fault at index i: the given one, or that the byte there
// is no character at all.
func (s *scanner) failBad(i int, code string) token {
	c := s.buf[i]
	if charBits[c]&badBit != 0 {
		code = codeControl
	} else if c >= utf8.RuneSelf {
		if r, n := utf8.DecodeRune(s.buf[i:s.end]); r == utf8.RuneError && n == 1 {
			code = codeEncoding
		}
	}
	return s.failAt(i, code, nil)
}

// isName tells whether a text is a name without a colon.
func isName(name []byte) bool {
	for i, r := range string(name) {
		start, part := false, false
		if r < utf8.RuneSelf {
			start = charBits[byte(r)]&nameStartBit != 0
			part = charBits[byte(r)]&nameBit != 0
		} else {
			start, part = isNameRune(r)
		}
		if (i == 0 && !start) || !part {
			return false
		}
	}
	return len(name) > 0
}
