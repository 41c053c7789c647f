package aeszip

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"testing"
)

// FuzzOpen gives Open and the unpacking hostile bytes. Nothing may panic,
// and what is unpacked has the declared length.
func FuzzOpen(f *testing.F) {
	f.Add(build(f, part{name: "a.txt", data: []byte("hei"), strength: 1}))
	f.Add(build(f, part{name: "m/", plain: true}, part{name: "m/a.csv", data: bytes.Repeat([]byte("x;"), 200), method: zip.Deflate, version: 1}))
	f.Add(build(f, part{name: "b\x86.txt", data: []byte("x"), extra: []byte{0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 'b'}}))
	for _, c := range hostile() {
		f.Add(build(f, c.parts...))
	}
	limits := Limits{TotalBytes: 1 << 20, Entries: 50, Ratio: 100, RatioFloor: 1 << 12}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Open(bytes.NewReader(data), int64(len(data)), limits)
		if err != nil {
			return
		}
		u := newUnlocker(a.src.r, passwords(password))
		for _, e := range a.entries {
			if !e.encrypted() {
				continue
			}
			n := &counter{}
			if err := u.unpack(t.Context(), e, n); err == nil && n.n != e.Bytes {
				t.Errorf("%q: %d bytes, declared %d", e.Name, n.n, e.Bytes)
			}
		}
	})
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// FuzzName holds checkName to its promise: what passes is a local path that
// survives cleaning.
func FuzzName(f *testing.F) {
	for _, s := range []string{"a/b.txt", "../x", `a\b`, "c:x", "CON.txt", "m/", "", "/", "a//b", "å.txt", "x.", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		clean, _, err := checkName(name)
		if err == nil && !isPlainLocal(clean) {
			t.Errorf("%q passed as %q", name, clean)
		}
	})
}

// TestCounter compares the keystream with the test's own, past the byte where
// a big-endian counter differs and past the buffer's end.
func TestCounter(t *testing.T) {
	data := make([]byte, 3*4096+17)
	p := part{name: "a", data: data, password: "x", strength: 2}
	a := build(t, p.withDefaults())
	archive, err := Open(bytes.NewReader(a), int64(len(a)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	u := newUnlocker(archive.src.r, passwords("x"))
	e := archive.entries[0]
	h := sha256.New()
	if err := u.unpack(t.Context(), e, h); err != nil {
		t.Fatal(err)
	}
	if want := sha256.Sum256(data); !bytes.Equal(h.Sum(nil), want[:]) {
		t.Error("the content differs")
	}
}
