package parts

import (
	"encoding/hex"
	"hash"

	"iplos/internal/crypt/container"
)

// block is a stretch of the message and what was made of it. Blocks go round.
type block struct {
	msg       []byte
	subs      []sub
	originals []byte
	packed    []byte
	full      []byte        // the part that this block fills, without compression
	ready     chan struct{} // a worker has filled packed
	err       error
}

// sub says that length bytes at a place in the message stand for the next
// original bytes of block.originals.
type sub struct{ at, length, original int }

func (b *block) reset() {
	b.msg, b.subs, b.originals, b.packed, b.full = b.msg[:0], b.subs[:0], b.originals[:0], b.packed[:0], nil
}

// wipe overwrites the block's own memory.
func (b *block) wipe() {
	clear(b.msg[:cap(b.msg)])
	clear(b.originals[:cap(b.originals)])
	clear(b.packed[:cap(b.packed)])
}

// sums takes the two digests of a message: as it is, and as it was before
// anything was substituted. They are one until the first substitution.
type sums struct {
	message *container.Digest
	content hash.Hash
	bytes   int64
}

func newSums() sums { return sums{message: container.NewDigest()} }

// near adds bytes that this processor has just seen and that stand for
// themselves.
func (s *sums) near(p []byte) {
	s.bytes += int64(len(p))
	s.message.Hash().Write(p)
	if s.content != nil {
		s.content.Write(p)
	}
}

func (s *sums) add(b *block) error {
	s.bytes += int64(len(b.msg))
	if len(b.subs) > 0 && s.content == nil {
		c, err := s.message.Hash().(hash.Cloner).Clone()
		if err != nil {
			return err
		}
		s.content = c
	}
	_, _ = s.message.Write(b.msg) // it brings the block near for the other
	if s.content == nil {
		return nil
	}
	at, originals := 0, b.originals
	for _, sub := range b.subs {
		s.content.Write(b.msg[at:sub.at])
		s.content.Write(originals[:sub.original])
		originals = originals[sub.original:]
		at = sub.at + sub.length
	}
	s.content.Write(b.msg[at:])
	return nil
}

func (s *sums) result() Result {
	r := Result{Bytes: s.bytes, SHA256: s.message.Hex()}
	r.ContentSHA256 = r.SHA256
	if s.content != nil {
		r.ContentSHA256 = hex.EncodeToString(s.content.Sum(nil))
	}
	return r
}
