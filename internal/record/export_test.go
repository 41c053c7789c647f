package record

import (
	"fmt"
	"io"
	"strings"
)

// Events writes a document's events out for comparison with another parser.
func Events(src io.Reader) (string, error) {
	s := newScanner(src)
	s.decoded = true
	var b strings.Builder
	text := ""
	flush := func() {
		if text != "" {
			fmt.Fprintf(&b, "%q", text)
		}
		text = ""
	}
	for {
		switch s.next() {
		case tokStart:
			flush()
			fmt.Fprintf(&b, "<{%s}%s", s.ns, s.local())
			for _, a := range s.attrs {
				if !a.isNS {
					fmt.Fprintf(&b, " {%s}%s=%q", a.ns, a.name[a.colon+1:], a.value)
				}
			}
			b.WriteByte('>')
		case tokEnd:
			flush()
			b.WriteString("</>")
		case tokText:
			if s.white {
				text += string(s.whiteText())
			} else {
				text += string(s.text)
			}
		case tokEOF:
			return b.String(), nil
		default:
			return "", s.err
		}
	}
}

// NewTestReader returns a reader with a window of that many bytes to begin
// with, which reads through the scanner alone unless fast is set.
func NewTestReader(src io.Reader, window int, fast bool) *Reader {
	r := NewReader(src, ReaderOptions{Decoded: true})
	r.s.buf = make([]byte, window)
	r.scanOnly = !fast
	return r
}
