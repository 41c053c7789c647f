package atomicfile

import (
	"errors"
	"io/fs"
	"os"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Lock waits for the lock beside a file, path + ".lock", and takes it. It is
// the operating system's and ends with the process. The lock's file is the
// owner's alone, also where an earlier version made it for more.
func Lock(path string) (unlock func(), err error) {
	f, err := lockedfile.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(f.Name(), 0o600) // it holds nothing: another owner's may stay as it is
	}
	return func() { _ = f.Close() }, nil // nothing was written
}

// ErrHeld is what TryLock returns when another has the lock.
var ErrHeld = errors.New("lock is held")

// TryLock is Lock that does not wait.
func TryLock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		if !errors.Is(err, ErrHeld) {
			err = &fs.PathError{Op: "locking", Path: f.Name(), Err: err}
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
