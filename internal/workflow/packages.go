package workflow

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// findPackage takes a bare name for one of the packages that `submit` keeps
// when there is none of that name here: it is what messages show.
func (r *Run) findPackage(path string) string {
	kept := filepath.Join(r.folder(), "packages", filepath.Base(path))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == path {
		if _, err := os.Stat(kept); err == nil {
			return kept
		}
	}
	return path
}

// packageFiles lists a package's files: a tar is one file.
func packageFiles(path string) ([]submit.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []submit.File{{Name: filepath.Base(path), Path: path, Bytes: info.Size()}}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []submit.File
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			files = append(files, submit.File{Name: e.Name(), Path: filepath.Join(path, e.Name()), Bytes: info.Size()})
		}
	}
	return files, nil
}

// ownerOf finds the submission that a package's files belong to; a copy under
// another name is the same package. The fault is Integrity for a package that
// is known by its name or its place and is not what was sealed.
func ownerOf(all []*journal.Submission, path string, files []submit.File) (*journal.Submission, error) {
	if s := submissionOf(all, files); s != nil {
		return s, nil
	}
	for _, s := range slices.Backward(all) {
		if len(files) == 1 && len(s.Files) == 1 && copyOf(&s.Files[0], &files[0]) {
			return s, nil
		}
	}
	place, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(all) {
		if strings.Contains(filepath.Base(path), s.ID) || s.PackagePath == place {
			return nil, fault.New(fault.Integrity, "send.package-changed", "package", path, "submission", s.ID, "kept", s.PackageArg())
		}
	}
	return nil, fault.New(fault.Usage, "send.package-unknown", "package", path)
}

// copyOf tells that a file has the bytes of a sealed one, and gives it the
// name that was sealed.
func copyOf(known *journal.FileState, f *submit.File) bool {
	same := *f
	same.Name, same.SHA256 = known.Name, known.SHA256
	if f.Bytes != known.Bytes || !intact(same) {
		return false
	}
	*f = same
	return true
}

// submissionOf finds the submission that a package's files belong to, by
// name and size, and puts them in the order they were sealed in; Send
// compares the hashes before a byte leaves.
func submissionOf(all []*journal.Submission, files []submit.File) *journal.Submission {
	for _, s := range slices.Backward(all) {
		if belongs(s, files) {
			return s
		}
	}
	return nil
}

func belongs(s *journal.Submission, files []submit.File) bool {
	if len(s.Files) != len(files) {
		return false
	}
	for _, f := range files {
		known := s.File(f.Name)
		if known == nil || known.Bytes != f.Bytes {
			return false
		}
	}
	place := func(f submit.File) int {
		return slices.IndexFunc(s.Files, func(known journal.FileState) bool { return known.Name == f.Name })
	}
	slices.SortFunc(files, func(a, b submit.File) int { return place(a) - place(b) })
	for i := range files {
		files[i].SHA256 = s.Files[i].SHA256
	}
	// Folders whose files have the same names and sizes differ in the
	// manifest, which is last.
	return len(files) == 1 || intact(files[len(files)-1])
}
