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
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/cases"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

// Rejected remembers credentials that Filsluse said no to, as salted slow
// hashes in the state folder. A changed password has another hash, so it is
// sent; the old one is not, however often a scheduler tries. One file serves
// every municipality: it is the address they share that is locked out.
type Rejected struct{ path, older string }

const rejectedName = "filsluse-rejected.json"

// NewRejected returns the memory of a state folder. What an earlier version
// remembered in a municipality's own folder counts too.
func NewRejected(stateDir, municipalityDir string) *Rejected {
	return &Rejected{path: filepath.Join(stateDir, rejectedName), older: filepath.Join(municipalityDir, rejectedName)}
}

type rejectedFile struct {
	Salt   []byte   `json:"salt"`
	Hashes [][]byte `json:"hashes"`
}

// maxRejected is how many are kept; the oldest go.
const maxRejected = 64

// Known tells whether the credential was rejected before: where is the file
// that says so, which may be removed to try again.
func (r *Rejected) Known(host, username string, password secret.Value) (where string, err error) {
	for _, path := range []string{r.path, r.older} {
		var file rejectedFile
		if err := readState(path, &file); err != nil {
			return "", err
		}
		names := []string{folded(username)}
		if path == r.older && username != names[0] {
			names = append(names, username) // as it was typed then
		}
		for _, name := range names {
			if file.has(host, name, password) {
				return path, nil
			}
		}
	}
	return "", nil
}

func (f rejectedFile) has(host, username string, password secret.Value) bool {
	if len(f.Hashes) == 0 {
		return false
	}
	h := rejectedHash(f.Salt, host, username, password)
	return slices.ContainsFunc(f.Hashes, func(known []byte) bool { return bytes.Equal(known, h) })
}

// Add remembers a credential. Runs for two municipalities may do it at once.
func (r *Rejected) Add(host, username string, password secret.Value) error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.state", "folder", filepath.Dir(r.path))
	}
	unlock, err := atomicfile.Lock(r.path)
	if err != nil {
		return err
	}
	defer unlock()
	var file rejectedFile
	if err := readState(r.path, &file); err != nil {
		return err
	}
	if len(file.Salt) == 0 {
		file.Salt = make([]byte, 16)
		_, _ = rand.Read(file.Salt) // never fails
	}
	file.Hashes = append(file.Hashes, rejectedHash(file.Salt, host, folded(username), password))
	file.Hashes = file.Hashes[max(0, len(file.Hashes)-maxRejected):]
	return writeState(r.path, file)
}

// folded makes A@b.no and a@b.no one account, as they are to the server.
func folded(username string) string { return cases.Fold().String(username) }

// rejectedHash is slow on purpose: whoever steals the file has to guess
// passwords of six characters at some 20 a second.
func rejectedHash(salt []byte, host, username string, password secret.Value) []byte {
	const (
		passes    = 2
		kibibytes = 19 << 10 // OWASP's smallest recommendation
	)
	whole := slices.Concat([]byte(strings.ToLower(host)), []byte{0}, []byte(username), []byte{0}, password.Reveal())
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
