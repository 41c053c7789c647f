package record

import (
	"bytes"
	"io"
)

// Limits of the subset of XML this package reads. A message has depth 4, two
// to four attributes a row and values of at most some hundred bytes; the
// limits keep a damaged or hostile file from taking memory.
const (
	maxToken      = 1 << 20 // bytes of one tag, text, comment, …
	maxDepth      = 64
	maxAttributes = 256
	maxName       = 1 << 10 // bytes of one name
	maxNamespaces = 1 << 20 // bytes of all prefixes and namespaces in scope

	startWindow = 128 << 10
	maxWindow   = maxToken + 1
	// maxEmptyReads is how often a source may return nothing in a row.
	maxEmptyReads = 100
)

// token is what scanner.next found.
type token uint8

const (
	tokFail  token = iota // scanner.err says why
	tokMore               // internal: the window ends inside the token
	tokSkip               // internal: a comment, a processing instruction
	tokStart              // name, colon, ns, attrs
	tokEnd                //
	tokText               // text, white
	tokEOF
)

// attribute is one attribute of a start tag.
type attribute struct {
	name, value []byte
	colon       int    // of the prefix in name, or -1
	at          int    // index of the name in the window
	ns          []byte // the namespace of its prefix
	isNS        bool   // it declares a namespace
}

// scanner is a strict tokenizer for a stated subset of XML 1.0: elements,
// attributes, namespaces, the five predefined entities, character
// references, CDATA sections, comments and processing instructions. A
// document type declaration is refused, so no other entity exists.
//
// It reads UTF-8 through one window that always holds a whole token: a token
// that meets the end of the window is scanned again with more in it. What a
// token points to is valid until the next call, and no call allocates once
// the window has its size.
type scanner struct {
	src io.Reader
	err error

	buf   []byte // buf[end] is always 0
	end   int
	base  int64 // offset of buf[0] in the input
	start int64 // offset of the first character
	eof   bool  // the source has no more
	// srcErr is why the source stopped, if not at its end; what came before
	// is read first.
	srcErr error

	tok  int // where the current token starts
	pos  int // where it ends
	line int // line of tok
	nl   int // line feeds in the current token
	last int // index of the last of them
	// The current line has lineChars characters before the offset lineOff.
	lineOff   int64
	lineChars int

	name  []byte
	colon int
	ns    []byte
	attrs []attribute
	text  []byte
	white bool // text is nothing but white space

	scratch []byte
	open    [][]byte // names of the open elements
	names   []byte   // the first of them, those that were saved
	saved   int
	spaces  namespaces
	empty   bool // an empty-element tag was given; its end comes next
	root    bool // the root element has begun
	decoded bool // the declaration may name any encoding
}

func newScanner(src io.Reader) *scanner {
	return &scanner{
		src: src, line: 1,
		buf:  make([]byte, startWindow),
		open: make([][]byte, 0, maxDepth), names: make([]byte, 0, 1<<10),
		attrs: make([]attribute, 0, 8),
	}
}

// next returns the next token. After tokFail and tokEOF it returns the same
// again.
func (s *scanner) next() token {
	if s.empty {
		s.empty = false
		s.pop()
		return tokEnd
	}
	for {
		s.advance()
		t := s.scan()
		for t == tokMore {
			if !s.fill() {
				return s.atEnd()
			}
			t = s.scan()
		}
		if t != tokSkip {
			return t
		}
	}
}

// advance makes the end of the current token the start of the next.
func (s *scanner) advance() {
	if s.nl > 0 {
		s.line += s.nl
		s.lineOff, s.lineChars = s.base+int64(s.last)+1, 0
		s.nl = 0
	}
	s.tok = s.pos
}

func (s *scanner) scan() token {
	if s.err != nil {
		return tokFail
	}
	s.nl = 0
	b, i := s.buf, s.tok
	if b[i] != '<' {
		return s.scanText()
	}
	switch b[i+1] {
	case '/':
		return s.scanEnd()
	case '!':
		return s.scanBang()
	case '?':
		return s.scanPI()
	}
	return s.scanStart()
}

// atEnd judges a window that ends inside a token, or just before one, when
// the input has no more.
func (s *scanner) atEnd() token {
	if s.err == nil {
		s.err = s.srcErr
	}
	switch {
	case s.err != nil:
		return tokFail
	case len(s.open) > 0:
		return s.failAt(s.end, codeTruncated, s.open[len(s.open)-1])
	case len(bytes.TrimLeft(s.buf[s.tok:s.end], " \t\r\n")) > 0:
		return s.failAt(s.end, codeTruncated, nil)
	case s.root:
		s.pos = s.tok
		return tokEOF
	case s.base+int64(s.end) == 0:
		return s.failAt(s.end, codeEmpty, nil)
	}
	return s.failAt(s.end, codeNoRoot, nil)
}

// fill moves the current token to the front of the window and reads on
// behind it. It returns false at the end of the input and after an error.
func (s *scanner) fill() bool {
	if s.err != nil || s.eof {
		return false
	}
	s.shift()
	if s.end+1 == len(s.buf) {
		if len(s.buf) > maxWindow {
			s.failAt(s.tok, codeTokenSize, nil)
			return false
		}
		s.grow()
	}
	from := s.end
	for idle := 0; s.end+1 < len(s.buf) && !s.eof; {
		n, err := s.src.Read(s.buf[s.end : len(s.buf)-1])
		s.end += n
		if idle++; n > 0 {
			idle = 0
		}
		if err == nil && idle > maxEmptyReads {
			err = io.ErrNoProgress
		}
		if s.eof = err != nil; err != io.EOF {
			s.srcErr = err
		}
	}
	s.buf[s.end] = 0
	if s.base == 0 && s.tok == 0 && from == 0 {
		return s.begin()
	}
	return s.end > from
}

// atLast tells whether the window holds the input's end.
func (s *scanner) atLast() bool { return s.eof && s.srcErr == nil }

// shift drops what lies before the current token, after counting the
// characters of its line.
func (s *scanner) shift() {
	if s.tok == 0 {
		return
	}
	s.settle()
	s.saveNames()
	copy(s.buf, s.buf[s.tok:s.end])
	s.base += int64(s.tok)
	s.end -= s.tok
	s.tok, s.pos = 0, 0
}

func (s *scanner) grow() {
	size := min(2*len(s.buf), maxWindow+1)
	buf := make([]byte, size)
	copy(buf, s.buf[:s.end])
	s.buf = buf
}

// push opens an element whose namespaces are already resolved. Its name may
// lie in the window: saveNames copies it before the window moves.
func (s *scanner) push(name []byte) { s.open = append(s.open, name) }

func (s *scanner) pop() {
	top := len(s.open) - 1
	if s.saved > top {
		s.saved = top
		s.names = s.names[:len(s.names)-len(s.open[top])]
	}
	s.open = s.open[:top]
	if s.spaces.deepest > top {
		s.spaces.leave(top)
	}
}

// saveNames copies the names of the open elements out of the window.
func (s *scanner) saveNames() {
	for ; s.saved < len(s.open); s.saved++ {
		name := s.open[s.saved]
		s.names = append(s.names, name...)
		s.open[s.saved] = s.names[len(s.names)-len(name):]
	}
}
