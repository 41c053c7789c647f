package record

import (
	"bytes"
	"strings"
)

// begin looks at the first bytes of the input: a byte order mark is passed
// over, UTF-16 and UTF-32 are refused.
func (s *scanner) begin() bool {
	form, _ := SniffEncoding(s.buf[:s.end])
	switch form {
	case "":
	case "UTF-8":
		s.tok, s.pos = len(utf8BOM), len(utf8BOM)
		s.start, s.lineOff = int64(len(utf8BOM)), int64(len(utf8BOM))
	default:
		s.failAt(0, codeEncodingName, []byte(form))
		return false
	}
	return s.end > 0
}

// scanBang reads a comment or a CDATA section and refuses other
// declarations.
func (s *scanner) scanBang() token {
	const comment, cdata, doctype = "<!--", "<![CDATA[", "<!DOCTYPE"
	rest := s.buf[s.tok:s.end]
	switch {
	case hasPrefix(rest, comment):
		return s.scanComment(s.tok + len(comment))
	case hasPrefix(rest, cdata) && len(s.open) > 0:
		return s.scanCDATA(s.tok + len(cdata))
	case hasPrefix(rest, doctype):
		return s.failAt(s.tok, codeDoctype, nil)
	case len(rest) < len(cdata) && !s.atLast() && (strings.HasPrefix(comment, string(rest)) ||
		strings.HasPrefix(cdata, string(rest)) || strings.HasPrefix(doctype, string(rest))):
		return tokMore
	}
	return s.failAt(s.tok, codeMarkup, nil)
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

func (s *scanner) scanComment(i int) token {
	n := bytes.Index(s.buf[i:s.end], []byte("--"))
	if n < 0 || i+n+2 == s.end {
		return tokMore
	}
	if at, code := badChars(s.buf[i : i+n]); at >= 0 {
		return s.failAt(i+at, code, nil)
	}
	if s.buf[i+n+2] != '>' {
		return s.failAt(i+n, codeComment, nil)
	}
	s.countLines(i, i+n)
	s.pos = i + n + 3
	return tokSkip
}

// scanPI reads a processing instruction, or the XML declaration at the start
// of the input.
func (s *scanner) scanPI() token {
	i := s.tok + 2
	next, colon, t, ok := s.scanName(i, codePI)
	if !ok {
		return t
	}
	target := s.buf[i:next]
	n := bytes.Index(s.buf[next:s.end], []byte("?>"))
	switch {
	case string(target) == "xml" && s.base+int64(s.tok) == s.start:
		if n < 0 {
			return tokMore
		}
		return s.declaration(next, next+n)
	case string(target) == "xml":
		return s.failAt(s.tok, codeLateDeclaration, nil)
	case strings.EqualFold(string(target), "xml"), colon >= 0:
		return s.failAt(i, codePI, target)
	case n < 0:
		return tokMore
	case n > 0 && charBits[s.buf[next]]&spaceBit == 0:
		return s.failBad(next, codePI)
	}
	if at, code := badChars(s.buf[next : next+n]); at >= 0 {
		return s.failAt(next+at, code, nil)
	}
	s.countLines(next, next+n)
	s.pos = next + n + 2
	return tokSkip
}

// declaration checks the XML declaration, whose content stands at the
// indices from, to.
func (s *scanner) declaration(from, to int) token {
	if at, code := badChars(s.buf[from:to]); at >= 0 {
		return s.failAt(from+at, code, nil)
	}
	d, ok := parseDeclaration(s.buf[from:to])
	switch {
	case !ok:
		return s.failAt(s.tok, codeDeclaration, nil)
	case d.version != "1.0":
		return s.failAt(s.tok, codeXMLVersion, []byte(d.version))
	case !s.decoded && !readableEncoding(d.encoding):
		return s.failAt(s.tok, codeEncodingName, []byte(d.encoding))
	}
	s.countLines(from, to)
	s.pos = to + 2
	return tokSkip
}

// readableEncoding tells whether a text in that encoding is UTF-8 as it is.
func readableEncoding(name string) bool {
	switch strings.ToUpper(name) {
	case "", "UTF-8", "UTF8", "US-ASCII", "ASCII":
		return true
	}
	return false
}
