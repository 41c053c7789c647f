package aeszip

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"iplos/internal/leaktest"
)

// noise is data that neither packs nor repeats.
func noise(n int) []byte {
	r := rand.NewChaCha8([32]byte{7})
	b := make([]byte, n)
	r.Read(b)
	return b
}

// TestLargeEntries has entries around and beyond the size of a chunk.
func TestLargeEntries(t *testing.T) {
	leaktest.Check(t)
	for _, n := range []int{1, aheadChunk - 1, aheadChunk, aheadChunk + 1, 3*aheadChunk + 4099, 20 * aheadChunk} {
		data := noise(n)
		for _, method := range []uint16{zip.Store, zip.Deflate} {
			archive := build(t, part{name: "a", data: data, method: method, version: 1})
			got, err := unpackTo(t, archive, DefaultLimits(), passwords("feil", password)...)
			if err != nil || got["a"] != string(data) {
				t.Errorf("%d bytes, method %d: %v, %d bytes came", n, method, err, len(got["a"]))
			}
		}
	}
}

// faulty fails reads that touch a place.
type faulty struct {
	*bytes.Reader
	at int64
}

var errDisk = errors.New("disk fault")

func (f *faulty) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.at && f.at < off+int64(len(p)) {
		n, _ := f.Reader.ReadAt(p[:f.at-off], off)
		return n, errDisk
	}
	return f.Reader.ReadAt(p, off)
}

// TestReadFaults breaks the disk at many places of a large entry, in every
// pass over it.
func TestReadFaults(t *testing.T) {
	leaktest.Check(t)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		data := build(t, part{name: "a", data: noise(5 * aheadChunk), method: method})
		for at := int64(50); at < int64(len(data))-100; at += int64(len(data)) / 23 {
			f := &faulty{bytes.NewReader(data), at}
			a, err := Open(f, int64(len(data)), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			u := newUnlocker(a.src.r, passwords(password))
			if err := unpackEntry(t.Context(), u, a.entries[0], io.Discard); !errors.Is(err, errDisk) || faultID(err) != "zip.read" {
				t.Errorf("fault at %d: %v", at, err)
			}
			if method == zip.Store || at < 200 {
				continue
			}
			// The same fault after the tag was found right.
			whole := newUnlocker(bytes.NewReader(data), passwords(password))
			err = whole.unlock(a.entries[0], func(k keys) (bool, error) {
				return true, u.inflate(t.Context(), a.entries[0], k, &checked{w: io.Discard, e: a.entries[0]})
			})
			if !errors.Is(err, errDisk) {
				t.Errorf("fault at %d while decrypting: %v", at, err)
			}
		}
	}
}

// unpackEntry is for writers that need no restart.
func unpackEntry(ctx context.Context, u *unlocker, e *entry, w io.Writer) error {
	return u.unpack(ctx, e, w, func() error { return nil })
}

// TestWriteFaults fills the disk at many places, and interrupts there.
func TestWriteFaults(t *testing.T) {
	leaktest.Check(t)
	data := build(t, part{name: "a", data: noise(4 * aheadChunk)}, part{name: "b", data: noise(4 * aheadChunk), method: zip.Deflate})
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	u := newUnlocker(a.src.r, passwords(password))
	for _, e := range a.entries {
		for left := 0; left < 4*aheadChunk; left += aheadChunk/2 + 1 {
			if err := unpackEntry(t.Context(), u, e, &full{left: left}); faultID(err) != "zip.write" {
				t.Errorf("full after %d: %v", left, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			if err := unpackEntry(ctx, u, e, &full{left: left, then: cancel}); err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("interrupted after %d: %v", left, err)
			}
			cancel()
		}
	}
}

// full takes so many bytes and then fails, or calls then.
type full struct {
	left int
	then func()
}

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left >= 0 {
		return len(p), nil
	}
	if f.then != nil {
		f.then()
		return len(p), nil
	}
	return 0, errors.New("no space left on device")
}

// TestAskedAgainAfterItsEnd: a reader that asks once more after an error gets
// it again. It must not wait for a worker that has gone.
func TestAskedAgainAfterItsEnd(t *testing.T) {
	data := noise(20 * aheadChunk)
	nothing := func([]byte) {}
	for name, src := range map[string]io.ReaderAt{"interrupted": bytes.NewReader(data), "disk fault": &faulty{bytes.NewReader(data), 5 * aheadChunk}} {
		ctx, cancel := context.WithCancel(t.Context())
		a := readAhead(ctx, src, 0, int64(len(data)), nothing)
		buf := make([]byte, aheadChunk)
		if _, err := a.Read(buf); err != nil {
			t.Fatal(err)
		}
		if name == "interrupted" {
			cancel()
			a.done.Wait()
		}
		done := make(chan error, 1)
		go func() {
			var last error
			for range 100 {
				if _, err := a.Read(buf); err != nil {
					last = err
				}
			}
			done <- last
		}()
		select {
		case err := <-done:
			if err == nil || errors.Is(err, io.EOF) {
				t.Errorf("%s: %v", name, err)
			}
			a.Close()
		case <-time.After(10 * time.Second):
			t.Errorf("%s: hangs when asked again", name)
		}
		cancel()
	}
}
