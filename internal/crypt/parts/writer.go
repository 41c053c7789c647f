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

// blockSize is how much message travels at once. Compression restarts with
// every block, which costs under two percent of size at this one.
const blockSize = 512 << 10

// Sink takes the sealed files; container.Writer is one.
type Sink interface {
	Add(name string, pieces ...[]byte) (container.Entry, error)
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
	opts   Options

	cur   *block
	free  chan *block
	order chan *block
	work  chan *block // nil without compression
	wg    sync.WaitGroup

	sums   sums
	parts  []container.Entry
	closed bool
}

// NewWriter starts a writer of parts to the sink. Cancelling the context
// stops it.
func NewWriter(ctx context.Context, sink Sink, opts Options) (*Writer, error) {
	if opts.Size == 0 {
		opts.Size = DefaultSize
	}
	if opts.Size < 0 {
		return nil, fmt.Errorf("part size %d", opts.Size)
	}
	w := &Writer{opts: opts, sums: newSums()}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	workers := 0
	switch opts.Compression {
	case Gzip:
		workers = max(1, min(runtime.GOMAXPROCS(0), 8))
		w.work = make(chan *block, 2*workers+4)
	case None:
	default:
		return nil, fmt.Errorf("unknown compression %q", opts.Compression)
	}
	// One block with the caller, one being hashed, two for each worker.
	blocks := 2*workers + 4
	w.free = make(chan *block, blocks)
	w.order = make(chan *block, blocks)
	for range blocks {
		w.free <- &block{ready: make(chan struct{}, 1)}
	}
	w.start(sink, workers)
	return w, nil
}

func (w *Writer) start(sink Sink, workers int) {
	for range workers {
		w.wg.Go(w.compress)
	}
	w.wg.Go(func() {
		if err := w.collect(sink); err != nil {
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
		n := min(len(p), blockSize-len(b.msg))
		b.msg = append(b.msg, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

// Substitute adds text to the message in the place of original: the message
// has text, the content digest is taken with original.
func (w *Writer) Substitute(text, original []byte) error {
	b, err := w.room()
	if err != nil {
		return err
	}
	if len(b.msg)+len(text) > blockSize { // a substitution stands in one block
		if b, err = w.next(); err != nil {
			return err
		}
	}
	b.subs = append(b.subs, sub{at: len(b.msg), length: len(text), original: len(original)})
	b.originals = append(b.originals, original...)
	b.msg = append(b.msg, text...)
	return nil
}

// room returns the current block with room for at least one byte.
func (w *Writer) room() (*block, error) {
	if w.closed {
		return nil, errors.New("writing to closed parts")
	}
	if w.cur != nil && len(w.cur.msg) < blockSize {
		return w.cur, nil
	}
	return w.next()
}

// next sends the current block on its way and takes a free one.
func (w *Writer) next() (*block, error) {
	w.send()
	select {
	case w.cur = <-w.free:
		return w.cur, nil
	case <-w.ctx.Done():
		return nil, context.Cause(w.ctx)
	}
}

func (w *Writer) send() {
	b := w.cur
	if b == nil {
		return
	}
	w.cur = nil
	// Neither send waits: each channel has room for every block there is.
	if w.work != nil {
		w.work <- b
	}
	w.order <- b
}

// Close seals what is left and says what was written.
func (w *Writer) Close() (Result, error) {
	if w.closed {
		return Result{}, errors.New("closing closed parts")
	}
	w.send()
	w.end()
	err := context.Cause(w.ctx)
	w.cancel(nil)
	if err != nil {
		return Result{}, err
	}
	r := w.sums.result()
	r.Parts = w.parts
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
}

func (w *Writer) end() {
	w.closed = true
	close(w.order)
	if w.work != nil {
		close(w.work)
	}
	w.wg.Wait()
}
