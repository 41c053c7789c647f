package disk_test

import (
	"errors"
	"fmt"
	"os"
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

func TestIsFull(t *testing.T) {
	if disk.IsFull(errors.New("other")) || disk.IsFull(nil) {
		t.Error("other errors count as a full disk")
	}
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full to fill")
	}
	defer f.Close()
	_, err = f.WriteString("x")
	if !disk.IsFull(fmt.Errorf("writing: %w", err)) {
		t.Errorf("%v is not a full disk", err)
	}
}
