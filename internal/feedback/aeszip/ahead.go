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
	// aheadChunk is what is read at a time, a multiple of a cipher block.
	// Waking another core costs as much as decrypting 64 KiB, and more memory
	// than a few of these fits no cache.
	aheadChunk = 256 << 10
	// aheadWorkers is the most that work at the same time: more than that, and
	// the writing is what takes the time.
	aheadWorkers = 4
)

// ahead reads a stretch of a file in chunks and gives them in their order,
// while other goroutines read and work on the ones that follow. It must be
// closed.
type ahead struct {
	ctx     context.Context //nolint:containedctx // io.Reader has no place for it
	src     io.ReaderAt
	work    func(p []byte, at int64)
	start   int64
	issued  int64
	length  int64
	workers sync.WaitGroup
	// jobs and queue both hold what was issued: jobs what no worker has begun,
	// queue what the caller has not come to.
	jobs, queue chan *piece
	// current is the caller's, rest what is left of it, left what is left in all.
	current *piece
	rest    []byte
	left    int64
	// err is why there is no more: whoever asks again gets it again.
	err error
}

// piece is a chunk on its way.
type piece struct {
	buf  []byte
	at   int64
	done chan error
}

// readAhead starts to read. work is given every chunk and its place in the
// stretch, several at a time and in any order, and may change it.
func readAhead(ctx context.Context, src io.ReaderAt, start, length int64, work func(p []byte, at int64)) *ahead {
	workers := min(runtime.GOMAXPROCS(0), aheadWorkers)
	pieces := int(min(int64(workers)+1, (length+aheadChunk-1)/aheadChunk))
	a := &ahead{
		ctx: ctx, src: src, work: work, start: start, length: length, left: length,
		jobs: make(chan *piece, pieces), queue: make(chan *piece, pieces),
	}
	for range min(workers, pieces) {
		a.workers.Go(a.serve)
	}
	for range pieces {
		a.issue(&piece{buf: make([]byte, min(length, aheadChunk)), done: make(chan error, 1)})
	}
	return a
}

// issue sends a piece for the next chunk, if there is one.
func (a *ahead) issue(p *piece) {
	n := min(a.length-a.issued, aheadChunk)
	if n == 0 {
		return
	}
	p.buf, p.at = p.buf[:n], a.issued
	a.issued += n
	a.queue <- p // both have room: there are as many places as pieces
	a.jobs <- p
}

func (a *ahead) serve() {
	for p := range a.jobs {
		p.done <- a.fill(p) // has room: whoever issued it has taken the last answer
	}
}

func (a *ahead) fill(p *piece) error {
	if err := a.ctx.Err(); err != nil {
		return fmt.Errorf("reading ahead: %w", err)
	}
	if n, err := a.src.ReadAt(p.buf, a.start+p.at); n < len(p.buf) {
		return readFault(err)
	}
	a.work(p.buf, p.at)
	return nil
}

// WriteTo writes the chunks in order, without copying them.
func (a *ahead) WriteTo(w io.Writer) (written int64, err error) {
	for {
		err := a.advance()
		if err == io.EOF { //nolint:errorlint // our own
			return written, nil
		}
		if err != nil {
			return written, err
		}
		n, err := w.Write(a.rest)
		written, a.left, a.rest = written+int64(n), a.left-int64(n), a.rest[n:]
		if err != nil {
			return written, err
		}
	}
}

// Read gives the chunks in order.
func (a *ahead) Read(b []byte) (int, error) {
	if err := a.advance(); err != nil {
		return 0, err
	}
	n := copy(b, a.rest)
	a.rest, a.left = a.rest[n:], a.left-int64(n)
	return n, nil
}

// advance sees to it that there is something in rest: it sends a used chunk
// out again and waits for the next.
func (a *ahead) advance() error {
	if len(a.rest) > 0 {
		return nil
	}
	if a.err != nil || a.left == 0 {
		return cmp.Or(a.err, io.EOF)
	}
	if a.current != nil {
		a.issue(a.current)
	}
	a.current = <-a.queue
	if a.err = <-a.current.done; a.err != nil {
		return a.err
	}
	a.rest = a.current.buf
	return nil
}

// Close ends the reading. It waits for what was issued, and no more is.
func (a *ahead) Close() {
	a.length = a.issued
	close(a.jobs)
	a.workers.Wait()
}
