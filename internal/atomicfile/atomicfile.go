// Package atomicfile writes whole files and whole folders, or none: what is
// written appears under its name only after it is complete and on disk.
//
// Files are 0600 and folders 0700 unless asked otherwise. What an interrupted
// run leaves is a temporary beside the target, recognised by [Leftovers].
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/robustio"
)

// ErrExists is returned when the target is there and Force was not given.
var ErrExists = errors.New("target exists")

// ErrFolder is returned when the target of a file is a folder, which Force
// does not replace. It is an ErrExists too.
var ErrFolder = fmt.Errorf("is a folder: %w", ErrExists)

const (
	tempPrefix = ".iplos-"
	tempSuffix = ".tmp"
)

// Options say how a target is made.
type Options struct {
	// Force replaces a target that exists.
	Force bool
	// Mode is the permission of a file, 0600 when zero.
	Mode fs.FileMode
	// Keep is what a folder must not take with it.
	Keep Keep
	// MayHold tells whether an entry is one that a folder which Force replaces
	// may have; nil for any. An empty folder may always be replaced.
	MayHold func(fs.DirEntry) bool
}

// File is a file being written. Either Commit or Abort ends it; Abort after
// Commit does nothing, so that it can be deferred.
type File struct {
	f     *os.File
	path  string
	force bool
	done  bool

	unflushed atomic.Int64 // bytes written since the last flush
}

// Create starts the file that will have the path. It returns ErrExists at
// once when the path is taken and force was not given, before work is spent.
func Create(path string, opts Options) (*File, error) {
	if err := checkTarget(path, opts.Force); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*"+tempSuffix)
	if err != nil {
		return nil, fmt.Errorf("creating a file beside %q: %w", path, inFolder(path, err))
	}
	if opts.Mode != 0 {
		if err := f.Chmod(opts.Mode); err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}
	return &File{f: f, path: path, force: opts.Force}, nil
}

func checkTarget(path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("looking at %q: %w", path, err)
	case !force:
		return exists(path, ErrExists)
	case info.IsDir():
		return exists(path, ErrFolder)
	default:
		return nil
	}
}

func exists(path string, err error) error { return &fs.PathError{Op: "creating", Path: path, Err: err} }

// inFolder names the folder in the error of a temporary file: that is what is
// missing or closed, and the temporary name says nothing to anybody.
func inFolder(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: p.Op, Path: filepath.Dir(path), Err: p.Err}
	}
	return err
}

// Write adds to the file.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.f.Write(p)
	f.wrote(n)
	return n, err
}

// WriteAt writes at a place of the file; it may run beside others.
func (f *File) WriteAt(p []byte, at int64) (int, error) {
	n, err := f.f.WriteAt(p, at)
	f.wrote(n)
	return n, err
}

// Commit puts the file on disk and gives it its name. After an error nothing
// is left and an old file of that name is as it was; only when the error is of
// the folder, at the very end, the file is there and may be lost in a crash.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("committing %q: %w", f.path, fs.ErrClosed)
	}
	if err := f.f.Sync(); err != nil {
		f.Abort()
		return fmt.Errorf("writing %q to disk: %w", f.path, err)
	}
	f.done = true
	temp := f.f.Name()
	if err := f.f.Close(); err != nil {
		return errors.Join(fmt.Errorf("closing %q: %w", f.path, err), os.Remove(temp))
	}
	if err := move(temp, f.path, f.force); err != nil {
		_ = os.Remove(temp) // the cause matters more than a temporary left behind
		return err
	}
	return syncFolder(filepath.Dir(f.path))
}

// Abort removes what was written, unless the file is committed.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	_ = f.f.Close() // the content is thrown away
	_ = os.Remove(f.f.Name())
}

// move renames, and without force refuses a target that came meanwhile: by a
// hard link where the file system has them, since a rename would replace it.
func move(temp, path string, force bool) error {
	if force {
		return robustio.Rename(temp, path)
	}
	err := os.Link(temp, path)
	switch {
	case err == nil:
		return robustio.RemoveAll(temp) // patient with what scans new files on Windows
	case errors.Is(err, fs.ErrExist):
		return exists(path, ErrExists)
	}
	if err := checkTarget(path, false); err != nil {
		return err
	}
	return robustio.Rename(temp, path)
}

// WriteFile writes a whole file or none.
func WriteFile(path string, data []byte, opts Options) error {
	return Write(path, opts, func(w io.Writer) error {
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("writing %q: %w", path, err)
		}
		return nil
	})
}

// Write has a file written, which is there when all of it is.
func Write(path string, opts Options, write func(io.Writer) error) error {
	f, err := Create(path, opts)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := write(f); err != nil {
		return err
	}
	return f.Commit()
}

// IsTemporary tells by its name whether a path is a temporary of this package.
func IsTemporary(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// Leftovers returns the temporaries that interrupted runs left in a folder.
func Leftovers(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("reading folder %q: %w", folder, err)
	}
	var left []string
	for _, e := range entries {
		if IsTemporary(e.Name()) {
			left = append(left, filepath.Join(folder, e.Name()))
		}
	}
	return left, nil
}

// syncFolder makes a rename durable. Windows has no such call and needs none.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("opening folder %q: %w", folder, err)
	}
	return errors.Join(d.Sync(), d.Close())
}
