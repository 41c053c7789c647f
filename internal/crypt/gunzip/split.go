package gunzip

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

const (
	readSize = 16 << 10
	// flush are the last bytes of an empty stored block.
	flush = "\x00\x00\xff\xff"
	// end is a last, empty stored block.
	end = "\x01" + flush
)

// split cuts the stream behind an empty stored block, which is what a flush
// leaves (RFC 1951, 3.2.4). Such bytes may stand elsewhere by chance: then
// what is before them is not whole on its own.
func (u *unpacker) split(r io.Reader) error {
	defer close(u.work)
	last := newTurn()
	close(last.take)
	close(last.then)
	c := cutter{r: r}
	defer func() { clear(c.buf[:cap(c.buf)]) }()
	for {
		var s *stretch
		select {
		case s = <-u.free:
		case <-u.ctx.Done():
			return nil
		}
		packed, err := c.next()
		if err != nil && !errors.Is(err, io.EOF) {
			u.free <- s
			return damaged(err)
		}
		s.hold(packed)
		s.before, s.after = last, newTurn()
		last = s.after
		u.work <- s // has room for every stretch
		if err != nil {
			return nil
		}
	}
}

// cutter finds the stretches.
type cutter struct {
	r   io.Reader
	buf []byte
	at  int // where the next begins
}

// next returns the next stretch, valid until the next call, and io.EOF with
// the last.
func (c *cutter) next() ([]byte, error) {
	c.buf = append(c.buf[:0], c.buf[c.at:]...)
	for looked := minPacked - len(flush); ; {
		if looked < len(c.buf) {
			if n := bytes.Index(c.buf[looked:], []byte(flush)); n >= 0 {
				c.at = looked + n + len(flush)
				return c.buf[:c.at:c.at], nil
			}
			looked = max(looked, len(c.buf)-len(flush)+1)
		}
		c.at = len(c.buf)
		if c.at >= maxPacked {
			return c.buf, nil
		}
		c.buf = slices.Grow(c.buf, readSize)
		n, err := c.r.Read(c.buf[c.at : c.at+readSize])
		c.buf = c.buf[:c.at+n]
		if n == 0 && err != nil {
			return c.buf, err
		}
	}
}
