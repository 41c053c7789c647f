// Package password makes and checks the feedback password: the one word that
// opens the zip which comes back in week 6. That zip stretches it with 1000
// rounds of PBKDF2 only, so the password itself must carry the strength.
package password

import (
	"bytes"
	"crypto/rand"
	"slices"
	"unicode"
	"unicode/utf8"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// The lengths, in characters and bytes. WinZip and 7-Zip take at most 99
// bytes.
const (
	MinLength = 16
	MaxLength = 99
)

// letters are digits and letters that cannot be taken for each other when
// written down or read aloud: no 0 and o, no 1, i and l.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

const (
	groups    = 6
	groupSize = 4
)

// Generate returns a new password: six groups of four with hyphens between,
// which are part of it; 24 times log2(31) is 118 bits.
func Generate() secret.Value {
	drawn := Letters(groups * groupSize)
	defer clear(drawn)
	out := make([]byte, 0, groups*(groupSize+1))
	for group := range slices.Chunk(drawn, groupSize) {
		if len(out) > 0 {
			out = append(out, '-')
		}
		out = append(out, group...)
	}
	return secret.New(out)
}

// Letters returns n random letters and digits that can be read aloud.
func Letters(n int) []byte {
	out := make([]byte, 0, n)
	var b [64]byte
	defer clear(b[:])
	for len(out) < n {
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
		for _, c := range b {
			if int(c) < 256/len(letters)*len(letters) && len(out) < n { // no letter is likelier
				out = append(out, letters[int(c)%len(letters)])
			}
		}
	}
	return out
}

// Check refuses a new password that the zip cannot carry or that is too short
// to protect it. The faults are of kind Usage.
func Check(v secret.Value) error {
	b := v.Reveal()
	switch {
	case !utf8.Valid(b) || bytes.ContainsFunc(b, unicode.IsControl):
		return fault.New(fault.Usage, "password.characters")
	case len(b) > MaxLength:
		return fault.New(fault.Usage, "password.long", "length", len(b), "max", MaxLength)
	case utf8.RuneCount(b) < MinLength:
		return fault.New(fault.Usage, "password.short", "length", utf8.RuneCount(b), "min", MinLength)
	default:
		return nil
	}
}
