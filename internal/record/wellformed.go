package record

import "io"

// Contents is what a document holds.
type Contents struct {
	Elements, Attributes int64
	// TextBytes is the character data, white space included, after
	// references were replaced.
	TextBytes int64
}

// WellFormed reads a whole document and counts what it holds. The error is a
// *SyntaxError, or that of the source. It knows nothing of the message: any
// root element will do.
func WellFormed(src io.Reader, opts ReaderOptions) (Contents, error) {
	s := newScanner(src)
	s.decoded = opts.Decoded
	var c Contents
	for {
		switch s.next() {
		case tokStart:
			c.Elements++
			for i := range s.attrs {
				if !s.attrs[i].isNS {
					c.Attributes++
				}
			}
		case tokText:
			c.TextBytes += int64(len(s.text))
		case tokEnd:
		case tokEOF:
			return c, nil
		default:
			return c, s.err
		}
	}
}
