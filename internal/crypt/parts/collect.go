package parts

import (
	"context"
	"errors"
	"fmt"

	"iplos/internal/crypt/cms"
)

// maxParts is what four digits name, 312 GiB of payload.
const maxParts = 9999

// Name returns the name of part n, from 1.
func Name(n int) string { return fmt.Sprintf("part-%04d.p7m", n) }

// ErrTooLarge is a payload of more parts than their names can number.
var ErrTooLarge = errors.New("more than 9999 parts")

// collect takes the blocks in order, hashes them and cuts their payload.
func (w *Writer) collect(sink Sink) error {
	c := newCutter(w, sink)
	err := w.drain(c)
	err = errors.Join(err, c.finish(err == nil && w.ctx.Err() == nil))
	w.wipe()
	return err
}

func (w *Writer) drain(c *cutter) error {
	var sum uint32
	var failed error
	if w.work != nil {
		failed = c.write(gzipHeader())
	}
	for b := range w.order {
		if w.work != nil {
			<-b.ready
		}
		if failed == nil && w.ctx.Err() == nil {
			failed = w.take(c, b, &sum)
		}
		if failed != nil {
			w.cancel(failed) // the caller's next Write returns it
		}
		b.reset()
		w.free <- b
	}
	if failed == nil && w.work != nil && w.ctx.Err() == nil {
		failed = c.write(gzipEnd(sum, w.sums.bytes))
	}
	return failed
}

func (w *Writer) take(c *cutter, b *block, sum *uint32) error {
	if b.err != nil {
		return fmt.Errorf("compressing: %w", b.err)
	}
	if err := w.sums.add(b); err != nil {
		return err
	}
	if w.work == nil {
		return c.write(b.msg)
	}
	*sum = crc(*sum, b.msg)
	return c.write(b.packed)
}

// wipe overwrites the blocks; all are back when the order is closed.
func (w *Writer) wipe() {
	for {
		select {
		case b := <-w.free:
			b.wipe()
		default:
			return
		}
	}
}

// cutter fills part buffers and has them sealed beside itself.
type cutter struct {
	w    *Writer
	buf  []byte
	free chan []byte
	full chan []byte
	done chan error
	sent int
}

func newCutter(w *Writer, sink Sink) *cutter {
	// With compression the next part takes far longer to fill than this one
	// to seal, so one buffer is enough.
	buffers := 2
	if w.work != nil {
		buffers = 1
	}
	c := &cutter{w: w, free: make(chan []byte, buffers), full: make(chan []byte, buffers), done: make(chan error, 1)}
	for range buffers {
		c.free <- nil
	}
	go func() { c.done <- c.seal(sink) }()
	return c
}

func (c *cutter) write(p []byte) error {
	for len(p) > 0 {
		if c.buf == nil {
			if err := c.take(); err != nil {
				return err
			}
		}
		n := min(len(p), c.w.opts.Size-len(c.buf))
		c.buf = append(c.buf, p[:n]...)
		p = p[n:]
		if len(c.buf) == c.w.opts.Size {
			c.send()
		}
	}
	return nil
}

// send never waits: the channel has room for every buffer there is.
func (c *cutter) send() {
	c.full <- c.buf
	c.buf = nil
	c.sent++
}

// take waits for a buffer; a failed sealer gives them all back.
func (c *cutter) take() error {
	select {
	case c.buf = <-c.free:
	case <-c.w.ctx.Done():
		return context.Cause(c.w.ctx)
	}
	if c.buf == nil {
		c.buf = make([]byte, 0, c.w.opts.Size+cms.Overhead) // pages come as they are filled
	}
	c.buf = c.buf[:0]
	return nil
}

// finish seals the last part, or the only and empty one.
func (c *cutter) finish(whole bool) error {
	var err error
	if whole && c.buf == nil && c.sent == 0 {
		err = c.take()
	}
	if whole && err == nil && c.buf != nil {
		c.send()
	}
	clear(c.buf) // content that will not be sealed
	close(c.full)
	return errors.Join(err, <-c.done)
}

// seal encrypts full buffers in place and hands them to the sink.
func (c *cutter) seal(sink Sink) error {
	var failed error
	for buf := range c.full {
		if failed == nil && c.w.ctx.Err() == nil {
			if failed = c.sealOne(sink, buf); failed != nil {
				c.w.cancel(failed)
			}
		} else {
			clear(buf)
		}
		c.free <- buf
	}
	return failed
}

func (c *cutter) sealOne(sink Sink, buf []byte) error {
	n := len(c.w.parts) + 1
	if n > maxParts {
		return ErrTooLarge
	}
	m, err := cms.Seal(c.w.opts.Suite, c.w.opts.Recipients, buf)
	if err != nil {
		return err
	}
	e, err := sink.Add(Name(n), m.Header, m.Body, m.Trailer)
	if err != nil {
		return err
	}
	c.w.parts = append(c.w.parts, e)
	return nil
}
