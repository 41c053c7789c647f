package crypt

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// The lines of identity.p7m are CSV as RFC 4180 has it, with LF line ends.
// encoding/csv drops a CR before an LF even inside quotes; a number must come
// back as it was, so the few lines are written and read here.

// appendIdentityLine appends one line.
func appendIdentityLine(dst, link, kind, number []byte) []byte {
	dst = append(dst, link...)
	dst = append(dst, ',')
	dst = append(dst, kind...)
	dst = append(dst, ',')
	if bytes.ContainsAny(number, "\",\r\n") {
		dst = append(dst, '"')
		dst = append(dst, bytes.ReplaceAll(number, []byte(`"`), []byte(`""`))...)
		dst = append(dst, '"')
	} else {
		dst = append(dst, number...)
	}
	return append(dst, '\n')
}

// maxNumber bounds the text of one identity: the reader's own limit on a
// value.
const maxNumber = 1 << 20

var errIdentityLine = errors.New("not a line of identities")

// identityReader reads the lines back.
type identityReader struct {
	r    *bufio.Reader
	link [linkSize]byte
	kind []byte
}

func newIdentityReader(packed []byte) (*identityReader, error) {
	gz, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errIdentityLine
	}
	return &identityReader{r: bufio.NewReader(gz)}, nil
}

// next returns a line's fields, valid until the next call, and io.EOF at the
// end.
func (i *identityReader) next() (link, kind, number []byte, err error) {
	head, err := i.r.ReadSlice(',')
	if errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, nil, nil, io.EOF
	}
	if err != nil || len(head) != linkSize+1 {
		return nil, nil, nil, errIdentityLine
	}
	copy(i.link[:], head)
	head, err = i.r.ReadSlice(',')
	if err != nil || len(head) > 16 {
		return nil, nil, nil, errIdentityLine
	}
	i.kind = append(i.kind[:0], head[:len(head)-1]...)
	number, err = i.number()
	return i.link[:], i.kind, number, err
}

// plain reads to the end of the line, which is in the buffer but for odd
// texts.
func (i *identityReader) plain() ([]byte, error) {
	var long []byte
	for len(long) <= maxNumber {
		line, err := i.r.ReadSlice('\n')
		switch {
		case err == nil && long == nil:
			return line[:len(line)-1], nil
		case err == nil:
			long = append(long, line...)
			return long[:len(long)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, errIdentityLine
		}
		long = append(long, line...)
	}
	return nil, errIdentityLine
}

func (i *identityReader) number() ([]byte, error) {
	first, err := i.r.Peek(1)
	if err != nil {
		return nil, errIdentityLine
	}
	if first[0] != '"' {
		return i.plain()
	}
	_, _ = i.r.Discard(1) // it was just peeked
	var out []byte
	for len(out) <= maxNumber {
		c, err := i.r.ReadByte()
		if err != nil {
			return nil, errIdentityLine
		}
		if c == '"' {
			if c, err = i.r.ReadByte(); err != nil {
				return nil, errIdentityLine
			}
			if c == '\n' {
				return out, nil
			}
			if c != '"' {
				return nil, errIdentityLine
			}
		}
		out = append(out, c)
	}
	return nil, errIdentityLine
}
