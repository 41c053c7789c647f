package feedback

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/crypto/argon2"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

// Rejected remembers credentials that Filsluse said no to, as salted slow
// hashes in the state folder. A changed password has another hash, so it is
// sent; the old one is not, however often a scheduler tries.
type Rejected struct{ path string }

// NewRejected returns the memory of a state folder.
func NewRejected(stateDir string) *Rejected {
	return &Rejected{path: filepath.Join(stateDir, "filsluse-rejected.json")}
}

type rejectedFile struct {
	Salt   []byte   `json:"salt"`
	Hashes [][]byte `json:"hashes"`
}

// maxRejected is how many are kept; the oldest go.
const maxRejected = 16

// Where returns the file, which may be removed to try again.
func (r *Rejected) Where() string { return r.path }

// Known tells whether the credential was rejected before.
func (r *Rejected) Known(host, username string, password secret.Value) (bool, error) {
	file, err := r.read()
	if err != nil || len(file.Hashes) == 0 {
		return false, err
	}
	h := rejectedHash(file.Salt, host, username, password)
	return slices.ContainsFunc(file.Hashes, func(known []byte) bool { return bytes.Equal(known, h) }), nil
}

// Add remembers a credential.
func (r *Rejected) Add(host, username string, password secret.Value) error {
	file, err := r.read()
	if err != nil {
		return err
	}
	if len(file.Salt) == 0 {
		file.Salt = make([]byte, 16)
		_, _ = rand.Read(file.Salt) // never fails
	}
	file.Hashes = append(file.Hashes, rejectedHash(file.Salt, host, username, password))
	file.Hashes = file.Hashes[max(0, len(file.Hashes)-maxRejected):]
	return writeState(r.path, file)
}

func (r *Rejected) read() (rejectedFile, error) {
	var file rejectedFile
	err := readState(r.path, &file)
	return file, err
}

// rejectedHash is slow on purpose: whoever steals the file has to guess
// passwords of six characters at some 20 a second.
func rejectedHash(salt []byte, host, username string, password secret.Value) []byte {
	const (
		passes    = 2
		kibibytes = 19 << 10 // OWASP's smallest recommendation
	)
	whole := slices.Concat([]byte(host), []byte{0}, []byte(username), []byte{0}, password.Reveal())
	defer clear(whole)
	return argon2.IDKey(whole, salt, passes, kibibytes, 1, 32)
}

// readState reads a small JSON file of the state folder; one that is not
// there is empty.
func readState(path string, out any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, out)
	}
	if err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.state.file", "file", path)
	}
	return nil
}

func writeState(path string, in any) error {
	data, err := json.MarshalIndent(in, "", " ")
	if err != nil {
		return fmt.Errorf("encoding %q: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.state", "folder", filepath.Dir(path))
	}
	return atomicfile.WriteFile(path, append(data, '\n'), atomicfile.Options{Force: true})
}
