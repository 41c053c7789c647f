package crypt

import (
	"bytes"
	"errors"
	"io"
)

// The element a link id stands in, as record writes it.
const (
	linkBefore = "<peFnr>"
	linkAfter  = "</peFnr>"
)

// joiner puts identities back where their link ids stand. Both come in the
// same order, so nothing is kept.
type joiner struct {
	ids   *identityReader // nil: the message stays as it is
	carry []byte
	out   []byte
}

// add returns the message bytes that are settled; they are valid until the
// next call. At the end, more is false.
func (j *joiner) add(p []byte, more bool) ([]byte, error) {
	if j.ids == nil {
		return p, nil
	}
	j.carry = append(j.carry, p...)
	in := j.carry
	j.out = j.out[:0]
	for {
		at := bytes.Index(in, []byte(linkBefore))
		if at < 0 {
			break
		}
		at += len(linkBefore)
		if len(in) < at+linkSize+len(linkAfter) {
			if more {
				j.keepFrom(in, at-len(linkBefore))
				return j.out, nil
			}
			return nil, identityFault()
		}
		j.out = append(j.out, in[:at]...)
		var err error
		if in, err = j.link(in[at:]); err != nil {
			return nil, err
		}
	}
	keep := 0
	if more {
		keep = min(len(in), len(linkBefore)-1) // the start of an element may be here
	}
	j.keepFrom(in, len(in)-keep)
	return j.out, nil
}

// keepFrom settles what is before at and carries the rest.
func (j *joiner) keepFrom(in []byte, at int) {
	j.out = append(j.out, in[:at]...)
	n := copy(j.carry, in[at:])
	j.carry = j.carry[:n]
}

// link replaces the link id that in starts with.
func (j *joiner) link(in []byte) ([]byte, error) {
	link, _, number, err := j.ids.next()
	if err != nil || string(in[:linkSize]) != link || !bytes.HasPrefix(in[linkSize:], []byte(linkAfter)) {
		return nil, identityFault()
	}
	j.out = appendXMLText(j.out, number)
	return in[linkSize:], nil
}

// finish wants every identity used.
func (j *joiner) finish() error {
	if j.ids == nil {
		return nil
	}
	if _, _, _, err := j.ids.next(); !errors.Is(err, io.EOF) {
		return identityFault()
	}
	return nil
}

// appendXMLText escapes as record's writer does.
func appendXMLText(dst, text []byte) []byte {
	for _, c := range text {
		switch c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '\r':
			dst = append(dst, "&#13;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
