package extract

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"iplos/internal/fault"
)

// spillBlock is how much is encrypted at a time.
const spillBlock = 64 << 10

// spill is a temporary file of rows, encrypted with AES-256-GCM under a key
// that lives only in this process. Where the system allows it, the file loses
// its name as soon as it is open, so that nothing is left even after a crash;
// what a crash leaves elsewhere is noise without the key.
type spill struct {
	file *os.File
	name string // empty when the file has no name any more
	aead cipher.AEAD
	// blocks counts blocks; a block's number is its nonce and its place.
	blocks uint64
	runs   []run
}

// run is one pass over all persons: blocks from first to last.
type run struct{ first, last uint64 }

func newSpill(dir string) (*spill, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, see crypto/rand
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the spill's cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making the spill's cipher: %w", err)
	}
	f, err := os.CreateTemp(dir, "iplos-*.tmp")
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "extract.spill", "cause", err)
	}
	s := &spill{file: f, name: f.Name(), aead: aead}
	if os.Remove(s.name) == nil {
		s.name = ""
	}
	return s, nil
}

func (s *spill) close() error {
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}

// sealedBlock is a block's length in the file.
func (s *spill) sealedBlock() int64 { return int64(spillBlock + 4 + s.aead.Overhead()) }

func (s *spill) nonce(block uint64) []byte {
	n := make([]byte, s.aead.NonceSize())
	binary.LittleEndian.PutUint64(n, block)
	return n
}

// runWriter fills blocks.
type runWriter struct {
	s     *spill
	first uint64
	plain []byte
	out   []byte
}

func (s *spill) begin() *runWriter {
	return &runWriter{s: s, first: s.blocks, plain: make([]byte, 4, spillBlock+4)}
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

// flush encrypts a block. Its text begins with its length, and is filled up:
// all blocks are equally long in the file.
func (w *runWriter) flush() error {
	s := w.s
	binary.LittleEndian.PutUint32(w.plain, uint32(len(w.plain)-4)) //nolint:gosec // spillBlock
	w.plain = w.plain[:cap(w.plain)]
	w.out = s.aead.Seal(w.out[:0], s.nonce(s.blocks), w.plain, nil)
	//nolint:gosec // no file has 2^63 bytes
	if _, err := s.file.WriteAt(w.out, int64(s.blocks)*s.sealedBlock()); err != nil {
		return fault.Wrap(err, fault.Usage, "extract.spill", "cause", err)
	}
	s.blocks++
	w.plain = w.plain[:4]
	return nil
}

func (w *runWriter) end() error {
	if len(w.plain) > 4 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.s.runs = append(w.s.runs, run{w.first, w.s.blocks})
	return nil
}

// runReader reads a run from its start, a person at a time.
type runReader struct {
	s       *spill
	next    uint64
	last    uint64
	sealed  []byte
	plain   []byte // decrypted and not yet read
	buf     []byte
	ordinal uint32 // of the group that comes next
	length  uint32
	done    bool
}

func (s *spill) open(i int) (*runReader, error) {
	r := &runReader{s: s, next: s.runs[i].first, last: s.runs[i].last, sealed: make([]byte, s.sealedBlock())}
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
	if len(r.plain) == 0 {
		if r.next == r.last {
			return 0, io.EOF
		}
		//nolint:gosec // no file has 2^63 bytes
		if _, err := r.s.file.ReadAt(r.sealed, int64(r.next)*r.s.sealedBlock()); err != nil {
			return 0, fault.Wrap(err, fault.Usage, "extract.spill", "cause", err)
		}
		plain, err := r.s.aead.Open(r.sealed[:0], r.s.nonce(r.next), r.sealed, nil)
		if err != nil {
			return 0, fault.Wrap(err, fault.Usage, "extract.spill", "cause", err)
		}
		r.plain = plain[4 : 4+binary.LittleEndian.Uint32(plain)]
		r.next++
	}
	n := copy(p, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}
