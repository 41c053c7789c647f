package container

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"iplos/internal/atomicfile"
)

// Options say how a package is written.
type Options struct {
	// Kind is Tar or Folder; empty lets the path's name decide.
	Kind Kind
	// Force replaces a package of that name. MayHold tells whether a folder
	// that is there has nothing but what a package has; nil for any folder.
	Force   bool
	MayHold func(fs.DirEntry) bool
	// OnWrite is called before each write with its size, never twice at the
	// same time; an error stops the package. It serves progress and the tests
	// that break every write.
	OnWrite func(bytes int) error
}

// Writer writes the files of a package in the order they are begun; several
// may be written at the same time. Either Commit or Abort ends it.
type Writer struct {
	kind    Kind
	path    string
	onWrite func(int) error

	mu      sync.Mutex // of onWrite and entries
	entries []Entry

	file *atomicfile.File
	size int64         // of the tar: the next file begins here
	sum  *Digest       // of the tar's own bytes
	turn chan struct{} // closed when everything begun so far is in sum

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
		w.dir, err = atomicfile.CreateDir(path, atomicfile.Options{Force: opts.Force, MayHold: opts.MayHold})
		return w, err
	}
	w.file, err = atomicfile.Create(path, atomicfile.Options{Force: opts.Force})
	w.sum, w.turn = NewDigest(), make(chan struct{})
	close(w.turn)
	return w, err
}

// Kind returns what is being written.
func (w *Writer) Kind() Kind { return w.kind }

// Entries returns the files written so far.
func (w *Writer) Entries() []Entry { return w.entries }

// Add writes one file, the pieces joined, and returns its size and digest.
func (w *Writer) Add(name string, pieces ...[]byte) (Entry, error) {
	write, err := w.Begin(name, sizeOf(pieces))
	if err != nil {
		return Entry{}, err
	}
	return write(pieces...)
}

// Write writes the whole of one file, the pieces joined, and returns its size
// and digest.
type Write func(pieces ...[]byte) (Entry, error)

// Begin gives the next file its place. The function returned must be called
// once, with as many bytes as were announced; it may run beside those of
// other files.
func (w *Writer) Begin(name string, size int64) (Write, error) {
	begin := w.beginFile
	if w.kind == Tar {
		begin = w.beginInTar
	}
	to, err := begin(name, size)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at := len(w.entries)
	w.entries = append(w.entries, Entry{Name: name, Bytes: size})
	return func(pieces ...[]byte) (Entry, error) {
		sum := sha256.New()
		if err := to(pieces, sum); err != nil {
			return Entry{}, err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.entries[at].SHA256 = hex.EncodeToString(sum.Sum(nil))
		return w.entries[at], nil
	}, nil
}

func (w *Writer) beginFile(name string, _ int64) (func([][]byte, hash.Hash) error, error) {
	f, err := w.dir.Root().OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("creating %q: %w", name, err)
	}
	return func(pieces [][]byte, sum hash.Hash) error {
		if err := w.writeAll(f, pieces, sum); err != nil {
			return errors.Join(err, f.Close())
		}
		atomicfile.Flush(f)
		if err := f.Close(); err != nil { // Commit waits until it is on disk
			return fmt.Errorf("closing %q: %w", name, err)
		}
		return nil
	}, nil
}

func (w *Writer) beginInTar(name string, size int64) (func([][]byte, hash.Hash) error, error) {
	head, err := tarHeader(name, size)
	if err != nil {
		return nil, err
	}
	pad := make([]byte, (block-size%block)%block)
	at, before, after := w.size, w.turn, make(chan struct{})
	w.size, w.turn = at+block+size+int64(len(pad)), after
	return func(pieces [][]byte, sum hash.Hash) error {
		defer close(after) // also when it failed: nobody waits for ever
		to := io.NewOffsetWriter(w.file, at)
		err := w.writeAll(to, [][]byte{head}, nil)
		if err == nil {
			err = w.writeAll(to, pieces, sum)
		}
		if err == nil {
			err = w.writeAll(to, [][]byte{pad}, nil)
		}
		if err != nil {
			return err
		}
		<-before
		for _, p := range append(append([][]byte{head}, pieces...), pad) {
			_, _ = w.sum.Write(p) // a digest does not fail
		}
		return nil
	}, nil
}

func tarHeader(name string, size int64) ([]byte, error) {
	var head bytes.Buffer
	err := tar.NewWriter(&head).WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600,
		ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR,
	})
	if err != nil {
		return nil, fmt.Errorf("writing %q: %w", name, err)
	}
	return head.Bytes(), nil
}

// writeAll hashes each slice right after it is written, while it is in the
// cache: hashing memory that has left it takes twice as long.
func (w *Writer) writeAll(to io.Writer, pieces [][]byte, sum hash.Hash) error {
	for _, p := range pieces {
		for len(p) > 0 {
			n := min(len(p), slice)
			if err := w.ask(n); err != nil {
				return fmt.Errorf("writing the package: %w", err)
			}
			if _, err := to.Write(p[:n]); err != nil {
				return fmt.Errorf("writing the package: %w", err)
			}
			if sum != nil {
				sum.Write(p[:n])
			}
			p = p[n:]
		}
	}
	return nil
}

func (w *Writer) ask(n int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.onWrite(n)
}

// Commit makes the package appear and returns the files to send: the tar, or
// every file of the folder in the order they were begun.
func (w *Writer) Commit() ([]Entry, error) {
	if w.kind == Folder {
		return w.entries, w.dir.Commit()
	}
	end := make([]byte, 2*block)
	if err := w.writeAll(io.NewOffsetWriter(w.file, w.size), [][]byte{end}, nil); err != nil {
		return nil, err
	}
	<-w.turn
	_, _ = w.sum.Write(end) // a digest does not fail
	if err := w.file.Commit(); err != nil {
		return nil, err
	}
	return []Entry{{Name: filepath.Base(w.path), Bytes: w.size + int64(len(end)), SHA256: w.sum.Hex()}}, nil
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
