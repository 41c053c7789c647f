package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"iplos/internal/fault"
)

// Keep is what a folder that is written must never take with it: what it
// replaces is removed with all that is in it.
type Keep struct {
	// Paths are files and folders in use. Empty ones, and "-", are passed over.
	Paths []string
	// Whole are folders of which no part may be replaced.
	Whole []string
}

// Check refuses a folder that is, or holds, something to keep, also one that
// is not there yet: what is kept may come before it does. The folder one
// stands in, the user's own and the root of a disk are always kept.
func (k Keep) Check(folder string) error {
	target, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	if filepath.Dir(target) == target {
		return lost(folder, target)
	}
	paths := append([]string{}, k.Paths...)
	for _, own := range []func() (string, error){os.Getwd, os.UserHomeDir} {
		if path, err := own(); err == nil {
			paths = append(paths, path)
		}
	}
	for _, path := range append(paths, k.Whole...) {
		if path != "" && path != "-" && within(path, target) {
			return lost(folder, path)
		}
	}
	if _, err := os.Lstat(target); err != nil {
		return nil //nolint:nilerr // nothing is replaced
	}
	for _, path := range k.Whole {
		if path != "" && within(target, path) {
			return lost(folder, folder)
		}
	}
	return nil
}

func lost(folder, name string) error {
	return fault.New(fault.Usage, "file.kept", "folder", folder, "name", name)
}

// within tells whether a folder is the path or one of its parents, whatever
// either is called: by a link, in other letters or from somewhere else.
func within(path, folder string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return false
	}
	info, _ := os.Stat(folder) // nil for one that is not there
	return leadsTo(path, folder, info) || leadsTo(resolved(path), folder, info)
}

// leadsTo goes up from a path, one parent after the other.
func leadsTo(path, folder string, info fs.FileInfo) bool {
	for {
		if path == folder {
			return true
		}
		if at, err := os.Stat(path); err == nil && info != nil && os.SameFile(at, info) {
			return true
		}
		parent := filepath.Dir(path)
		if parent == path {
			return false
		}
		path = parent
	}
}

// resolved is the path without links, as far up as it is there.
func resolved(path string) string {
	for {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		parent := filepath.Dir(path)
		if parent == path {
			return path
		}
		path = parent
	}
}

// replaceable refuses to replace what is not a folder, or a folder with an
// entry that such a folder does not have.
func replaceable(path string, mayHold func(fs.DirEntry) bool) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a link to nowhere
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fault.New(fault.Usage, "file.no-folder", "file", path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if mayHold != nil && !mayHold(e) {
			return fault.New(fault.Usage, "file.foreign", "folder", path, "name", e.Name())
		}
	}
	return nil
}
