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
	eight  *eight // nil: block does it
	next   uint64
	stream [4096]byte
	left   []byte
}

func newCTR(key []byte) (*ctr, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return &ctr{block: block, eight: newEight(key), next: 1}, nil
}

// seek goes to a place that is a multiple of the block size.
func (c *ctr) seek(at int64) { c.next, c.left = uint64(at)/aes.BlockSize+1, nil }

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
// 2^64 blocks are more than a file can hold.
func (c *ctr) refill() {
	for i := 0; i < len(c.stream); i += aes.BlockSize {
		b := c.stream[i : i+aes.BlockSize : i+aes.BlockSize]
		binary.LittleEndian.PutUint64(b, c.next)
		binary.LittleEndian.PutUint64(b[8:], 0)
		c.next++
		if c.eight == nil {
			c.block.Encrypt(b, b)
		}
	}
	if c.eight != nil {
		c.eight.encrypt(c.stream[:])
	}
	c.left = c.stream[:]
}
