package feedback

import (
	"crypto/sha1" //nolint:gosec // the server's own hash
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

const (
	// pullBuffer is what stays near while it is written to the file.
	pullBuffer = 32 << 10
	// pullBuffers are a mebibyte in all: with less on its way the digests and
	// the line wait for each other, with more it leaves the processor's cache.
	pullBuffers = 32
)

// digester takes both digests of a file beside the caller, who fetches and
// writes: one processor alone is slower than the line. A buffer goes from the
// caller to the one digest, to the other, and back.
type digester struct {
	one, two    hash.Hash
	first, free chan []byte
	work        sync.WaitGroup
}

func newDigester() *digester {
	d := &digester{
		one: sha1.New(), two: sha256.New(),
		first: make(chan []byte, pullBuffers), free: make(chan []byte, pullBuffers),
	}
	second := make(chan []byte, pullBuffers)
	for range pullBuffers {
		d.free <- make([]byte, pullBuffer)
	}
	d.work.Go(func() {
		defer close(second)
		for buf := range d.first {
			d.one.Write(buf)
			second <- buf
		}
	})
	d.work.Go(func() {
		for buf := range second {
			d.two.Write(buf)
			d.free <- buf
		}
	})
	return d
}

// buffer waits for a buffer that is the caller's until add takes it.
func (d *digester) buffer() []byte {
	buf := <-d.free
	return buf[:cap(buf)]
}

func (d *digester) add(buf []byte) { d.first <- buf }

// sums ends the digester, with what was added.
func (d *digester) sums() sums {
	close(d.first)
	d.work.Wait()
	return sums{hex.EncodeToString(d.one.Sum(nil)), hex.EncodeToString(d.two.Sum(nil))}
}
