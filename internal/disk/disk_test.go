package disk_test

import (
	"errors"
	"path/filepath"
	"testing"

	"iplos/internal/disk"
)

func TestFree(t *testing.T) {
	if n, ok := disk.Free(t.TempDir()); !ok || n <= 0 {
		t.Errorf("Free = %d, %v", n, ok)
	}
	if _, ok := disk.Free(filepath.Join(t.TempDir(), "ingen")); ok {
		t.Error("a folder that is not there has room")
	}
}

func TestOtherErrorsAreNotFull(t *testing.T) {
	if disk.IsFull(errors.New("other")) || disk.IsFull(nil) {
		t.Error("other errors count as a full disk")
	}
}
