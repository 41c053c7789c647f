package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"iplos/internal/atomicfile"
)

// plainName is the list of files with person data in plain that this program
// read or wrote, so that it can remind of those left lying. It holds paths
// only.
const plainName = "readable.json"

// maxPlain bounds the list; the oldest go first.
const maxPlain = 500

// notePlain remembers that files or folders hold person data in plain. It is
// a reminder only: where it cannot be kept the log says so and the work goes
// on.
func (r *Run) notePlain(paths ...string) {
	if r.Config.Municipality == "" {
		return
	}
	if err := r.rememberPlain(paths); err != nil {
		r.Log.Debug().Err(err).Msg("remembering readable files")
	}
}

func (r *Run) rememberPlain(paths []string) error {
	list, err := r.plain()
	if err != nil {
		return err
	}
	before := slices.Clone(list)
	// The folder an archive was unpacked in is gone when all went well.
	list = slices.DeleteFunc(list, func(path string) bool {
		_, err := os.Lstat(path)
		return atomicfile.IsTemporary(path) && errors.Is(err, fs.ErrNotExist)
	})
	for _, path := range paths {
		full, err := filepath.Abs(path)
		if err != nil {
			return fmt.Errorf("finding %q: %w", path, err)
		}
		if path != "" && path != "-" && !slices.Contains(list, full) {
			list = append(list, full)
		}
	}
	if slices.Equal(list, before) {
		return nil
	}
	list = list[max(0, len(list)-maxPlain):]
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return fmt.Errorf("writing the list of readable files: %w", err)
	}
	if err := os.MkdirAll(r.folder(), 0o700); err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(r.folder(), plainName), append(data, '\n'), atomicfile.Options{Force: true})
}

func (r *Run) plain() ([]string, error) {
	data, err := os.ReadFile(filepath.Join(r.folder(), plainName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, nil //nolint:nilerr // a damaged reminder is begun anew
	}
	return list, nil
}

// Readable returns the files and folders with person data in plain that this
// program read or wrote and that are still there, each once, by its full path.
func (r *Run) Readable() []string {
	list := []string{}
	if r.Config.Export != "" {
		list = append(list, r.Config.Export)
	}
	if r.Config.Municipality != "" {
		known, err := r.plain()
		if err == nil {
			list = append(list, known...)
		}
	}
	there, seen := []string{}, []os.FileInfo{}
	for _, path := range list {
		info, err := os.Stat(path)
		if err != nil || slices.ContainsFunc(seen, func(o os.FileInfo) bool { return os.SameFile(o, info) }) {
			continue
		}
		if full, err := filepath.Abs(path); err == nil {
			path = full
		}
		there, seen = append(there, path), append(seen, info)
	}
	return there
}
