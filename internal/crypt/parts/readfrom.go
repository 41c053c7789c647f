package parts

import (
	"errors"
	"io"
)

// nearSize is how much is read and hashed at once, a part of a processor's
// own cache.
const nearSize = 256 << 10

// ReadFrom adds all that r has.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	if w.work == nil && !w.closed {
		return w.readPlain(r)
	}
	var total int64
	for {
		b, err := w.room()
		if err != nil {
			return total, err
		}
		n, err := r.Read(b.msg[len(b.msg):cap(b.msg)])
		b.msg = b.msg[:len(b.msg)+n]
		total += int64(n)
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// readPlain reads a message that is not compressed to where it will be
// encrypted. The caller has nothing else to do and hashes it, a little at a
// time while that is in its processor's cache.
func (w *Writer) readPlain(r io.Reader) (int64, error) {
	w.send(false)
	w.settle()
	var total int64
	for {
		if w.part == nil {
			var err error
			if w.part, err = w.seal.buffer(); err != nil {
				return total, err
			}
		}
		used := len(w.part)
		n, err := r.Read(w.part[used:min(used+nearSize, w.seal.opts.Size)])
		w.part = w.part[:used+n]
		total += int64(n)
		w.sums.near(w.part[used:])
		if len(w.part) == w.seal.opts.Size {
			full := w.part
			w.part = nil
			if err := w.seal.send(full); err != nil {
				return total, err
			}
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// settle waits until every block sent is hashed and back.
func (w *Writer) settle() {
	var all []*block
	for range cap(w.free) {
		all = append(all, <-w.free)
	}
	for _, b := range all {
		w.free <- b
	}
}
