package crypt_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/fault"
)

// FuzzOpen opens whatever a tar may be. A damaged package is a fault with a
// text for the user, never a panic, and leaves nothing.
func FuzzOpen(f *testing.F) {
	f.Add(read(f, vectors, "gcm-gzip-2018.tar"))
	f.Add([]byte("hei"))
	f.Add(make([]byte, 1024))
	private := bothKeys()
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "p.tar")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := crypt.Open(t.Context(), path, crypt.OpenOptions{Keys: private, Message: filepath.Join(dir, "m")})
		if err == nil {
			return
		}
		if _, ok := errors.AsType[*fault.Error](err); !ok {
			t.Errorf("no text for the user: %v", err)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 {
			t.Errorf("left %v, %v", left, err)
		}
	})
}
