package crypt

import (
	"fmt"

	"iplos/internal/crypt/password"
)

// NewSubmissionID returns the random name of a new submission: 16 letters
// and digits, 79 bits, which can be read aloud.
func NewSubmissionID() string { return string(password.Letters(16)) }

// PackageName returns the name a package has by default, without a folder.
func PackageName(municipality, district string, dataYear int, submissionID string) string {
	return fmt.Sprintf("iplos-%s-%s-%d-%s.tar", municipality, district, dataYear, submissionID)
}
