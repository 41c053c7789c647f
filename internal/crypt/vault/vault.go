// Package vault keeps feedback passwords from January to week 6: one sealed
// file, one entry for each submission.
//
// The file is the text "iplos-vault/1\n", a salt (16 bytes), a nonce (24
// bytes) and one XChaCha20-Poly1305 ciphertext with all before it as
// additional data. The key is argon2id of the passphrase (t=3, 64 MiB, p=4).
// Salt and nonce are new at every write.
package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/chacha20poly1305"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

const (
	magic     = "iplos-vault/1\n"
	saltSize  = 16
	headSize  = len(magic) + saltSize + chacha20poly1305.NonceSizeX
	timeCost  = 3
	memoryKiB = 64 << 10
	threads   = 4
	// minPassphrase is for a new vault, in characters. argon2id makes a guess
	// slow; a word of a dictionary is found all the same.
	minPassphrase = 12
	// maxSize is room for ten thousand submissions.
	maxSize = 4 << 20
)

// Entry is the password of one submission.
type Entry struct {
	SubmissionID string
	// At is when it was put in, to the second.
	At       time.Time
	Password secret.Value
}

// Exists tells whether there is a vault. A passphrase for a new one is worth
// asking for twice: a slip of the hand cannot be found out later.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// CheckPassphrase refuses a passphrase that is too short for a new vault, with
// the fault "vault.short". For a vault that is there the vault itself decides.
func CheckPassphrase(path string, passphrase secret.Value) error {
	if utf8.RuneCount(passphrase.Reveal()) < minPassphrase && !Exists(path) {
		return fault.New(fault.Usage, "vault.short", "minimum", minPassphrase)
	}
	return nil
}

// Put adds the password of a submission, or replaces it, and makes the vault
// when there is none. Another run that is writing is waited for.
func Put(path string, passphrase secret.Value, e Entry) error {
	if !validID(e.SubmissionID) {
		return fmt.Errorf("keeping a password: submission id %q", e.SubmissionID)
	}
	unlock, err := atomicfile.Lock(path)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "vault.unwritable", "path", path)
	}
	defer unlock()
	if err := CheckPassphrase(path, passphrase); err != nil {
		return err
	}
	entries, err := All(path, passphrase)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	defer wipe(entries)
	// On a copy: e in the place of one that is replaced would be wiped with it.
	kept := slices.DeleteFunc(slices.Clone(entries), func(o Entry) bool { return o.SubmissionID == e.SubmissionID })
	data, err := seal(passphrase, append(kept, e))
	if err != nil {
		return err
	}
	if len(data) > maxSize {
		return fault.New(fault.Usage, "vault.full", "path", path)
	}
	if err := atomicfile.WriteFile(path, data, atomicfile.Options{Force: true}); err != nil {
		return fault.Wrap(err, fault.Usage, "vault.unwritable", "path", path)
	}
	return nil
}

// All returns every entry, the one put in last at the end. A wrong passphrase and a changed
// file cannot be told apart: both are the fault "vault.wrong", of kind
// Integrity.
func All(path string, passphrase secret.Value) ([]Entry, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	if len(data) < headSize+chacha20poly1305.Overhead || !bytes.HasPrefix(data, []byte(magic)) {
		return nil, fault.New(fault.Integrity, "vault.format", "path", path)
	}
	head, sealed := data[:headSize], data[headSize:]
	aead, err := cipherOf(passphrase, head)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(sealed[:0], nonceOf(head), sealed, head)
	if err != nil {
		return nil, fault.New(fault.Integrity, "vault.wrong", "path", path)
	}
	defer clear(plain)
	entries, err := decode(plain)
	if err != nil {
		return nil, fault.Wrap(err, fault.Integrity, "vault.format", "path", path)
	}
	return entries, nil
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.Usage, "vault.missing", "path", path)
	case err == nil && (info.Size() > maxSize || !info.Mode().IsRegular()):
		return nil, fault.New(fault.Integrity, "vault.format", "path", path)
	}
	data, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "vault.unreadable", "path", path)
	}
	return data, nil
}

func seal(passphrase secret.Value, entries []Entry) ([]byte, error) {
	head := make([]byte, headSize)
	copy(head, magic)
	_, _ = rand.Read(head[len(magic):]) // never fails: crypto/rand ends the process instead
	aead, err := cipherOf(passphrase, head)
	if err != nil {
		return nil, err
	}
	plain := encode(entries)
	defer clear(plain)
	return aead.Seal(bytes.Clone(head), nonceOf(head), plain, head), nil
}

func nonceOf(head []byte) []byte { return head[len(magic)+saltSize:] }

func wipe(entries []Entry) {
	for _, e := range entries {
		e.Password.Wipe()
	}
}
