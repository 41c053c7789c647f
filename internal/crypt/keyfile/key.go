// Package keyfile reads public keys in the forms they are handed around in,
// checks them, and remembers which one is used for which data year.
package keyfile

import (
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // what Windows shows of a certificate
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Role is whom a key belongs to.
type Role string

// The roles: the register (SSB) reads the content, the pseudonymiser (TPF)
// the identities.
const (
	Register      Role = "register"
	Pseudonymiser Role = "pseudonymiser"
)

// Roles returns the roles.
func Roles() []Role { return []Role{Register, Pseudonymiser} }

// ParseRole reads a role's name.
func ParseRole(name string) (Role, bool) {
	for _, r := range Roles() {
		if string(r) == name {
			return r, true
		}
	}
	return "", false
}

// Key is a public key and, where one came with it, its certificate.
type Key struct {
	Public      *rsa.PublicKey
	Certificate *x509.Certificate
	// SPKI is the SubjectPublicKeyInfo in DER.
	SPKI []byte
	// Chain holds the certificates of the file, this one included.
	Chain []*x509.Certificate
	// Form names the form it was read from ("certificate", "pkcs7").
	Form string
}

// OfPublic returns a bare key.
func OfPublic(public *rsa.PublicKey) (*Key, error) {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("encoding the public key: %w", err)
	}
	return &Key{Public: public, SPKI: spki}, nil
}

// SPKISHA256 returns the fingerprint that names the key: 64 hex digits.
func (k *Key) SPKISHA256() string {
	sum := sha256.Sum256(k.SPKI)
	return hex.EncodeToString(sum[:])
}

// CertificateSHA1 returns what Windows shows as the certificate's
// fingerprint, or nothing for a bare key. It is for comparing by eye only.
func (k *Key) CertificateSHA1() string {
	if k.Certificate == nil {
		return ""
	}
	sum := sha1.Sum(k.Certificate.Raw) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// NotAfter returns when the certificate ends, and the zero time for a bare
// key.
func (k *Key) NotAfter() time.Time {
	if k.Certificate == nil {
		return time.Time{}
	}
	return k.Certificate.NotAfter
}

// Groups shows a fingerprint in groups of four, to read aloud.
func Groups(fingerprint string) string {
	var b strings.Builder
	for i, c := range fingerprint {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// SameFingerprint compares fingerprints as people write them: case, spaces
// and colons do not count.
func SameFingerprint(a, b string) bool {
	plain := strings.NewReplacer(" ", "", ":", "", "\t", "", "-", "")
	return strings.EqualFold(plain.Replace(a), plain.Replace(b))
}
