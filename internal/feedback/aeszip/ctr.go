package aeszip

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"sync"
)

// ctr is AES in counter mode with the format's counter: 128 bits, little
// endian, from 1. cipher.NewCTR counts big endian and goes wrong after the
// first block. Several goroutines may use it at the same time.
type ctr struct {
	block   cipher.Block
	streams sync.Pool
}

// stream is as much keystream as is made at a time.
type stream [4096]byte

func newCTR(key []byte) (*ctr, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return &ctr{block: block, streams: sync.Pool{New: func() any { return new(stream) }}}, nil
}

// xor decrypts p in place. at is its place in the ciphertext, a multiple of a
// block's size.
func (c *ctr) xor(p []byte, at int64) {
	s := c.streams.Get().(*stream) //nolint:forcetypeassert // the pool's own
	defer c.streams.Put(s)
	for counter := uint64(at)/aes.BlockSize + 1; len(p) > 0; counter += uint64(len(s)) / aes.BlockSize {
		c.fill(s, counter)
		p = p[subtle.XORBytes(p, p, s[:min(len(p), len(s))]):]
	}
}

// fill makes keystream. The upper half of the counter stays zero: 2^64 blocks
// are more than a file can hold. All counters are written before the first is
// encrypted: a processor waits for a block that was stored a moment ago in
// smaller pieces, which made this two and a half times as slow.
func (c *ctr) fill(s *stream, counter uint64) {
	clear(s[:])
	for i := 0; i < len(s); i += aes.BlockSize {
		binary.LittleEndian.PutUint64(s[i:], counter)
		counter++
	}
	for i := 0; i < len(s); i += aes.BlockSize {
		b := s[i : i+aes.BlockSize : i+aes.BlockSize]
		c.block.Encrypt(b, b)
	}
}
