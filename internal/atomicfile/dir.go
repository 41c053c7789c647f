package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"
)

// Dir is a folder being filled. Either Commit or Abort ends it; Abort after
// Commit does nothing.
type Dir struct {
	root *os.Root
	temp string
	path string
	opts Options
	done bool
}

// CreateDir starts the folder that will have the path, in a 0700 staging
// folder beside it. What is in the way of it is refused at once, before work
// is spent, and looked at again by Commit.
func CreateDir(path string, opts Options) (*Dir, error) {
	path = filepath.Clean(path) // with a slash at the end, beside it would be in it
	if _, err := opts.checkDir(path); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(filepath.Dir(path), tempPrefix+"*"+tempSuffix)
	if err != nil {
		return nil, fmt.Errorf("creating a folder beside %q: %w", path, inFolder(path, err))
	}
	root, err := os.OpenRoot(temp)
	if err != nil {
		return nil, errors.Join(err, os.Remove(temp))
	}
	return &Dir{root: root, temp: temp, path: path, opts: opts}, nil
}

// checkDir refuses what must not be made or replaced, and tells whether
// something is there to replace.
func (o Options) checkDir(path string) (there bool, err error) {
	if err := o.Keep.Check(path); err != nil {
		return false, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if !o.Force {
		return true, exists(path, ErrExists)
	}
	return true, replaceable(path, o.MayHold)
}

// Root returns the staging folder; names that leave it are refused by it.
func (d *Dir) Root() *os.Root { return d.root }

// Commit puts every file in the folder on disk and gives the folder its name.
// A folder that Force replaces is moved aside first and removed last.
func (d *Dir) Commit() error {
	if d.done {
		return fmt.Errorf("committing %q: %w", d.path, fs.ErrClosed)
	}
	if err := d.sync(); err != nil {
		d.Abort()
		return fmt.Errorf("writing %q to disk: %w", d.path, err)
	}
	if err := d.root.Close(); err != nil {
		d.Abort()
		return fmt.Errorf("closing %q: %w", d.path, err)
	}
	old, err := d.moveAside()
	if err != nil {
		d.Abort()
		return err
	}
	if err := robustio.Rename(d.temp, d.path); err != nil {
		if old != "" {
			err = errors.Join(err, robustio.Rename(old, d.path))
		}
		d.Abort()
		return fmt.Errorf("naming %q: %w", d.path, err)
	}
	d.done = true
	if old != "" {
		if err := robustio.RemoveAll(old); err != nil {
			return fmt.Errorf("removing what %q replaced: %w", d.path, err)
		}
	}
	return syncFolder(filepath.Dir(d.path))
}

func (d *Dir) moveAside() (string, error) {
	there, err := d.opts.checkDir(d.path)
	if err != nil || !there {
		return "", err
	}
	old := Aside(d.temp)
	if err := robustio.Rename(d.path, old); err != nil {
		return "", fmt.Errorf("moving %q aside: %w", d.path, err)
	}
	return old, nil
}

// Aside returns where what a folder replaces lies while it gets its name: a
// run that is killed in that moment leaves it there.
func Aside(staging string) string { return staging + "-old" + tempSuffix }

// Abort removes the staging folder, unless it is committed.
func (d *Dir) Abort() {
	if d.done {
		return
	}
	d.done = true
	_ = d.root.Close() // the content is thrown away
	_ = robustio.RemoveAll(d.temp)
}

func (d *Dir) sync() error {
	return fs.WalkDir(d.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return syncFolder(filepath.Join(d.temp, filepath.FromSlash(name)))
		}
		f, err := d.root.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}
