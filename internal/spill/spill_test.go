package spill

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"iplos/internal/fault"
)

func wantFault(t *testing.T, err error) {
	t.Helper()
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "file.spill" {
		t.Errorf("the error is %v", err)
	}
}

// Blocks of every length come back, in any order, behind what is there.
func TestBlocksComeBack(t *testing.T) {
	f := New(t.TempDir())
	r := rand.New(rand.NewPCG(1, 2))
	var places []int64
	var want []string
	for i := range 100 {
		b := bytes.Repeat([]byte{byte(i)}, r.IntN(3000))
		at, err := f.Append(b)
		if err != nil {
			t.Fatal(err)
		}
		places, want = append(places, at), append(want, "x"+string(b))
	}
	for _, i := range r.Perm(len(want)) {
		got, err := f.Read([]byte("x"), places[i], len(want[i])-1)
		if err != nil || string(got) != want[i] {
			t.Fatalf("block %d is %q, %v", i, got, err)
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// What lies on the disk cannot be read, and has no name while it lies there.
func TestNothingIsSeen(t *testing.T) {
	dir := t.TempDir()
	f := New(dir)
	marker := []byte("01810012345")
	var last int64
	for range 100 {
		at, err := f.Append(marker)
		if err != nil {
			t.Fatal(err)
		}
		last = at
	}
	content := make([]byte, f.size)
	if _, err := f.file.ReadAt(content, 0); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, marker[:6]) {
		t.Error("the spill can be read")
	}
	if bytes.Contains(content[last:], content[:len(marker)]) {
		t.Error("equal blocks look alike")
	}
	checkEmpty(t, dir)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("closed and left behind: %v, %v", left, err)
	}
}

// A bit that changed on the disk, a block of another length and one of
// another place are errors, never other data.
func TestChangedBlocks(t *testing.T) {
	f := New(t.TempDir())
	defer f.Close()
	for range 3 {
		if _, err := f.Append(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	sealed := f.size / 3
	if _, err := f.file.WriteAt([]byte{1}, sealed+50); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, sealed)
	if _, err := f.file.ReadAt(first, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.file.WriteAt(first, 2*sealed); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(nil, 0, 100); err != nil {
		t.Error(err)
	}
	for _, bad := range []struct{ at, length int64 }{{sealed, 100}, {2 * sealed, 100}, {0, 99}, {1, 99}, {3 * sealed, 1}} {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			_, err := f.Read(nil, bad.at, int(bad.length))
			wantFault(t, err)
		})
	}
}

func TestNoFolder(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "borte"))
	_, err := f.Append([]byte("x"))
	wantFault(t, err)
	if !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// Behind a block that could not be written there is no other: it would be
// encrypted with the same nonce.
func TestNoBlockAfterAFailure(t *testing.T) {
	f := New(t.TempDir())
	defer f.Close()
	at, err := f.Append([]byte("først"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "fil")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	closed, err := os.Open(path) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	disk := f.file
	f.file = closed
	_, err = f.Append([]byte("full disk"))
	wantFault(t, err)
	f.file = disk
	_, err = f.Append([]byte("på samme sted"))
	wantFault(t, err)
	if got, err := f.Read(nil, at, len("først")); err != nil || string(got) != "først" {
		t.Errorf("%q, %v", got, err)
	}
}
