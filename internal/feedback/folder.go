package feedback

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
)

// CheckFolder tells whether a pull can put files in a folder, or make it. It
// makes nothing that stays: ask before a password is spent.
func CheckFolder(folder string) error {
	at := filepath.Clean(folder)
	_, err := os.Stat(at)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(at) != at {
		at = filepath.Dir(at)
		_, err = os.Stat(at)
	}
	if err == nil {
		var probe *atomicfile.File
		if probe, err = atomicfile.Create(filepath.Join(at, ".iplos-probe"), atomicfile.Options{Force: true}); err == nil {
			probe.Abort()
		}
	}
	if err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.folder", "folder", folder)
	}
	return nil
}

// openFolder makes the folder, clears it of what killed runs left, and notes
// the names that are taken, as a file system without case sees them.
func (p *pull) openFolder() error {
	if err := os.MkdirAll(p.opts.To, 0o700); err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.folder", "folder", p.opts.To)
	}
	p.sweep()
	entries, err := os.ReadDir(p.opts.To)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.folder", "folder", p.opts.To)
	}
	p.names = map[string]bool{}
	for _, e := range entries {
		p.reserve(e.Name())
	}
	return nil
}

// sweep removes half files of runs that were killed. One that was written to
// in the last day may be another machine's at work, and folders are another
// command's.
func (p *pull) sweep() {
	left, _ := atomicfile.Leftovers(p.opts.To) // the reading that follows tells what is wrong
	for _, path := range left {
		info, err := os.Lstat(path)
		if err == nil && info.Mode().IsRegular() && p.opts.Now().Sub(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(path) // it is tried again the next time
		}
	}
}

// has tells whether a name is in the folder.
func (p *pull) has(name string) bool { return p.names[p.fold.String(name)] }

func (p *pull) reserve(name string) { p.names[p.fold.String(name)] = true }
