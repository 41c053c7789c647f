package feedback

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"iplos/internal/fault"
)

// errHeld is what tryLock returns when another process has the lock.
var errHeld = errors.New("lock is held")

// lockState takes the lock of the feedback part of the state folder. The
// operating system ends it with the process, however that ends.
func lockState(stateDir string) (release func() error, err error) {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "feedback.state", "folder", stateDir)
	}
	f, err := os.OpenFile(filepath.Join(stateDir, "filsluse.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "feedback.state", "folder", stateDir)
	}
	if err := tryLock(f); err != nil {
		if errors.Is(err, errHeld) {
			return nil, errors.Join(fault.New(fault.Locked, "feedback.locked"), f.Close())
		}
		return nil, errors.Join(fmt.Errorf("locking %q: %w", f.Name(), err), f.Close())
	}
	return f.Close, nil
}
