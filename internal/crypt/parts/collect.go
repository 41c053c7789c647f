package parts

import (
	"errors"
	"fmt"
)

// collect takes the blocks in order, hashes them and cuts their payload.
func (w *Writer) collect() error {
	failed := w.drain()
	if failed != nil {
		w.cancel(failed)
	}
	err := errors.Join(failed, w.seal.finish())
	if w.work != nil {
		w.wipe()
	}
	return err
}

func (w *Writer) drain() error {
	c := cutter{seal: w.seal}
	defer func() { // content that will not be sealed, or is elsewhere by now
		clear(c.buf)
		w.sums.message.Wipe()
	}()
	var failed error
	if w.work != nil {
		failed = c.write(gzipHeader())
	}
	for b := range w.order {
		if w.work != nil {
			<-b.ready
		}
		if failed == nil && w.ctx.Err() == nil {
			failed = w.take(&c, b)
		}
		if failed != nil {
			w.cancel(failed) // the caller's next Write returns it
		}
		if b.full != nil { // sealed, or wiped when something failed
			if err := w.seal.send(b.full); err != nil && failed == nil {
				failed = err
				w.cancel(failed)
			}
		}
		b.reset()
		w.free <- b
	}
	if failed != nil || w.ctx.Err() != nil {
		return failed
	}
	return w.last(&c)
}

func (w *Writer) take(c *cutter, b *block) error {
	if b.err != nil {
		return fmt.Errorf("compressing: %w", b.err)
	}
	if err := w.sums.add(b); err != nil {
		return err
	}
	if w.work == nil {
		return nil
	}
	c.sum = crc(c.sum, b.msg)
	return c.write(b.packed)
}

// last ends the payload. Without any there is one empty part.
func (w *Writer) last(c *cutter) error {
	if w.work != nil {
		if err := c.write(gzipEnd(c.sum, w.sums.bytes)); err != nil {
			return err
		}
	}
	if c.buf == nil && w.seal.sent == 0 {
		var err error
		if c.buf, err = w.seal.buffer(); err != nil {
			return err
		}
	}
	return c.flush()
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

// cutter copies compressed payload into part buffers.
type cutter struct {
	seal *partSealer
	buf  []byte
	sum  uint32
}

func (c *cutter) write(p []byte) error {
	for len(p) > 0 {
		if c.buf == nil {
			var err error
			if c.buf, err = c.seal.buffer(); err != nil {
				return err
			}
		}
		n := min(len(p), c.seal.opts.Size-len(c.buf))
		c.buf = append(c.buf, p[:n]...)
		p = p[n:]
		if len(c.buf) == c.seal.opts.Size {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *cutter) flush() error {
	if c.buf == nil {
		return nil
	}
	buf := c.buf
	c.buf = nil
	return c.seal.send(buf)
}
