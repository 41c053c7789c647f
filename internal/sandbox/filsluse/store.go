package filsluse

import (
	"crypto/sha1" //nolint:gosec // MOVEit's own checksum of a file
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"iplos/internal/atomicfile"
)

// file is one file that waits for its account.
type file struct {
	ID        string    `json:"id"`
	Account   string    `json:"account"`
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	SHA1      string    `json:"sha1"`
	At        time.Time `json:"at"`
	IsNew     bool      `json:"is_new"`
	Downloads int       `json:"downloads"`
	Blob      string    `json:"blob"`
}

// store keeps the files and what is known of them in one folder.
type store struct {
	dir string

	mu    sync.Mutex
	next  int64
	files []*file
	// unsaved puts off writing the index while many files are put in place.
	unsaved bool
}

func openStore(dir string) (*store, error) {
	st := &store{dir: dir, next: 943_871_201}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the Filsluse's folder: %w", err)
	}
	data, err := os.ReadFile(st.index())
	if errors.Is(err, os.ErrNotExist) {
		return st, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &st.files)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the Filsluse's files: %w", err)
	}
	if err := st.sweep(); err != nil {
		return nil, err
	}
	st.next += int64(7 * len(st.files))
	for _, f := range st.files {
		if id, err := strconv.ParseInt(f.ID, 10, 64); err == nil && id >= st.next {
			st.next = id + 7
		}
	}
	return st, nil
}

func (st *store) index() string { return filepath.Join(st.dir, "files.json") }

// sweep removes what an interrupted run left: content that no file has.
func (st *store) sweep() error {
	blobs, err := filepath.Glob(filepath.Join(st.dir, "blob-*"))
	if err != nil {
		return err
	}
	for _, blob := range blobs {
		known := slices.ContainsFunc(st.files, func(f *file) bool { return f.Blob == filepath.Base(blob) })
		if !known {
			err = errors.Join(err, os.Remove(blob))
		}
	}
	return err
}

// batch writes the index once, after everything put puts.
func (st *store) batch(put func() error) error {
	st.mu.Lock()
	st.unsaved = true
	st.mu.Unlock()
	err := put()
	st.mu.Lock()
	defer st.mu.Unlock()
	st.unsaved = false
	return errors.Join(err, st.save())
}

// save writes the index; the caller holds the lock.
func (st *store) save() error {
	if st.unsaved {
		return nil
	}
	data, err := json.MarshalIndent(st.files, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(st.index(), data, atomicfile.Options{Force: true})
}

// put stores a file for an account. format makes the id from a number.
func (st *store) put(account, name string, r io.Reader, at time.Time, format func(int64) string) (*file, error) {
	out, err := os.CreateTemp(st.dir, "blob-")
	if err != nil {
		return nil, fmt.Errorf("storing a file: %w", err)
	}
	sum := sha1.New() //nolint:gosec // see above
	n, err := io.Copy(io.MultiWriter(out, sum), r)
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("storing a file: %w", err), os.Remove(out.Name()))
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	f := &file{
		ID: format(st.next), Account: account, Name: name, Size: n, SHA1: hex.EncodeToString(sum.Sum(nil)),
		At: at, IsNew: true, Blob: filepath.Base(out.Name()),
	}
	st.next += 7
	st.files = append(st.files, f)
	return f, st.save()
}

// of returns copies of an account's files, oldest first.
func (st *store) of(account string) []file {
	st.mu.Lock()
	defer st.mu.Unlock()
	var out []file
	for _, f := range st.files {
		if f.Account == account {
			out = append(out, *f)
		}
	}
	return out
}

func (st *store) find(account, id string) (file, bool) {
	for _, f := range st.of(account) {
		if f.ID == id {
			return f, true
		}
	}
	return file{}, false
}

// change alters the file with that id.
func (st *store) change(id string, alter func(*file)) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, f := range st.files {
		if f.ID == id {
			alter(f)
		}
	}
	return st.save()
}

func (st *store) remove(id string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	i := slices.IndexFunc(st.files, func(f *file) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	blob := filepath.Join(st.dir, st.files[i].Blob)
	st.files = slices.Delete(st.files, i, i+1)
	return errors.Join(st.save(), os.Remove(blob))
}

func (st *store) open(f file) (*os.File, error) { return os.Open(filepath.Join(st.dir, f.Blob)) }
