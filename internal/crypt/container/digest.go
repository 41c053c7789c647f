package container

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// Digest is SHA-256 for memory that is not in this processor's cache: a block
// that another goroutine filled, a part that was encrypted as a whole. SHA-256
// waits for every line it misses, a copy has many on their way at once: it is
// faster to copy a little near before hashing it.
type Digest struct {
	sum  hash.Hash
	near [near]byte
}

const near = 4 << 10

// NewDigest returns an empty digest.
func NewDigest() *Digest { return &Digest{sum: sha256.New()} }

// Write adds bytes; it does not fail.
func (d *Digest) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		n := copy(d.near[:], p)
		d.sum.Write(d.near[:n])
		p = p[n:]
	}
	return total, nil
}

// Hash returns the hash itself, for memory that is near.
func (d *Digest) Hash() hash.Hash { return d.sum }

// Hex returns the digest of what was written.
func (d *Digest) Hex() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// Wipe overwrites what was copied.
func (d *Digest) Wipe() { clear(d.near[:]) }
