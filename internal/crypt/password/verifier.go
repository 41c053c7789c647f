package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"iplos/internal/secret"
)

// The cost of a guess, as RFC 9106 recommends where 2 GiB are too much.
const (
	timeCost  = 3
	memoryKiB = 64 << 10
	threads   = 4
	saltSize  = 16
	sumSize   = 32
)

// ErrVerifier is a text that is no verifier of ours.
var ErrVerifier = errors.New("not a password verifier")

// NewVerifier returns a salted slow hash by which the journal can tell later
// whether a password is the one that was used. It takes about a tenth of a
// second and 64 MiB.
func NewVerifier(v secret.Value) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	sum := argon2.IDKey(v.Reveal(), salt, timeCost, memoryKiB, threads, sumSize)
	b64 := base64.RawStdEncoding
	return prefix() + b64.EncodeToString(salt) + "$" + b64.EncodeToString(sum)
}

func prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, memoryKiB, timeCost, threads)
}

// Verify tells whether the password is the one the verifier was made from.
// Only the cost written here is accepted: a journal cannot ask for more.
func Verify(verifier string, v secret.Value) (bool, error) {
	rest, ok := strings.CutPrefix(verifier, prefix())
	saltText, sumText, found := strings.Cut(rest, "$")
	salt, errSalt := base64.RawStdEncoding.Strict().DecodeString(saltText)
	want, errSum := base64.RawStdEncoding.Strict().DecodeString(sumText)
	if !ok || !found || errSalt != nil || errSum != nil || len(salt) != saltSize || len(want) != sumSize {
		return false, ErrVerifier
	}
	got := argon2.IDKey(v.Reveal(), salt, timeCost, memoryKiB, threads, sumSize)
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
