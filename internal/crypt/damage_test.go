package crypt_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/fault"
)

// One bit anywhere in a tar, padding and headers too: every third byte, which
// comes to every field, since their lengths are no multiples of three.
func TestBitsOfATar(t *testing.T) {
	g := municipality(t, 2017, 1)
	opts := options(filepath.Join(t.TempDir(), "p.tar"), g)
	opts.PartSize = 0 // one part: each file costs a kilobyte of tar
	seal(t, opts, g)
	whole := read(t, opts.Path)
	path := filepath.Join(t.TempDir(), "flipped.tar")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := crypt.OpenOptions{Keys: bothKeys()}
	if _, err := crypt.Open(t.Context(), path, out); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 3 {
		flipped := whole[i] ^ 1<<(i%8)
		if _, err := f.WriteAt([]byte{flipped}, int64(i)); err != nil {
			t.Fatal(err)
		}
		_, err := crypt.Open(t.Context(), path, out)
		if fault.KindOf(err) != fault.Integrity {
			t.Errorf("byte %d of %d, bit %d: %v", i, len(whole), i%8, err)
		}
		if _, err := f.WriteAt(whole[i:i+1], int64(i)); err != nil {
			t.Fatal(err)
		}
	}
}

// A tar cut anywhere, or with anything after it.
func TestCutTar(t *testing.T) {
	g := municipality(t, 2017, 1)
	opts := options(filepath.Join(t.TempDir(), "p.tar"), g)
	seal(t, opts, g)
	whole := read(t, opts.Path)
	path := filepath.Join(t.TempDir(), "x.tar")
	for n := 0; n < len(whole); n += 101 {
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := crypt.Open(t.Context(), path, crypt.OpenOptions{Keys: bothKeys()}); fault.KindOf(err) != fault.Integrity {
			t.Errorf("cut at %d of %d: %v", n, len(whole), err)
		}
	}
	for _, more := range [][]byte{{1}, bytes.Repeat([]byte{0}, 512*100), append(make([]byte, 512), 1)} {
		if err := os.WriteFile(path, append(bytes.Clone(whole), more...), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := crypt.Open(t.Context(), path, crypt.OpenOptions{Keys: bothKeys()}); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%d bytes after the end: %v", len(more), err)
		}
	}
}
