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

// faulty fails reads that touch a place, once it was read sound times.
type faulty struct {
	*bytes.Reader
	at    int64
	sound int
}

var errDisk = errors.New("disk fault")

func (f *faulty) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.at && f.at < off+int64(len(p)) {
		if f.sound--; f.sound >= 0 {
			return f.Reader.ReadAt(p, off)
		}
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
			for pass := range 2 {
				if pass > 0 && (at < 200 || at > int64(len(data))-200) {
					continue // not of the ciphertext: read once
				}
				f := &faulty{bytes.NewReader(data), at, pass}
				a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
				if err != nil {
					t.Fatal(err)
				}
				u := newUnlocker(f, passwords(password))
				if err := u.unpack(t.Context(), a.entries[0], io.Discard); !errors.Is(err, errDisk) || faultID(err) != "zip.read" {
					t.Errorf("method %d, fault at %d in pass %d: %v", method, at, pass, err)
				}
			}
		}
	}
}

// TestNothingBeforeTheTag: of an entry whose last byte was changed, none is
// decrypted.
func TestNothingBeforeTheTag(t *testing.T) {
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		data := build(t, part{name: "a", data: noise(5 * aheadChunk), method: method})
		a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		e := a.entries[0]
		start, n := e.ciphertext()
		data[start+n-1] ^= 1
		var out bytes.Buffer
		if err := newUnlocker(bytes.NewReader(data), passwords(password)).unpack(t.Context(), e, &out); faultID(err) != "zip.password" {
			t.Errorf("method %d: %v", method, err)
		}
		if out.Len() > 0 {
			t.Errorf("method %d: %d bytes were decrypted", method, out.Len())
		}
	}
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
			if err := u.unpack(t.Context(), e, &full{left: left}); faultID(err) != "zip.write" {
				t.Errorf("full after %d: %v", left, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			if err := u.unpack(ctx, e, &full{left: left, then: cancel}); err != nil && !errors.Is(err, context.Canceled) {
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
	nothing := func([]byte, int64) {}
	for name, src := range map[string]io.ReaderAt{"interrupted": bytes.NewReader(data), "disk fault": &faulty{bytes.NewReader(data), 5 * aheadChunk, 0}} {
		ctx, cancel := context.WithCancel(t.Context())
		a := readAhead(ctx, src, 0, int64(len(data)), nothing)
		buf := make([]byte, aheadChunk)
		if _, err := a.Read(buf); err != nil {
			t.Fatal(err)
		}
		if name == "interrupted" {
			cancel()
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
