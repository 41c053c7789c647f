package aeszip

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync"
)

const (
	// aheadChunk is what is read at a time. Waking the other core costs as
	// much as hashing 64 KiB, and more chunks than these three fit no cache.
	aheadChunk  = 256 << 10
	aheadChunks = 3
)

// ahead reads a stretch of a file in chunks, worked on by a second goroutine
// while the caller uses the ones before: one core alone hashes, decrypts and
// writes no faster than 7-Zip does. It must be closed.
type ahead struct {
	ctx     context.Context //nolint:containedctx // io.Reader has no place for it
	cancel  context.CancelFunc
	done    sync.WaitGroup
	ready   chan piece
	free    chan []byte
	current []byte
	rest    []byte
	left    int64
	// err is why there is no more: whoever asks again gets it again.
	err error
}

// piece is a chunk ready for use, or why there is none.
type piece struct {
	data []byte
	err  error
}

// readAhead starts to read. work is given every chunk, in order, and may
// change it.
func readAhead(ctx context.Context, src io.ReaderAt, start, length int64, work func(p []byte)) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{ctx: ctx, cancel: cancel, ready: make(chan piece, aheadChunks), free: make(chan []byte, aheadChunks), left: length}
	for n := min(aheadChunks, (length+aheadChunk-1)/aheadChunk); n > 0; n-- {
		a.free <- make([]byte, min(length, aheadChunk))
	}
	a.done.Go(func() {
		defer close(a.ready)
		for end := start + length; start < end; start += aheadChunk {
			if !a.serve(src, start, min(end-start, aheadChunk), work) {
				return
			}
		}
	})
	return a
}

// serve makes one chunk ready and tells whether to go on. There is room for
// every chunk that exists, so that only the wait for a free one can be long.
func (a *ahead) serve(src io.ReaderAt, at, n int64, work func([]byte)) bool {
	select {
	case buf := <-a.free:
		if a.ctx.Err() != nil {
			return false
		}
		buf = buf[:n]
		if got, err := src.ReadAt(buf, at); got < len(buf) {
			a.ready <- piece{err: readFault(err)}
			return false
		}
		work(buf)
		a.ready <- piece{data: buf}
		return true
	case <-a.ctx.Done():
		return false
	}
}

// next returns the next chunk, or the rest of one that was read from. It is
// the caller's until the next call.
func (a *ahead) next() ([]byte, error) {
	for len(a.rest) == 0 {
		if err := a.advance(); err != nil {
			return nil, err
		}
	}
	p := a.rest
	a.rest, a.left = nil, a.left-int64(len(p))
	return p, nil
}

// Read gives the chunks in order.
func (a *ahead) Read(b []byte) (int, error) {
	for len(a.rest) == 0 {
		if err := a.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(b, a.rest)
	a.rest, a.left = a.rest[n:], a.left-int64(n)
	return n, nil
}

// advance gives the used chunk back and takes the next.
func (a *ahead) advance() error {
	if a.err != nil || a.left == 0 {
		return cmp.Or(a.err, io.EOF)
	}
	if a.current != nil {
		a.free <- a.current[:cap(a.current)] // has room: it came from there
		a.current = nil
	}
	p, ok := <-a.ready
	if !ok {
		p.err = fmt.Errorf("reading ahead: %w", a.ctx.Err())
	}
	a.err, a.current, a.rest = p.err, p.data, p.data
	return a.err
}

// Close ends the reading.
func (a *ahead) Close() {
	a.cancel()
	a.done.Wait()
}
