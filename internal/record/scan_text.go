package record

import (
	"bytes"
	"unicode/utf8"
)

// scanText reads character data up to the next markup.
func (s *scanner) scanText() token {
	b, i := s.buf, s.tok
	for charBits[b[i]]&spaceBit != 0 {
		if b[i] == '\n' {
			s.nl++
			s.last = i
		}
		i++
	}
	if b[i] == '<' {
		s.text, s.white, s.pos = b[s.tok:i], true, i
		if len(s.open) == 0 {
			return tokSkip
		}
		return tokText
	}
	if i == s.end {
		return tokMore
	}
	if len(s.open) == 0 {
		return s.failOutside(i)
	}
	s.nl = 0
	return s.scanData()
}

// failOutside refuses text outside the root element.
func (s *scanner) failOutside(i int) token {
	switch {
	case s.buf[i] == 0 || charBits[s.buf[i]]&badBit != 0:
		return s.failAt(i, codeControl, nil)
	case s.root:
		return s.failAt(i, codeAfterRoot, nil)
	}
	return s.failAt(i, codeNotXML, nil)
}

// scanData reads character data that is not only white space.
func (s *scanner) scanData() token {
	b, i := s.buf, s.tok
	dirty, high := false, false
scan:
	for {
		for charBits[b[i]]&textBit == 0 {
			i++
		}
		switch c := b[i]; {
		case c == '<':
			break scan
		case c == '\n':
			s.nl++
			s.last = i
		case c == '&' || c == '\r':
			dirty = true
		case c == ']':
			if b[i+1] == ']' && b[i+2] == '>' {
				return s.failData(i, codeCDATAEnd)
			}
		case c >= utf8.RuneSelf:
			high = true
		case i == s.end:
			return tokMore
		default:
			return s.failData(i, codeControl)
		}
		i++
	}
	text := b[s.tok:i]
	if high {
		if at, code := badUTF8(text); at >= 0 {
			return s.failAt(s.tok+at, code, nil)
		}
	}
	if dirty {
		var ok bool
		s.scratch = s.scratch[:0]
		if text, ok = s.unescape(text, s.tok, false); !ok {
			return tokFail
		}
	}
	s.text, s.white, s.pos = text, false, i
	return tokText
}

// failData reports a fault in character data, or an earlier one in its
// encoding: bytes from 0x80 are judged when a text is whole.
func (s *scanner) failData(i int, code string) token {
	if at, earlier := badUTF8(s.buf[s.tok:i]); at >= 0 {
		return s.failAt(s.tok+at, earlier, nil)
	}
	return s.failAt(i, code, nil)
}

// unescape replaces references and line ends of a text that starts at an
// index in the window, in an attribute value white space too, and returns
// the result, which lies in s.scratch.
func (s *scanner) unescape(text []byte, at int, value bool) ([]byte, bool) {
	from := len(s.scratch)
	for i := 0; i < len(text); {
		c := text[i]
		switch c {
		case '&':
			n, ok := s.reference(text[i:], at+i)
			if !ok {
				return nil, false
			}
			i += n
			continue
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			c = '\n'
		}
		if value && (c == '\n' || c == '\t') {
			c = ' '
		}
		s.scratch = append(s.scratch, c)
		i++
	}
	return s.scratch[from:], true
}

// reference appends what the reference at the start of text stands for to
// s.scratch and returns the reference's length.
func (s *scanner) reference(text []byte, at int) (int, bool) {
	semi := bytes.IndexByte(text[:min(len(text), maxShownName)], ';')
	if semi < 0 {
		s.failAt(at, codeReference, nil)
		return 0, false
	}
	name := text[1:semi]
	if len(name) > 0 && name[0] == '#' {
		r, ok := charReference(name[1:])
		if !ok {
			s.failAt(at, codeCharRef, name)
			return 0, false
		}
		s.scratch = utf8.AppendRune(s.scratch, r)
		return semi + 1, true
	}
	c, ok := entity(name)
	if !ok {
		code := codeEntity
		if !isName(name) {
			code = codeReference
			name = nil
		}
		s.failAt(at, code, name)
		return 0, false
	}
	s.scratch = append(s.scratch, c)
	return semi + 1, true
}

func entity(name []byte) (byte, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	return 0, false
}

// charReference reads the digits of a character reference, without "&#" and
// ";".
func charReference(digits []byte) (rune, bool) {
	base := rune(10)
	if len(digits) > 0 && digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	if len(digits) == 0 {
		return 0, false
	}
	var r rune
	for _, c := range digits {
		d := rune(16)
		switch {
		case '0' <= c && c <= '9':
			d = rune(c - '0')
		case 'a' <= c && c <= 'f':
			d = rune(c-'a') + 10
		case 'A' <= c && c <= 'F':
			d = rune(c-'A') + 10
		}
		if d >= base {
			return 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, isChar(r)
}

// scanCDATA reads a CDATA section whose content starts at index i.
func (s *scanner) scanCDATA(i int) token {
	n := bytes.Index(s.buf[i:s.end], []byte("]]>"))
	if n < 0 {
		return tokMore
	}
	text := s.buf[i : i+n]
	if at, code := badChars(text); at >= 0 {
		return s.failAt(i+at, code, nil)
	}
	s.countLines(i, i+n)
	if bytes.IndexByte(text, '\r') >= 0 {
		s.scratch = s.scratch[:0]
		for j, c := range text {
			switch {
			case c != '\r':
				s.scratch = append(s.scratch, c)
			case j+1 == len(text) || text[j+1] != '\n':
				s.scratch = append(s.scratch, '\n')
			}
		}
		text = s.scratch
	}
	// White space in a CDATA section was meant: it counts as text.
	s.text, s.white, s.pos = text, len(text) == 0, i+n+3
	return tokText
}

// countLines notes the line feeds of a part of the current token.
func (s *scanner) countLines(from, to int) {
	part := s.buf[from:to]
	if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
		s.nl += bytes.Count(part, []byte{'\n'})
		s.last = from + i
	}
}

// whiteText is the text of a token of white space with its line ends made
// line feeds; only the reader of a field needs it.
func (s *scanner) whiteText() []byte {
	if bytes.IndexByte(s.text, '\r') < 0 {
		return s.text
	}
	s.scratch = s.scratch[:0]
	text, _ := s.unescape(s.text, s.tok, false)
	return text
}
