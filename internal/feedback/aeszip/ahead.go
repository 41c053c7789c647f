package aeszip

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
)

const (
	// aheadChunk is what a worker takes at a time; four of them are in memory.
	aheadChunk = 128 << 10
	// aheadFrom is the length from which workers pay.
	aheadFrom = 1 << 20
)

// ahead reads a stretch of a file in chunks, worked on by others while the
// caller uses the one before: one core alone hashes, decrypts and inflates no
// faster than 7-Zip does, which works on both. It must be closed.
type ahead struct {
	ctx     context.Context //nolint:containedctx // io.Reader has no place for it
	cancel  context.CancelFunc
	done    sync.WaitGroup
	workers []chan piece
	free    []chan []byte
	next    int
	current piece
	rest    []byte
	left    int64
	// err is why there is no more: whoever asks again gets it again.
	err error
}

// piece is a chunk ready for use, or why there is none.
type piece struct {
	buf []byte
	err error
}

// work changes a chunk, which stands at that place of the stretch.
type work func(at int64, p []byte)

// readAhead starts the workers: one for each function.
func readAhead(ctx context.Context, src io.ReaderAt, start, length int64, workers ...work) *ahead {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{ctx: ctx, cancel: cancel, left: length}
	for i, do := range workers {
		out, free := make(chan piece, 1), make(chan []byte, 2)
		free <- make([]byte, aheadChunk)
		free <- make([]byte, aheadChunk)
		a.workers, a.free = append(a.workers, out), append(a.free, free)
		a.done.Go(func() {
			defer close(out)
			for at := int64(i) * aheadChunk; at < length; at += int64(len(workers)) * aheadChunk {
				if !serve(ctx, src, start, min(length-at, aheadChunk), at, do, out, free) {
					return
				}
			}
		})
	}
	return a
}

// serve makes one chunk ready and tells whether to go on.
func serve(ctx context.Context, src io.ReaderAt, start, n, at int64, do work, out chan<- piece, free <-chan []byte) bool {
	var buf []byte
	select {
	case buf = <-free:
	case <-ctx.Done():
		return false
	}
	p := piece{buf: buf[:n]}
	if got, err := src.ReadAt(p.buf, start+at); got < len(p.buf) {
		p.err = readFault(err)
	} else {
		do(at, p.buf)
	}
	select {
	case out <- p:
		return p.err == nil
	case <-ctx.Done():
		return false
	}
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

// WriteTo spares large entries a copy.
func (a *ahead) WriteTo(w io.Writer) (total int64, err error) {
	for {
		n, err := w.Write(a.rest)
		total, a.left, a.rest = total+int64(n), a.left-int64(n), nil
		if err == nil {
			err = a.advance()
		}
		if err == io.EOF { //nolint:errorlint // our own
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (a *ahead) remaining() int64 { return a.left }

// advance gives the used chunk back and takes the next.
func (a *ahead) advance() error {
	if a.err != nil || a.left == 0 {
		return cmp.Or(a.err, io.EOF)
	}
	if a.current.buf != nil {
		// Given back once: there is room for a worker's own chunks only, and
		// one that has ended takes none.
		last := (a.next + len(a.workers) - 1) % len(a.workers)
		a.free[last] <- a.current.buf[:aheadChunk]
		a.current = piece{}
	}
	p, ok := <-a.workers[a.next]
	if !ok {
		p.err = fmt.Errorf("reading ahead: %w", a.ctx.Err())
	}
	a.next = (a.next + 1) % len(a.workers)
	if a.err = p.err; a.err != nil {
		return a.err
	}
	a.current, a.rest = p, p.buf
	return nil
}

// Close ends the workers.
func (a *ahead) Close() {
	a.cancel()
	a.done.Wait()
}

// decryptors returns as many workers as there are cores to use, up to two:
// the third would wait for the disk.
func decryptors(key []byte) ([]work, error) {
	var list []work
	for range min(2, runtime.GOMAXPROCS(0)) {
		c, err := newCTR(key)
		if err != nil {
			return nil, fmt.Errorf("decrypting: %w", err)
		}
		list = append(list, func(at int64, p []byte) {
			c.seek(at)
			c.xor(p)
		})
	}
	return list, nil
}
