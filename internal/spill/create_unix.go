//go:build unix

package spill

import (
	"errors"
	"os"
)

// createNameless makes a file that loses its name at once: it lasts as long
// as it is open.
func createNameless(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "iplos-*.tmp")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
