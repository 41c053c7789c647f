package container

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// MaxFile bounds one file of a package, which is read whole: far more than
// any part size anyone needs.
const MaxFile = 1 << 30

// maxEntries bounds what a package can make the reader remember: manifest,
// identities, list of sums and 9999 parts.
const maxEntries = 9999 + 3

// ErrDamaged is a tar or folder that is not one of ours or not whole; the
// error in front of it says where.
var ErrDamaged = errors.New("package is damaged")

// Reader reads the files of a package.
type Reader struct {
	entries []Entry // without digests: none is known yet
	offsets map[string]int64
	tar     *os.File
	dir     *os.Root
}

// Open opens a tar file or a folder and lists what it holds.
func Open(path string) (*Reader, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening the package: %w", err)
	}
	r := &Reader{offsets: map[string]int64{}}
	if info.IsDir() {
		err = r.openFolder(path)
	} else {
		err = r.openTar(path)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) openFolder(path string) error {
	var err error
	if r.dir, err = os.OpenRoot(path); err != nil {
		return fmt.Errorf("opening the package: %w", err)
	}
	list, err := fs.ReadDir(r.dir.FS(), ".")
	if err != nil {
		return fmt.Errorf("listing the package: %w", err)
	}
	for _, d := range list {
		info, err := d.Info()
		if err != nil {
			return fmt.Errorf("listing the package: %w", err)
		}
		if !info.Mode().IsRegular() || len(r.entries) == maxEntries {
			return &EntryError{Name: d.Name(), Why: Foreign}
		}
		r.entries = append(r.entries, Entry{Name: d.Name(), Bytes: info.Size()})
	}
	return nil
}

func (r *Reader) openTar(path string) error {
	var err error
	if r.tar, err = os.Open(filepath.Clean(path)); err != nil {
		return fmt.Errorf("opening the package: %w", err)
	}
	info, err := r.tar.Stat()
	if err != nil {
		return fmt.Errorf("opening the package: %w", err)
	}
	return r.index(info.Size())
}

// Entries returns name and size of each file, in the order they stand.
func (r *Reader) Entries() []Entry { return r.entries }

// Ordered tells whether the entries stand in an order of their own, as a
// tar's do, or as the file system lists them.
func (r *Reader) Ordered() bool { return r.tar != nil }

// Read reads a whole file; see [Reader.ReadSum].
func (r *Reader) Read(name string, buf []byte) ([]byte, error) {
	data, _, err := r.ReadSum(name, buf)
	return data, err
}

// ReadSum reads a whole file into buf, which grows as needed, but never past
// the size the file system or tar really has, nor past MaxFile. The digest is
// taken of each slice right after it is read.
func (r *Reader) ReadSum(name string, buf []byte) (data []byte, sum string, err error) {
	i := slices.IndexFunc(r.entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return nil, "", &EntryError{Name: name, Why: Missing}
	}
	size := r.entries[i].Bytes
	if size > MaxFile {
		return nil, "", &EntryError{Name: name, Why: Changed}
	}
	src, err := r.section(name, size)
	if err != nil {
		return nil, "", err
	}
	if int64(cap(buf)) < size {
		buf = make([]byte, size)
	}
	buf = buf[:size]
	sum, err = readSummed(src, buf)
	if err != nil {
		err = fmt.Errorf("reading %q: %w", name, err)
	}
	return buf, sum, errors.Join(err, src.Close())
}

func readSummed(src io.Reader, buf []byte) (string, error) {
	sum := sha256.New()
	for len(buf) > 0 {
		n := min(len(buf), slice)
		if _, err := io.ReadFull(src, buf[:n]); err != nil {
			return "", err
		}
		sum.Write(buf[:n])
		buf = buf[n:]
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (r *Reader) section(name string, size int64) (io.ReadCloser, error) {
	if r.dir != nil {
		f, err := r.dir.Open(name)
		if err != nil {
			return nil, fmt.Errorf("opening %q: %w", name, err)
		}
		return f, nil
	}
	return io.NopCloser(io.NewSectionReader(r.tar, r.offsets[name], size)), nil
}

// Close releases the files.
func (r *Reader) Close() error {
	var errs []error
	if r.tar != nil {
		errs = append(errs, r.tar.Close())
	}
	if r.dir != nil {
		errs = append(errs, r.dir.Close())
	}
	return errors.Join(errs...)
}

// Why says what is wrong with one file of a package.
type Why string

// What can be wrong with one file.
const (
	Foreign   Why = "foreign"
	Missing   Why = "missing"
	Duplicate Why = "duplicate"
	Changed   Why = "changed"
	Order     Why = "order"
	Cut       Why = "cut"
)

// EntryError names the file that made a package be refused.
type EntryError struct {
	Name string
	Why  Why
}

// Error returns name and reason, for developers.
func (e *EntryError) Error() string { return fmt.Sprintf("%q is %s", e.Name, e.Why) }

// Is makes every EntryError an ErrDamaged.
func (e *EntryError) Is(target error) bool { return target == ErrDamaged }

// plainName tells whether a name is one a package uses: no path, nothing a
// file system would read otherwise.
func plainName(name string) bool {
	return name != "" && len(name) <= 100 && strings.Trim(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == "" && !strings.HasPrefix(name, ".")
}
