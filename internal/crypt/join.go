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
// same order, so nothing is kept but the start of an element cut in two.
type joiner struct {
	ids   *identityReader // nil: the message stays as it is
	carry []byte
	out   []byte
}

// add returns the message bytes that are settled; they are valid until the
// next call.
func (j *joiner) add(p []byte) ([]byte, error) {
	if j.ids == nil {
		return p, nil
	}
	in := p
	if len(j.carry) > 0 {
		j.carry = append(j.carry, p...)
		in = j.carry
	}
	j.out = j.out[:0]
	for {
		at := linkIndex(in)
		if at < 0 {
			at = len(in) - startLen(in)
		}
		if len(in) < at+len(linkBefore)+linkSize+len(linkAfter) {
			j.out = append(j.out, in[:at]...)
			j.carry = append(j.carry[:0], in[at:]...)
			return j.out, nil
		}
		at += len(linkBefore)
		j.out = append(j.out, in[:at]...)
		var err error
		if in, err = j.link(in[at:]); err != nil {
			return nil, err
		}
	}
}

// linkIndex finds the next element. It looks for the capital letter in its
// name: "<" stands everywhere in a message, and each would be a stop.
func linkIndex(in []byte) int {
	const rare = 3 // what is before it is linkBefore[:rare]
	for from := 0; ; {
		at := bytes.Index(in[from:], []byte(linkBefore[rare:]))
		if at < 0 {
			return -1
		}
		at += from
		if at >= rare && string(in[at-rare:at]) == linkBefore[:rare] {
			return at - rare
		}
		from = at + 1
	}
}

// startLen returns how much of the end may be the start of an element.
func startLen(in []byte) int {
	for n := min(len(in), len(linkBefore)-1); n > 0; n-- {
		if string(in[len(in)-n:]) == linkBefore[:n] {
			return n
		}
	}
	return 0
}

// link replaces the link id that in starts with.
func (j *joiner) link(in []byte) ([]byte, error) {
	link, _, number, err := j.ids.next()
	if err != nil || !bytes.Equal(in[:linkSize], link) || !bytes.HasPrefix(in[linkSize:], []byte(linkAfter)) {
		return nil, identityFault()
	}
	j.out = appendXMLText(j.out, number)
	return in[linkSize:], nil
}

// finish wants every identity used and returns what is left, which is no
// element.
func (j *joiner) finish() ([]byte, error) {
	if j.ids == nil {
		return nil, nil
	}
	if _, _, _, err := j.ids.next(); !errors.Is(err, io.EOF) || len(j.carry) >= len(linkBefore) {
		return nil, identityFault()
	}
	return j.carry, nil
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
