package aeszip

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
)

// ctr is AES in counter mode with the format's counter: 128 bits, little
// endian, from 1. cipher.NewCTR counts big endian and goes wrong after the
// first block.
type ctr struct {
	block  cipher.Block
	next   uint64
	stream [4096]byte
	left   []byte
}

func newCTR(key []byte) (*ctr, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return &ctr{block: block, next: 1}, nil
}

// xor decrypts p in place.
func (c *ctr) xor(p []byte) {
	for len(p) > 0 {
		if len(c.left) == 0 {
			c.refill()
		}
		n := subtle.XORBytes(p, p, c.left[:min(len(p), len(c.left))])
		p, c.left = p[n:], c.left[n:]
	}
}

// refill makes the next keystream. The upper half of the counter stays zero:
// 2^64 blocks are more than a file can hold. All counters are written before
// the first is encrypted: a processor waits for a block that was stored a
// moment ago in smaller pieces, which made this two and a half times as slow.
func (c *ctr) refill() {
	clear(c.stream[:])
	for i := 0; i < len(c.stream); i += aes.BlockSize {
		binary.LittleEndian.PutUint64(c.stream[i:], c.next)
		c.next++
	}
	for i := 0; i < len(c.stream); i += aes.BlockSize {
		b := c.stream[i : i+aes.BlockSize : i+aes.BlockSize]
		c.block.Encrypt(b, b)
	}
	c.left = c.stream[:]
}
