package record

import (
	"bytes"
	"unicode/utf8"
)

// position returns the line and column, from 1, of an index in the window
// that is not before the current token.
func (s *scanner) position(i int) (line, column int) {
	seen := s.buf[s.tok:i]
	if nl := bytes.LastIndexByte(seen, '\n'); nl >= 0 {
		return s.line + bytes.Count(seen, []byte{'\n'}), utf8.RuneCount(seen[nl+1:]) + 1
	}
	s.settle()
	return s.line, s.lineChars + utf8.RuneCount(s.buf[s.lineOff-s.base:i]) + 1
}

// failAt records a fault at an index in the window and returns tokFail.
func (s *scanner) failAt(i int, code string, name []byte) token {
	if s.err != nil {
		return tokFail
	}
	line, column := s.position(i)
	s.err = &SyntaxError{
		Code: code, Name: cutName(name), Line: line, Column: column, Offset: s.base + int64(i),
	}
	return tokFail
}

// settle counts the characters of the current line up to the current token,
// so that none is counted twice, however long the line.
func (s *scanner) settle() {
	if start := s.base + int64(s.tok); s.lineOff < start {
		s.lineChars += utf8.RuneCount(s.buf[s.lineOff-s.base : s.tok])
		s.lineOff = start
	}
}

// maxShownName bounds a name taken from the input into a message.
const maxShownName = 64

// cutName copies a name for a message: at most 64 bytes, whole characters.
func cutName(name []byte) string {
	if len(name) > maxShownName {
		name = name[:maxShownName]
		for len(name) > 0 && !utf8.Valid(name) {
			name = name[:len(name)-1]
		}
	}
	return string(bytes.ToValidUTF8(name, []byte("\uFFFD")))
}
