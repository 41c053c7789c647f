package atomicfile_test

import (
	"errors"
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

func TestTryLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mappe")
	unlock, err := atomicfile.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := atomicfile.TryLock(path); !errors.Is(err, atomicfile.ErrHeld) {
		t.Errorf("two have the lock: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := atomicfile.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
	if _, err := atomicfile.TryLock(filepath.Join(path, "ingen", "fil")); err == nil || errors.Is(err, atomicfile.ErrHeld) {
		t.Errorf("a lock in a folder that is not there: %v", err)
	}
}
