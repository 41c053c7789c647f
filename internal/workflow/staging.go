package workflow

import (
	"errors"
	"os"
	"path/filepath"

	"iplos/internal/atomicfile"
)

// A feedback archive is unpacked beside its target, in plain, and a process
// that is killed leaves that folder there. So it stands among the readable
// files before the first byte is in it, and a lock, which ends with the
// process, tells one that is being filled from one that was left.

// stagingLock is where the lock of a folder stands, named after it: the names
// are made up at random.
func (r *Run) stagingLock(folder string) string {
	return filepath.Join(r.folder(), "staging", filepath.Base(folder))
}

// staged remembers a folder that is about to be filled. done ends that, when
// the folder has its name or is gone.
func (r *Run) staged(folder string) (done func()) {
	done = func() {}
	if r.Config.Municipality == "" {
		return done
	}
	lock := r.stagingLock(folder)
	err := os.MkdirAll(filepath.Dir(lock), 0o700)
	var release func() error
	if err == nil {
		release, err = atomicfile.TryLock(lock)
	}
	if err != nil {
		r.Log.Warn().Err(err).Msg("remembering where the archive is unpacked")
		return done
	}
	r.notePlain(folder, atomicfile.Aside(folder))
	return func() { r.unlockStaging(folder, release) }
}

func (r *Run) unlockStaging(folder string, release func() error) {
	if err := errors.Join(release(), os.Remove(r.stagingLock(folder)+".lock")); err != nil {
		r.Log.Info().Err(err).Msg("removing a lock")
	}
}

// clearStaging removes what killed runs left beside a target, and says so.
func (r *Run) clearStaging(to string) {
	known, err := r.plain()
	if err != nil || r.Config.Municipality == "" {
		return
	}
	to, err = filepath.Abs(to)
	if err != nil {
		return
	}
	for _, folder := range known {
		if atomicfile.IsTemporary(folder) && filepath.Dir(folder) == filepath.Dir(to) {
			r.removeStaging(folder)
		}
	}
}

// removeStaging leaves alone what has no lock, and so was never filled by a
// run of this program, and what a running one fills.
func (r *Run) removeStaging(folder string) {
	if _, err := os.Lstat(r.stagingLock(folder) + ".lock"); err != nil {
		return
	}
	release, err := atomicfile.TryLock(r.stagingLock(folder))
	if err != nil {
		return
	}
	info, err := os.Lstat(folder)
	switch {
	case err != nil:
	case !info.IsDir():
	case os.RemoveAll(folder) != nil:
		_ = release() // the lock stays, for the next run to try again
		r.Person.Warn("feedback.open.left-stays", "folder", folder)
		return
	default:
		r.Person.Note("feedback.open.left", "folder", folder)
	}
	r.unlockStaging(folder, release)
}
