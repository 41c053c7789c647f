package atomicfile_test

import (
	"path/filepath"
	"testing"
	"time"

	"iplos/internal/atomicfile"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fil")
	unlock, err := atomicfile.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		unlock, err := atomicfile.Lock(path)
		if err == nil {
			unlock()
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Fatalf("two have the lock: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	if err := <-second; err != nil {
		t.Error(err)
	}
	if _, err := atomicfile.Lock(filepath.Join(path, "ingen", "fil")); err == nil {
		t.Error("a lock in a folder that is not there")
	}
}
