package finding

import (
	"encoding/binary"
	"strconv"
)

// idNumber returns the number an id is, when writing the number gives the
// same text again.
func idNumber(id string) (int64, bool) {
	if len(id) == 0 || len(id) > 18 || (id[0] == '0' && len(id) > 1) || id[0] == '-' || id[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil
}

// Id marks: absent, a text, or a number given as its distance from the last
// number, shifted by two.
const (
	idAbsent = iota
	idText
	idDistance
)

// id writes a person or row id and returns the number for the next one's
// distance.
func (c *chunks) id(id string, last int64) int64 {
	if id == "" {
		c.uvarint(idAbsent)
		return last
	}
	n, ok := idNumber(id)
	if !ok {
		c.uvarint(idText)
		c.text(id)
		return last
	}
	c.uvarint(idDistance + zigzag(n-last))
	return n
}

func (r *reader) id(last int64) (string, int64) {
	switch mark := r.uvarint(); mark {
	case idAbsent:
		return "", last
	case idText:
		return r.text(), last
	default:
		n := last + unzigzag(mark-idDistance)
		return strconv.FormatInt(n, 10), n
	}
}

func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// chunks is an append-only byte buffer in pieces, so that growing never
// copies what is there. A number never crosses pieces; a text has a piece of
// its own size when it must.
type chunks struct {
	list [][]byte
	size int
}

// The first piece is small, as most rules have few findings; the largest
// wastes little.
const (
	firstChunk = 256
	maxChunk   = 64 << 10
)

func (c *chunks) room(n int) *[]byte {
	if len(c.list) > 0 {
		last := &c.list[len(c.list)-1]
		if cap(*last)-len(*last) >= n {
			return last
		}
	}
	size := min(max(firstChunk, c.size), maxChunk)
	c.list = append(c.list, make([]byte, 0, max(size, n)))
	c.size += max(size, n)
	return &c.list[len(c.list)-1]
}

func (c *chunks) uvarint(u uint64) {
	b := c.room(binary.MaxVarintLen64)
	*b = binary.AppendUvarint(*b, u)
}

func (c *chunks) varint(n int64) { c.uvarint(zigzag(n)) }

func (c *chunks) text(s string) {
	c.uvarint(uint64(len(s)))
	b := c.room(len(s))
	*b = append(*b, s...)
}

// reader reads chunks as they were written.
type reader struct {
	c      *chunks
	i, off int
}

// at returns what is left of the piece that is read; a piece is left when it
// is used up.
func (r *reader) at() []byte {
	for r.off == len(r.c.list[r.i]) {
		r.i, r.off = r.i+1, 0
	}
	return r.c.list[r.i][r.off:]
}

func (r *reader) uvarint() uint64 {
	u, n := binary.Uvarint(r.at())
	r.off += n
	return u
}

func (r *reader) varint() int64 { return unzigzag(r.uvarint()) }

func (r *reader) text() string {
	n := int(r.uvarint())
	if n == 0 {
		return ""
	}
	s := string(r.at()[:n])
	r.off += n
	return s
}
