package workflow

import (
	"io/fs"
	"os"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/container"
	"iplos/internal/fault"
)

// checkTargets refuses, before anything is read, targets that are the input
// or are there already.
func checkTargets(input string, targets []string, force bool) error {
	for _, target := range targets {
		if sameFile(input, target) {
			return fault.New(fault.Usage, "file.same", "file", target)
		}
		if _, err := os.Lstat(target); err == nil && !force && target != "-" {
			return &fs.PathError{Op: "writing", Path: target, Err: atomicfile.ErrExists}
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	if a == "-" || b == "-" {
		return false
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// checkPackage is checkTargets for a package, which may be a folder.
func (r *Run) checkPackage(input, output string, force bool) error {
	if container.KindOf(output) == container.Folder && !sameFile(input, output) {
		if err := r.Keep(input).Check(output); err != nil {
			return err
		}
	}
	return checkTargets(input, []string{output}, force)
}

// Keep is what a folder that is written must not take with it: what is read,
// the configuration and all it names, and everything the program remembers.
func (r *Run) Keep(read ...string) atomicfile.Keep {
	return atomicfile.Keep{Paths: append(read, r.Config.Paths...), Whole: []string{r.Config.StateDir}}
}
