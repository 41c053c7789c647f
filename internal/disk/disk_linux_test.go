package disk_test

import (
	"fmt"
	"os"
	"testing"

	"iplos/internal/disk"
)

// The system's own full disk.
func TestIsFull(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = f.WriteString("x")
	if !disk.IsFull(fmt.Errorf("writing: %w", err)) {
		t.Errorf("%v is not a full disk", err)
	}
}
