//go:build !purego

package aeszip

import (
	"math/bits"

	"golang.org/x/sys/cpu"
)

//go:noescape
func encryptEight(rounds int, keys *byte, data *byte, groups int)

// eight encrypts eight blocks at a time. crypto/aes offers that only inside
// its own modes, whose counters are big endian; one block at a time, it takes
// three times as long.
type eight struct {
	rounds int
	keys   [15 * 16]byte
}

// newEight returns nil where the processor has no AES instructions.
func newEight(key []byte) *eight {
	if !cpu.X86.HasAES {
		return nil
	}
	e := &eight{rounds: len(key)/4 + 6}
	e.expand(key)
	return e
}

// encrypt works on the data in place; its length is a multiple of 128.
func (e *eight) encrypt(data []byte) { encryptEight(e.rounds, &e.keys[0], &data[0], len(data)/128) }

// expand makes the round keys (FIPS 197, section 5.2).
func (e *eight) expand(key []byte) {
	copy(e.keys[:], key)
	n, constant := len(key), byte(1)
	for i := n; i < 16*(e.rounds+1); i += 4 {
		word := [4]byte(e.keys[i-4 : i])
		switch {
		case i%n == 0:
			word = [4]byte{substitute(word[1]) ^ constant, substitute(word[2]), substitute(word[3]), substitute(word[0])}
			constant = double(constant)
		case n == 32 && i%n == 16:
			word = [4]byte{substitute(word[0]), substitute(word[1]), substitute(word[2]), substitute(word[3])}
		}
		for j := range word {
			e.keys[i+j] = e.keys[i+j-n] ^ word[j]
		}
	}
}

// double multiplies by x in AES's field.
func double(b byte) byte { return b<<1 ^ 0x1b&-(b>>7) }

func multiply(a, b byte) (p byte) {
	for range 8 {
		p ^= a & -(b & 1)
		a, b = double(a), b>>1
	}
	return p
}

// substitute is AES's S-box, computed: no table means no timing that depends
// on the key, and sixty calls for a key cost nothing.
func substitute(b byte) byte {
	inverse := byte(1) // b^254
	for i := 7; i >= 1; i-- {
		inverse = multiply(multiply(inverse, inverse), b)
	}
	inverse = multiply(inverse, inverse)
	r := inverse
	for i := 1; i <= 4; i++ {
		r ^= bits.RotateLeft8(inverse, i)
	}
	return r ^ 0x63
}
