package container

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"iplos/internal/atomicfile"
)

// Options say how a package is written.
type Options struct {
	// Kind is Tar or Folder; empty lets the path's name decide.
	Kind Kind
	// Force replaces a package of that name.
	Force bool
	// OnWrite is called before each write with its size; an error stops the
	// package. It serves progress and the tests that break every write.
	OnWrite func(bytes int) error
}

// Writer writes the files of a package in the order they are added. Either
// Commit or Abort ends it.
type Writer struct {
	kind    Kind
	path    string
	onWrite func(int) error
	entries []Entry

	file    *atomicfile.File
	tar     *tar.Writer
	tarHash hash.Hash
	written int64

	dir *atomicfile.Dir
}

// Create starts a package. The error is atomicfile.ErrExists when the target
// is there and Force was not given.
func Create(path string, opts Options) (*Writer, error) {
	w := &Writer{kind: opts.Kind, path: path, onWrite: opts.OnWrite}
	if w.kind == "" {
		w.kind = KindOf(path)
	}
	if w.onWrite == nil {
		w.onWrite = func(int) error { return nil }
	}
	var err error
	if w.kind == Folder {
		w.dir, err = atomicfile.CreateDir(path, atomicfile.Options{Force: opts.Force})
		return w, err
	}
	w.file, err = atomicfile.Create(path, atomicfile.Options{Force: opts.Force})
	w.tarHash = sha256.New()
	w.tar = tar.NewWriter(tarSink{w})
	return w, err
}

// Kind returns what is being written.
func (w *Writer) Kind() Kind { return w.kind }

// Entries returns the files added so far.
func (w *Writer) Entries() []Entry { return w.entries }

// Add writes one file, the pieces joined, and returns its size and digest.
// Each slice is hashed right after it is written, while it is in the cache:
// hashing memory that has left it takes twice as long.
func (w *Writer) Add(name string, pieces ...[]byte) (Entry, error) {
	sum := sha256.New()
	if err := w.add(name, pieces, sum); err != nil {
		return Entry{}, err
	}
	e := Entry{Name: name, Bytes: sizeOf(pieces), SHA256: hex.EncodeToString(sum.Sum(nil))}
	w.entries = append(w.entries, e)
	return e, nil
}

func (w *Writer) add(name string, pieces [][]byte, sum hash.Hash) error {
	if w.kind == Tar {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: name, Size: sizeOf(pieces), Mode: 0o600,
			ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR,
		}
		if err := w.tar.WriteHeader(header); err != nil {
			return fmt.Errorf("writing %q: %w", name, err)
		}
		return writeAll(w.tar, pieces, sum)
	}
	f, err := w.dir.Root().OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("creating %q: %w", name, err)
	}
	if err := writeAll(checked{f, w.onWrite}, pieces, sum); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil { // Commit puts it on disk
		return fmt.Errorf("closing %q: %w", name, err)
	}
	return nil
}

func writeAll(w io.Writer, pieces [][]byte, sum hash.Hash) error {
	for _, p := range pieces {
		for len(p) > 0 {
			n := min(len(p), slice)
			if _, err := w.Write(p[:n]); err != nil {
				return fmt.Errorf("writing the package: %w", err)
			}
			sum.Write(p[:n])
			p = p[n:]
		}
	}
	return nil
}

// Commit makes the package appear and returns the files to send: the tar, or
// every file of the folder in the order they were added.
func (w *Writer) Commit() ([]Entry, error) {
	if w.kind == Folder {
		return w.entries, w.dir.Commit()
	}
	if err := w.tar.Close(); err != nil {
		return nil, fmt.Errorf("closing the package: %w", err)
	}
	if err := w.file.Commit(); err != nil {
		return nil, err
	}
	sum := hex.EncodeToString(w.tarHash.Sum(nil))
	return []Entry{{Name: filepath.Base(w.path), Bytes: w.written, SHA256: sum}}, nil
}

// Abort removes what was written; after Commit it does nothing.
func (w *Writer) Abort() {
	if w.file != nil {
		w.file.Abort()
	}
	if w.dir != nil {
		w.dir.Abort()
	}
}

// checked asks before every write.
type checked struct {
	to  io.Writer
	ask func(int) error
}

func (c checked) Write(p []byte) (int, error) {
	if err := c.ask(len(p)); err != nil {
		return 0, err
	}
	return c.to.Write(p)
}

// tarSink takes the tar's own bytes: they go to the file and into the digest
// of the file that is sent.
type tarSink struct{ w *Writer }

func (s tarSink) Write(p []byte) (int, error) {
	hashed := make(chan struct{})
	go func() {
		s.w.tarHash.Write(p)
		close(hashed)
	}()
	n, err := checked{s.w.file, s.w.onWrite}.Write(p)
	<-hashed
	s.w.written += int64(n)
	return n, err
}
