package aeszip

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // the format's own
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"iplos/internal/secret"
)

// rounds is the format's fixed PBKDF2 count.
const rounds = 1000

// keys are what a password becomes for one salt.
type keys struct {
	encrypt, mac, verifier []byte
}

func deriveKeys(password, salt []byte, a aesField) (keys, error) {
	n := a.keyLen()
	all, err := pbkdf2.Key(sha1.New, string(password), salt, rounds, 2*n+verifierLen)
	if err != nil {
		return keys{}, fmt.Errorf("deriving the key: %w", err)
	}
	return keys{encrypt: all[:n], mac: all[n : 2*n], verifier: all[2*n:]}, nil
}

// passwordForms returns the byte forms a password may have had where the
// archive was made. Zip stores no encoding: 7-Zip on Windows uses the ANSI
// code page, older programs the console's, others UTF-8.
func passwordForms(password secret.Value) [][]byte {
	// A copy: the forms are wiped after use, the caller's secret is not ours.
	p := bytes.Clone(stripLineEnd(password.Reveal()))
	if !utf8.Valid(p) {
		return [][]byte{p}
	}
	p = norm.NFC.Bytes(p)
	forms := [][]byte{p}
	for _, table := range []*charmap.Charmap{charmap.Windows1252, charmap.CodePage850} {
		// The encoder stops at a character the code page lacks: then the
		// password was not typed there.
		form, err := table.NewEncoder().Bytes(p)
		if err == nil && !slices.ContainsFunc(forms, func(f []byte) bool { return bytes.Equal(f, form) }) {
			forms = append(forms, form)
		}
	}
	return forms
}

// stripLineEnd takes one line end off: a password file ends with one.
func stripLineEnd(p []byte) []byte {
	p = bytes.TrimSuffix(p, []byte("\n"))
	return bytes.TrimSuffix(p, []byte("\r"))
}
