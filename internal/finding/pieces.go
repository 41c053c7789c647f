package finding

import (
	"encoding/binary"
	"strconv"
)

// Store takes what a log has no room for in memory.
type Store interface {
	// Append returns where the block lies, to be told to Read.
	Append(block []byte) (at int64, err error)
	// Read appends to dst the block of so many bytes that lies there.
	Read(dst []byte, at int64, length int) ([]byte, error)
}

// maxMemory is how many bytes of findings stay in memory when there is a
// store: some 400,000.
const maxMemory = 8 << 20

// shelf is what the pieces of a log share: the room in memory, and where the
// rest goes. The zero value keeps everything in memory.
type shelf struct {
	store Store
	used  int
	err   error // the first of the store
}

// pieces is an append-only list of entries, in pieces so that growing never
// copies what is there. No entry crosses pieces.
type pieces []piece

// piece is in memory, or in the store at that place.
type piece struct {
	bytes  []byte
	stored bool
	at     int64
	length int
}

// The first piece is small, as most rules have few findings; the largest
// wastes little.
const (
	firstPiece = 256
	maxPiece   = 64 << 10
)

func (c *pieces) add(s *shelf, entry []byte) {
	list := *c
	if n := len(list); n == 0 || cap(list[n-1].bytes)-len(list[n-1].bytes) < len(entry) {
		list = append(list, piece{bytes: s.room(list, len(entry))})
		*c = list
	}
	last := &list[len(list)-1]
	last.bytes = append(last.bytes, entry...)
}

// room returns an empty piece that holds n bytes. When memory is used up it
// is that of the last piece, which goes to the store.
func (s *shelf) room(list pieces, n int) []byte {
	size := firstPiece
	if len(list) > 0 {
		last := &list[len(list)-1]
		size = min(2*cap(last.bytes), maxPiece)
		if s.store != nil && s.err == nil && s.used >= maxMemory {
			b := last.bytes
			if last.at, s.err = s.store.Append(b); s.err == nil {
				last.bytes, last.stored, last.length = nil, true, len(b)
				if cap(b) >= max(size, n) {
					return b[:0]
				}
				s.used -= cap(b)
			}
		}
	}
	size = max(size, n)
	s.used += size
	return make([]byte, 0, size)
}

// reader reads pieces from the first.
type reader struct {
	shelf *shelf
	left  pieces
	buf   []byte
	rest  []byte // of the piece that is read
}

// more makes the next entry's bytes the first of rest; it returns false
// after the last, and when the store fails.
func (r *reader) more() bool {
	for len(r.rest) == 0 {
		if len(r.left) == 0 || r.shelf.err != nil {
			return false
		}
		p := r.left[0]
		r.left, r.rest = r.left[1:], p.bytes
		if p.stored {
			if r.buf, r.shelf.err = r.shelf.store.Read(r.buf[:0], p.at, p.length); r.shelf.err != nil {
				return false
			}
			r.rest = r.buf
		}
	}
	return true
}

func (r *reader) uvarint() uint64 {
	u, n := binary.Uvarint(r.rest)
	r.rest = r.rest[n:]
	return u
}

func (r *reader) varint() int64 { return unzigzag(r.uvarint()) }

func (r *reader) text() string {
	n := int(r.uvarint()) //nolint:gosec // the length of a text that was in memory
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

// entry is a finding being written.
type entry []byte

func (b *entry) uvarint(u uint64) { *b = binary.AppendUvarint(*b, u) }

func (b *entry) varint(n int64) { b.uvarint(zigzag(n)) }

func (b *entry) text(s string) {
	b.uvarint(uint64(len(s)))
	*b = append(*b, s...)
}

func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// Id marks: absent, a text, or a number given as its distance from the last
// number, shifted by two.
const (
	idAbsent = iota
	idText
	idDistance
)

// id writes a person or row id and returns the number for the next one's
// distance.
func (b *entry) id(id string, last int64) int64 {
	if id == "" {
		b.uvarint(idAbsent)
		return last
	}
	n, ok := idNumber(id)
	if !ok {
		b.uvarint(idText)
		b.text(id)
		return last
	}
	b.uvarint(idDistance + zigzag(n-last))
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

// idNumber returns the number an id is, when writing the number gives the
// same text again.
func idNumber(id string) (int64, bool) {
	if len(id) == 0 || len(id) > 18 || (id[0] == '0' && len(id) > 1) || id[0] == '-' || id[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil
}
