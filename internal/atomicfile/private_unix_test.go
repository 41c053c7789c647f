//go:build unix

package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"iplos/internal/atomicfile"
)

func TestMode(t *testing.T) {
	for asked, want := range map[os.FileMode]os.FileMode{0: 0o600, 0o644: 0o644, 0o600: 0o600} {
		path := filepath.Join(t.TempDir(), "fil")
		if err := atomicfile.WriteFile(path, nil, atomicfile.Options{Mode: asked}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%v asked for: %v, %v", asked, info.Mode(), err)
		}
	}
}

// Where there are permissions, nobody else may read what is written. On Windows
// they are access lists, and those are the folder's.
func TestLockIsPrivate(t *testing.T) {
	for name, before := range map[string]os.FileMode{"new": 0, "of an earlier version": 0o644} {
		path := filepath.Join(t.TempDir(), "fil")
		if before != 0 {
			if err := os.WriteFile(path+".lock", nil, before); err != nil {
				t.Fatal(err)
			}
		}
		unlock, err := atomicfile.Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		unlock()
		if info, err := os.Stat(path + ".lock"); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
