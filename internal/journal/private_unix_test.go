//go:build unix

package journal_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Where there are permissions, nobody else may read what is written. On Windows
// they are access lists, and those are the folder's.
func TestFilesArePrivate(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := filepath.Join(t.TempDir(), "state")
	j := open(t, dir, &now)
	add(t, j, sealed("a", "1"))
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
