//go:build unix

package feedback_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"iplos/internal/feedback"
)

// TestPipesAreNotOpened: opening one would wait for whoever writes to it, and
// no signal ends that.
func TestPipesAreNotOpened(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.zip")
	whole := archive(t, map[string][]byte{"a.txt": []byte("x")})
	for _, path := range []string{pipe, feedback.ManifestPath(whole)} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{pipe: "feedback.open.nofile", whole: "feedback.manifest.bad"} {
		done := make(chan error, 1)
		go func() {
			_, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: filepath.Join(t.TempDir(), "ut"), Passwords: give(zipPassword)})
			done <- err
		}()
		select {
		case err := <-done:
			if id(err) != want {
				t.Errorf("%s: %v, want %s", filepath.Base(path), err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: hangs", filepath.Base(path))
		}
	}
}
