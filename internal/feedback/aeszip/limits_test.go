package aeszip

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iplos/internal/fault"
)

// TestFreeDisk refuses an archive that needs a byte more than there is, before
// anything is written, and goes on where the room is not known.
func TestFreeDisk(t *testing.T) {
	data := build(t, part{name: "a", data: make([]byte, 1000)}, part{name: "b", data: make([]byte, 500)})
	for name, c := range map[string]struct {
		free  int64
		known bool
		want  string
	}{
		"a byte short": {1499, true, "zip.limit.disk"},
		"just enough":  {1500, true, "<nil>"},
		"not known":    {0, false, "<nil>"},
	} {
		a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		a.free = func(string) (int64, bool) { return c.free, c.known }
		root, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		err = a.Extract(t.Context(), root, passwords(password), nil)
		if left := readTree(t, root); faultID(err) != c.want || err != nil && len(left) > 0 {
			t.Errorf("%s: %v, wrote %d files", name, err, len(left))
		}
		root.Close()
	}
}

// TestNoMoreThanDeclared counts what is written of entries that unpack to more
// than they declare: a check at the end would come after the disk is full.
func TestNoMoreThanDeclared(t *testing.T) {
	const declared = 100_000
	content := make([]byte, 40*declared)
	data := build(t, part{name: "a", data: content, method: zip.Deflate, size: func(uint64) uint64 { return declared }})
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var n counter
	err = newUnlocker(a.src.r, passwords(password)).unpack(t.Context(), a.entries[0], &n)
	if faultID(err) != "zip.damaged" || n.n > declared {
		t.Errorf("%d bytes written of %d declared: %v", n.n, declared, err)
	}
}

// TestLeftoverBeyondTheBuffer has a stream that ends where the read buffer
// does, and more than a buffer after it that was never looked at.
func TestLeftoverBeyondTheBuffer(t *testing.T) {
	const stored = chunk - 5 // one final block, not compressed: a byte and two lengths before it
	content := noise(stored)
	stream := binary.LittleEndian.AppendUint16([]byte{1}, stored)
	stream = append(binary.LittleEndian.AppendUint16(stream, ^uint16(stored)), content...)
	for more, want := range map[int]string{0: "<nil>", 1: "zip.damaged", chunk + 1: "zip.damaged", 3 * aheadChunk: "zip.damaged"} {
		body := append(bytes.Clone(stream), make([]byte, more)...)
		data := build(t, part{name: "a", data: content, method: zip.Deflate, body: func([]byte) []byte { return body }})
		if _, err := unpackInMemory(t, data); faultID(err) != want {
			t.Errorf("%d bytes more: %v, want %s", more, err, want)
		}
	}
}

// TestNoLimitOnEntries: a number too large to count with limits nothing.
func TestNoLimitOnEntries(t *testing.T) {
	data := build(t, part{name: "a", data: []byte("x")})
	for n := math.MaxInt; n > 1<<20; n /= 3 {
		l := Limits{TotalBytes: math.MaxInt64, Entries: n, Ratio: math.MaxInt64, RatioFloor: math.MaxInt64}
		if _, err := unpackTo(t, data, l, passwords(password)...); err != nil {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// TestFullDisk is told in the words of every other command.
func TestFullDisk(t *testing.T) {
	data := build(t, part{name: "a", data: []byte("x")})
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	full := error(syscall.ENOSPC)
	if runtime.GOOS == "windows" {
		full = syscall.Errno(112) // ERROR_DISK_FULL
	}
	err = newUnlocker(a.src.r, passwords(password)).unpack(t.Context(), a.entries[0], broken{full})
	if faultID(err) != "file.disk-full" || fault.KindOf(err) != fault.Usage {
		t.Error(err)
	}
	err = newUnlocker(a.src.r, passwords(password)).unpack(t.Context(), a.entries[0], broken{errors.New("gone")})
	if faultID(err) != "zip.write" {
		t.Error(err)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// TestZip64 has sizes and offsets in Zip64 fields of the central directory,
// as archives of many gigabytes have, and the Zip64 end.
func TestZip64(t *testing.T) {
	parts := []part{
		{name: "m/", plain: true, zip64: true},
		{name: "m/a.csv", data: noise(70_000), method: zip.Deflate, version: 1, zip64: true},
		{name: "b.txt", data: []byte("hei"), zip64: true},
	}
	got, err := unpackTo(t, build(t, parts...), DefaultLimits(), passwords(password)...)
	want := map[string]string{"m/": "", "m/a.csv": string(parts[1].data), "b.txt": "hei"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	set := func(n uint64) func(uint64) uint64 { return func(uint64) uint64 { return n } }
	for name, c := range map[string]struct {
		want string
		p    part
	}{
		"packed beyond the file": {"zip.entry.size", part{packed: set(1 << 40)}},
		"packed beyond a sign":   {"zip.entry.size", part{packed: set(math.MaxUint64)}},
		"size beyond a sign":     {"zip.limit.total", part{size: set(math.MaxUint64)}},
		"offset beyond the file": {"zip.entry.header", part{offset: set(1 << 40)}},
		"offset beyond a sign":   {"zip.entry.header", part{offset: set(math.MaxUint64 - 10)}},
	} {
		c.p.name, c.p.data, c.p.method, c.p.zip64 = "a", []byte("hemmelig"), zip.Deflate, true
		_, err := unpackTo(t, build(t, c.p), DefaultLimits(), passwords(password)...)
		if faultID(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
