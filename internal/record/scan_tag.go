package record

import (
	"bytes"
	"unicode/utf8"
)

// skipSpace returns the index of the next byte that is not white space.
func (s *scanner) skipSpace(i int) int {
	b := s.buf
	for charBits[b[i]]&spaceBit != 0 {
		if b[i] == '\n' {
			s.nl++
			s.last = i
		}
		i++
	}
	return i
}

// scanEnd reads an end tag.
func (s *scanner) scanEnd() token {
	i := s.tok + 2
	if len(s.open) == 0 {
		return s.scanStrayEnd(i)
	}
	want := s.open[len(s.open)-1]
	next := i + len(want)
	if next >= s.end || !bytes.Equal(s.buf[i:next], want) {
		return s.scanWrongEnd(i, want)
	}
	if s.buf[next] != '>' {
		if next = s.skipSpace(next); s.buf[next] != '>' {
			if next == s.end {
				return tokMore
			}
			return s.scanWrongEnd(i, want)
		}
	}
	s.pos = next + 1
	s.pop()
	return tokEnd
}

func (s *scanner) scanStrayEnd(i int) token {
	next, _, t, ok := s.scanName(i, codeTag)
	if !ok {
		return t
	}
	return s.failAt(s.tok, codeEndTag, s.buf[i:next])
}

// scanWrongEnd says what is wrong with an end tag that is not the expected
// one, or that the window ends inside it.
func (s *scanner) scanWrongEnd(i int, want []byte) token {
	s.nl = 0
	next, _, t, ok := s.scanName(i, codeTag)
	switch {
	case !ok:
		return t
	case !bytes.Equal(s.buf[i:next], want):
		return s.failAt(s.tok, codeEndTag, want)
	}
	if next = s.skipSpace(next); next == s.end {
		return tokMore
	}
	return s.failBad(next, codeTag)
}

// scanStart reads a start tag or an empty-element tag.
func (s *scanner) scanStart() token {
	i := s.tok + 1
	b, next, colon := s.buf, i, -1
	if charBits[b[next]]&nameStartBit != 0 {
		for next++; charBits[b[next]]&nameBit != 0; {
			next++
		}
	}
	if c := b[next]; next == i || next > i+maxName || c == ':' || c == 0 || c >= utf8.RuneSelf {
		var t token
		var ok bool
		if next, colon, t, ok = s.scanName(i, codeTag); !ok {
			return t
		}
	}
	name := b[i:next]
	s.attrs = s.attrs[:0]
	empty := false
	if b[next] != '>' {
		var t token
		var ok bool
		if next, empty, t, ok = s.scanAttributes(next); !ok {
			return t
		}
	}
	switch {
	case len(s.open) == 0 && s.root:
		return s.failAt(s.tok, codeSecondRoot, name)
	case len(s.open) == maxDepth:
		return s.failAt(s.tok, codeDepth, name)
	}
	s.name, s.colon, s.pos = name, colon, next+1
	if len(s.attrs) > 0 || colon >= 0 {
		if !s.resolve() {
			return tokFail
		}
	} else {
		s.ns = s.spaces.byDefault
	}
	s.root = true
	s.push(name)
	s.empty = empty
	return tokStart
}

// scanAttributes reads from behind the element name to the ">", whose index
// it returns.
func (s *scanner) scanAttributes(i int) (next int, empty bool, t token, ok bool) {
	s.scratch = s.scratch[:0]
	for {
		from := i
		i = s.skipSpace(i)
		switch c := s.buf[i]; {
		case c == '>':
			return i, false, 0, true
		case c == '/':
			if s.buf[i+1] == '>' {
				return i + 1, true, 0, true
			}
			if i+1 == s.end {
				return 0, false, tokMore, false
			}
			return 0, false, s.failBad(i+1, codeTag), false
		case c == 0 && i == s.end:
			return 0, false, tokMore, false
		case i == from:
			code := codeTag
			if len(s.attrs) > 0 {
				code = codeAttrSpace
			}
			return 0, false, s.failBad(i, code), false
		}
		if i, t, ok = s.scanAttribute(i); !ok {
			return 0, false, t, false
		}
	}
}

// scanAttribute reads one attribute and returns the index behind it.
func (s *scanner) scanAttribute(at int) (next int, t token, ok bool) {
	i, colon, t, ok := s.scanName(at, codeTag)
	if !ok {
		return 0, t, false
	}
	name := s.buf[at:i]
	if s.buf[i] != '=' {
		i = s.skipSpace(i)
	}
	if s.buf[i] != '=' {
		if i == s.end {
			return 0, tokMore, false
		}
		return 0, s.failAt(i, codeAttrValue, name), false
	}
	i++
	quote := s.buf[i]
	if quote != '"' && quote != '\'' {
		i = s.skipSpace(i)
		if quote = s.buf[i]; quote != '"' && quote != '\'' {
			if i == s.end {
				return 0, tokMore, false
			}
			return 0, s.failAt(i, codeAttrValue, name), false
		}
	}
	i++
	value, next, t, ok := s.scanValue(i, quote, name)
	if !ok {
		return 0, t, false
	}
	for j := range s.attrs {
		if bytes.Equal(s.attrs[j].name, name) {
			return 0, s.failAt(at, codeAttrTwice, name), false
		}
	}
	if len(s.attrs) == maxAttributes {
		return 0, s.failAt(at, codeAttributes, nil), false
	}
	s.attrs = append(s.attrs, attribute{name: name, value: value, colon: colon, at: at})
	return next, 0, true
}

// scanValue reads an attribute value that starts at index i and returns it
// and the index behind the closing quote.
func (s *scanner) scanValue(i int, quote byte, name []byte) (value []byte, next int, t token, ok bool) {
	b, from := s.buf, i
	dirty, high := false, false
scan:
	for {
		for charBits[b[i]]&valueBit == 0 {
			i++
		}
		switch c := b[i]; {
		case c == quote:
			break scan
		case c == '\n':
			s.nl++
			s.last = i
			dirty = true
		case c == '&' || c == '\r' || c == '\t':
			dirty = true
		case c >= utf8.RuneSelf:
			high = true
		case c == '"' || c == '\'':
		case i == s.end:
			return nil, 0, tokMore, false
		case c == '<':
			return nil, 0, s.failAt(i, codeAttrLess, name), false
		default:
			return nil, 0, s.failAt(i, codeControl, nil), false
		}
		i++
	}
	value = b[from:i]
	if high {
		if at, code := badUTF8(value); at >= 0 {
			return nil, 0, s.failAt(from+at, code, nil), false
		}
	}
	if dirty {
		if value, ok = s.unescape(value, from, true); !ok {
			return nil, 0, tokFail, false
		}
	}
	return value, i + 1, 0, true
}
