package atomicfile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"iplos/internal/atomicfile"
)

func TestFileAppearsOnlyWhenCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pakke.tar")
	f, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("whole")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("before Commit: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	assertContent(t, path, "whole")
	assertOnly(t, filepath.Dir(path), "pakke.tar")
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

// More than is flushed at once, written in order and at places of its own.
func TestFlush(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stor")
	f, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	half := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16)
	if _, err := f.Write(half); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(half, int64(len(half))); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, append(half, half...)) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestAbortLeavesNothingAndKeepsTheOld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := atomicfile.Create(path, atomicfile.Options{Force: true})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte("half"))
	f.Abort()
	assertContent(t, path, "old")
	assertOnly(t, filepath.Dir(path), "a")
	if err := f.Commit(); err == nil {
		t.Error("Commit after Abort succeeded")
	}
}

func TestRefusesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := atomicfile.WriteFile(path, []byte("1"), atomicfile.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.WriteFile(path, []byte("2"), atomicfile.Options{}); !errors.Is(err, atomicfile.ErrExists) {
		t.Errorf("file: %v", err)
	}
	if err := atomicfile.WriteFile(dir, []byte("2"), atomicfile.Options{Force: true}); !errors.Is(err, atomicfile.ErrExists) {
		t.Errorf("folder in a file's place: %v", err)
	}
	if err := atomicfile.WriteFile(path, []byte("2"), atomicfile.Options{Force: true}); err != nil {
		t.Errorf("with force: %v", err)
	}
	assertContent(t, path, "2")
}

// A target that comes between Create and Commit is kept.
func TestLateTargetIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	f, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte("ours"))
	if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, atomicfile.ErrExists) {
		t.Fatalf("Commit: %v", err)
	}
	assertContent(t, path, "theirs")
	assertOnly(t, filepath.Dir(path), "a")
}

func TestDir(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "pakke")
	make := func(force bool, text string) error {
		d, err := atomicfile.CreateDir(path, atomicfile.Options{Force: force})
		if err != nil {
			return err
		}
		defer d.Abort()
		if err := d.Root().WriteFile("part", []byte(text), 0o600); err != nil {
			return err
		}
		return d.Commit()
	}
	if err := make(false, "1"); err != nil {
		t.Fatal(err)
	}
	if err := make(false, "2"); !errors.Is(err, atomicfile.ErrExists) {
		t.Errorf("without force: %v", err)
	}
	assertContent(t, filepath.Join(path, "part"), "1")
	if err := make(true, "3"); err != nil {
		t.Fatal(err)
	}
	assertContent(t, filepath.Join(path, "part"), "3")
	assertOnly(t, parent, "pakke")
}

func TestDirAbortAndEscape(t *testing.T) {
	parent := t.TempDir()
	d, err := atomicfile.CreateDir(filepath.Join(parent, "x"), atomicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Root().WriteFile("../y", nil, 0o600); err == nil {
		t.Error("a name outside the folder was written")
	}
	left, err := atomicfile.Leftovers(parent)
	if err != nil || len(left) != 1 {
		t.Errorf("Leftovers = %v, %v", left, err)
	}
	d.Abort()
	assertOnly(t, parent)
}

func assertContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", filepath.Base(path), got, err, want)
	}
}

func assertOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) {
		t.Errorf("folder holds %v, want %v", entries, names)
		return
	}
	for i, e := range entries {
		if e.Name() != names[i] {
			t.Errorf("folder holds %v, want %v", entries, names)
		}
	}
}
