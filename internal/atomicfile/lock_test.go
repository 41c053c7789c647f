package atomicfile_test

import (
	"os"
	"path/filepath"
	"runtime"
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

func TestLockIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are by ACL on Windows")
	}
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
