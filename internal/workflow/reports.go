package workflow

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/report"
)

// checkReports refuses, before work is spent, reports that could not be
// written after it: of an ending that no format has, in a folder that is not
// there, in the place of what is read, or twice.
func checkReports(paths []string, formats []report.Format, force bool, inputs ...string) error {
	for i, path := range paths {
		if _, ok := report.ByPath(formats, path); !ok {
			return fault.New(fault.Usage, "report.unknown-ending", "file", path)
		}
		folder := filepath.Dir(path)
		switch info, err := os.Stat(folder); {
		case err != nil:
			return err
		case !info.IsDir():
			return fault.New(fault.Usage, "file.no-folder", "file", folder)
		case slices.Contains(paths[:i], path):
			return &fs.PathError{Op: "writing", Path: path, Err: atomicfile.ErrExists}
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return &fs.PathError{Op: "writing", Path: path, Err: atomicfile.ErrFolder}
		}
		for _, input := range inputs {
			if sameFile(input, path) {
				return fault.New(fault.Usage, "file.same", "file", path)
			}
		}
	}
	return checkTargets("-", paths, force)
}
