package extract

import (
	"encoding/binary"
	"errors"
	"io"

	"iplos/internal/spill"
)

// spillBlock is how much is encrypted at a time.
const spillBlock = 64 << 10

// spilled is what the store had no room for: runs, each one pass over all
// persons.
type spilled struct {
	file *spill.File
	runs [][]block
}

// block is a block of a run, where it lies in the file.
type block struct {
	at     int64
	length int
}

// runWriter fills blocks.
type runWriter struct {
	s     *spilled
	run   []block
	plain []byte
}

func (s *spilled) begin() *runWriter {
	return &runWriter{s: s, plain: make([]byte, 0, spillBlock)}
}

// group writes one person's rows.
func (w *runWriter) group(ordinal uint32, rows []byte) error {
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:], ordinal)
	binary.LittleEndian.PutUint32(head[4:], uint32(len(rows))) //nolint:gosec // memory bounds it
	if err := w.write(head[:]); err != nil {
		return err
	}
	return w.write(rows)
}

func (w *runWriter) write(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), cap(w.plain)-len(w.plain))
		w.plain = append(w.plain, p[:n]...)
		p = p[n:]
		if len(w.plain) == cap(w.plain) {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *runWriter) flush() error {
	at, err := w.s.file.Append(w.plain)
	if err != nil {
		return err
	}
	w.run = append(w.run, block{at, len(w.plain)})
	w.plain = w.plain[:0]
	return nil
}

func (w *runWriter) end() error {
	if len(w.plain) > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.s.runs = append(w.s.runs, w.run)
	return nil
}

// runReader reads a run from its start, a person at a time.
type runReader struct {
	file    *spill.File
	left    []block
	plain   []byte // decrypted
	unread  []byte // of plain
	buf     []byte
	ordinal uint32 // of the group that comes next
	length  uint32
	done    bool
}

func (s *spilled) open(i int) (*runReader, error) {
	r := &runReader{file: s.file, left: s.runs[i]}
	return r, r.head()
}

func (r *runReader) head() error {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		r.done = errors.Is(err, io.EOF)
		if r.done {
			return nil
		}
		return err
	}
	r.ordinal, r.length = binary.LittleEndian.Uint32(head[:]), binary.LittleEndian.Uint32(head[4:])
	return nil
}

// group calls f with the rows of a person, if the run has any.
func (r *runReader) group(ordinal uint32, f func(row []byte)) error {
	if r.done || r.ordinal != ordinal {
		return nil
	}
	if cap(r.buf) < int(r.length) {
		r.buf = make([]byte, r.length)
	}
	rows := r.buf[:r.length]
	if _, err := io.ReadFull(r, rows); err != nil {
		return err
	}
	for len(rows) >= 4 {
		n := binary.LittleEndian.Uint32(rows)
		f(rows[4 : 4+n])
		rows = rows[4+n:]
	}
	return r.head()
}

func (r *runReader) Read(p []byte) (int, error) {
	if len(r.unread) == 0 {
		if len(r.left) == 0 {
			return 0, io.EOF
		}
		plain, err := r.file.Read(r.plain[:0], r.left[0].at, r.left[0].length)
		if err != nil {
			return 0, err
		}
		r.plain, r.unread, r.left = plain, plain, r.left[1:]
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}
