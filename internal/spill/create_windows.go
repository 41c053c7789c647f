package spill

import (
	"cmp"
	"crypto/rand"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// createNameless makes a file that Windows removes when it is closed, also
// when the program is ended from outside. os.CreateTemp cannot ask for that.
func createNameless(dir string) (*os.File, error) {
	name := filepath.Join(cmp.Or(dir, os.TempDir()), "iplos-"+rand.Text()+".tmp")
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|windows.FILE_FLAG_DELETE_ON_CLOSE, 0o600)
}
