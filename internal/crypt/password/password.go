// Package password makes and checks the feedback password: the one word that
// opens the zip which comes back in week 6. That zip stretches it with 1000
// rounds of PBKDF2 only, so the password itself must carry the strength.
package password

import (
	"crypto/rand"
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
	out := make([]byte, 0, groups*(groupSize+1))
	var b [64]byte
	defer clear(b[:])
	for n := 0; n < groups*groupSize; {
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
		for _, c := range b {
			if int(c) >= 256/len(letters)*len(letters) || n == groups*groupSize {
				continue // so that no letter is likelier than another
			}
			if n > 0 && n%groupSize == 0 {
				out = append(out, '-')
			}
			out = append(out, letters[int(c)%len(letters)])
			n++
		}
	}
	return secret.New(out)
}

// Check refuses a new password that the zip cannot carry or, unless forced,
// that is too short to protect it. The faults are of kind Usage.
func Check(v secret.Value, forced bool) error {
	b := v.Reveal()
	switch {
	case !utf8.Valid(b) || hasControl(b):
		return fault.New(fault.Usage, "password.characters")
	case len(b) > MaxLength:
		return fault.New(fault.Usage, "password.long", "length", len(b), "max", MaxLength)
	case utf8.RuneCount(b) == 0, utf8.RuneCount(b) < MinLength && !forced:
		return fault.New(fault.Usage, "password.short", "length", utf8.RuneCount(b), "min", MinLength)
	default:
		return nil
	}
}

// OnlyASCII tells whether every zip program will read the password alike:
// the zip format does not say how æ, ø and å are written.
func OnlyASCII(v secret.Value) bool {
	for _, c := range v.Reveal() {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func hasControl(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if unicode.IsControl(r) {
			return true
		}
		b = b[n:]
	}
	return false
}
