package crypt

import (
	"crypto/rand"
	"fmt"
)

// letters are base32 digits without those that look or sound like others:
// no 0, 1, i, l, o.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// NewSubmissionID returns the random name of a new submission: 16 letters
// and digits, 79 bits, which can be read aloud.
func NewSubmissionID() string {
	id := make([]byte, 0, 16)
	var b [32]byte
	for len(id) < 16 {
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
		for _, c := range b {
			if int(c) < 256/len(letters)*len(letters) && len(id) < 16 { // no letter is likelier
				id = append(id, letters[int(c)%len(letters)])
			}
		}
	}
	return string(id)
}

// PackageName returns the name a package has by default, without a folder.
func PackageName(municipality, district string, dataYear int, submissionID string) string {
	return fmt.Sprintf("iplos-%s-%s-%d-%s.tar", municipality, district, dataYear, submissionID)
}
