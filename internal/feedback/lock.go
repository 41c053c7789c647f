package feedback

import (
	"errors"
	"os"
	"path/filepath"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
)

// lockState takes the lock of the feedback part of the state folder. The
// operating system ends it with the process, however that ends.
func lockState(stateDir string) (release func() error, err error) {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "feedback.state", "folder", stateDir)
	}
	release, err = atomicfile.TryLock(filepath.Join(stateDir, "filsluse"))
	if errors.Is(err, atomicfile.ErrHeld) {
		return nil, fault.New(fault.Locked, "feedback.locked")
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "feedback.state", "folder", stateDir)
	}
	return release, nil
}
