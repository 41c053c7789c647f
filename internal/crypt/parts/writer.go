package parts

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
)

// Compression names how the message is packed.
type Compression string

// The compressions.
const (
	Gzip Compression = "gzip"
	None Compression = "none"
)

// DefaultSize is the payload of one part, 32 MiB: `openssl cms -decrypt`
// holds a whole message in memory several times over.
const DefaultSize = 32 << 20

// MaxSize is the largest payload of one part: a part is sealed in memory.
const MaxSize = 512 << 20

// blockSize is how much message travels at once. Compression restarts with
// every block, which costs under two percent of size at this one.
const blockSize = 512 << 10

// Sink takes the sealed files, begun in order and written at the same time;
// container.Writer is one.
type Sink interface {
	Begin(name string, size int64) (container.Write, error)
}

// Options say how parts are made.
type Options struct {
	// Size is the payload of one part in bytes, DefaultSize when zero.
	Size        int
	Suite       cms.Suite
	Recipients  []cms.Recipient
	Compression Compression
}

// Result says what was written.
type Result struct {
	Parts []container.Entry
	// SHA256 and Bytes are of the message as it stands in the parts.
	SHA256 string
	Bytes  int64
	// ContentSHA256 is the digest of the message with every substituted text
	// put back; see [Writer.Substitute].
	ContentSHA256 string
}

// Writer takes the message. Close or Abort ends it, and its goroutines.
type Writer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	seal   *partSealer

	cur   *block
	free  chan *block
	order chan *block
	work  chan *block // nil without compression
	part  []byte      // without compression: the buffer that blocks are cut from
	wg    sync.WaitGroup

	sums   sums
	closed bool
}

// NewWriter starts a writer of parts to the sink. Cancelling the context
// stops it.
func NewWriter(ctx context.Context, sink Sink, opts Options) (*Writer, error) {
	if opts.Size == 0 {
		opts.Size = DefaultSize
	}
	if opts.Size < 0 || opts.Size > MaxSize {
		return nil, fmt.Errorf("part size %d", opts.Size)
	}
	workers, buffers := 0, 0
	switch opts.Compression {
	case Gzip:
		// A part takes far longer to fill than to seal, so that one buffer is
		// enough.
		workers, buffers = max(1, min(runtime.GOMAXPROCS(0), 8)), 1
	case None:
		// Each is being filled or sealed at every time: two processors have
		// no pause.
		buffers = 2
	default:
		return nil, fmt.Errorf("unknown compression %q", opts.Compression)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := &Writer{ctx: ctx, cancel: cancel, sums: newSums()}
	w.seal = newPartSealer(ctx, cancel, sink, opts, buffers)
	w.start(workers)
	return w, nil
}

func (w *Writer) start(workers int) {
	// One block with the caller, some on their way, two for each worker.
	// Without compression they have no memory of their own, and more of them
	// let the caller run ahead.
	blocks := 2*workers + 4
	if workers == 0 {
		blocks = 16
	}
	w.free = make(chan *block, blocks)
	w.order = make(chan *block, blocks)
	if workers > 0 {
		w.work = make(chan *block, blocks)
	}
	for range blocks {
		w.free <- &block{ready: make(chan struct{}, 1)}
	}
	for range workers {
		w.wg.Go(w.compress)
	}
	w.wg.Go(func() {
		if err := w.collect(); err != nil {
			w.cancel(err)
		}
	})
}

// Write adds message bytes; p is the caller's again afterwards.
func (w *Writer) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		b, err := w.room()
		if err != nil {
			return total - len(p), err
		}
		n := min(len(p), cap(b.msg)-len(b.msg))
		b.msg = append(b.msg, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

// Substitute adds text to the message in the place of original: the message
// has text, the content digest is taken with original.
func (w *Writer) Substitute(text, original []byte) error {
	for {
		b, err := w.room()
		if err != nil {
			return err
		}
		n := min(len(text), cap(b.msg)-len(b.msg))
		b.subs = append(b.subs, sub{at: len(b.msg), length: n, original: len(original)})
		b.originals = append(b.originals, original...)
		b.msg = append(b.msg, text[:n]...)
		if text, original = text[n:], nil; len(text) == 0 {
			return nil
		}
	}
}

// room returns the current block with room for at least one byte.
func (w *Writer) room() (*block, error) {
	if w.closed {
		return nil, errors.New("writing to closed parts")
	}
	if w.cur != nil && len(w.cur.msg) < cap(w.cur.msg) {
		return w.cur, nil
	}
	w.send(false)
	select {
	case b := <-w.free:
		if err := w.provide(b); err != nil {
			w.free <- b
			return nil, err
		}
		w.cur = b
		return b, nil
	case <-w.ctx.Done():
		return nil, context.Cause(w.ctx)
	}
}

// provide gives a block its memory: its own when it will be compressed, else
// the next stretch of a part, so that nothing is copied.
func (w *Writer) provide(b *block) error {
	if w.work != nil {
		if b.msg == nil {
			b.msg = make([]byte, 0, blockSize)
		}
		return nil
	}
	if w.part == nil {
		var err error
		if w.part, err = w.seal.buffer(); err != nil {
			return err
		}
	}
	used := len(w.part)
	b.msg = w.part[used:used:min(used+blockSize, w.seal.opts.Size)]
	return nil
}

// send passes the current block on; last says that nothing comes after it.
// It never waits: each channel has room for every block there is.
func (w *Writer) send(last bool) {
	b := w.cur
	if b == nil {
		return
	}
	w.cur = nil
	if w.work != nil {
		w.work <- b
	} else {
		w.part = w.part[:len(w.part)+len(b.msg)]
		if last || len(w.part) == w.seal.opts.Size {
			b.full, w.part = w.part, nil
		}
	}
	w.order <- b
}

// Close seals what is left and says what was written.
func (w *Writer) Close() (Result, error) {
	if w.closed {
		return Result{}, errors.New("closing closed parts")
	}
	if w.cur == nil && w.part != nil {
		w.cur, _ = w.room() // it takes the part along; its error is the context's
	}
	w.send(true)
	w.end()
	err := context.Cause(w.ctx)
	w.cancel(nil)
	if err != nil {
		clear(w.part)
		return Result{}, err
	}
	r := w.sums.result()
	r.Parts = w.seal.parts
	w.free, w.seal.free = nil, nil // their memory is wanted for other things
	return r, nil
}

// Abort stops at once; what the sink has is the caller's to remove. After
// Close it does nothing.
func (w *Writer) Abort() {
	if w.closed {
		return
	}
	w.cancel(context.Canceled)
	w.end()
	if w.cur != nil {
		clear(w.cur.msg)
	}
	clear(w.part)
}

func (w *Writer) end() {
	w.closed = true
	close(w.order)
	if w.work != nil {
		close(w.work)
	}
	w.wg.Wait()
}
