package extract

import (
	"encoding/binary"
	"errors"
	"io"
)

// DefaultMemory is how much of the tables' rows is held in memory. The rows
// of the largest municipality (40,000 persons, 1.8 million rows) take some
// 100 MiB; a whole country's spill.
const DefaultMemory = 160 << 20

// chunkBytes is what the store takes at a time.
const chunkBytes = 1 << 20

// store holds encoded rows and gives them back person by person, whatever the
// order they came in. Rows lie one after the other in chunks without pointers
// and hang together in a chain for each person. What is over the limit goes
// to an encrypted spill as a run ordered by person; reading merges the runs.
type store struct {
	limit   int64
	used    int64
	chunks  [][]byte
	free    [][]byte
	chains  []chain
	tempDir string
	spill   *spill
	scratch []byte
}

// chain is one person's rows: positions in the chunks plus one, 0 for none.
type chain struct{ first, last uint32 }

func newStore(limit int64, tempDir string) *store {
	if limit <= 0 {
		limit = DefaultMemory
	}
	return &store{limit: min(limit, 2<<30), tempDir: tempDir}
}

// rowHead is the length of what stands before a row's text: the position of
// the person's next row, and the row's own length.
const rowHead = 8

// add appends a row to a person's chain.
func (s *store) add(ordinal uint32, row []byte) error {
	for int(ordinal) >= len(s.chains) {
		s.chains = append(s.chains, chain{})
	}
	need := rowHead + len(row)
	if s.used > 0 && s.used+int64(need) > s.limit {
		if err := s.flush(); err != nil {
			return err
		}
	}
	n := len(s.chunks)
	if n == 0 || len(s.chunks[n-1])+need > cap(s.chunks[n-1]) {
		s.chunks = append(s.chunks, s.chunk(need))
		n++
	}
	c := s.chunks[n-1]
	pos := uint32(n-1)<<20 | uint32(len(c)) //nolint:gosec // limit keeps chunks under 2^12, and a long row starts its own
	c = binary.LittleEndian.AppendUint32(c, 0)
	c = binary.LittleEndian.AppendUint32(c, uint32(len(row))) //nolint:gosec // a row is a few megabytes at most
	s.chunks[n-1] = append(c, row...)
	s.used += int64(need)
	link := &s.chains[ordinal]
	if link.first == 0 {
		link.first = pos + 1
	} else {
		binary.LittleEndian.PutUint32(s.at(link.last-1), pos+1)
	}
	link.last = pos + 1
	return nil
}

func (s *store) chunk(need int) []byte {
	if need > chunkBytes {
		return make([]byte, 0, need)
	}
	if n := len(s.free); n > 0 {
		c := s.free[n-1]
		s.free = s.free[:n-1]
		return c[:0]
	}
	return make([]byte, 0, chunkBytes)
}

func (s *store) at(pos uint32) []byte { return s.chunks[pos>>20][pos&(chunkBytes-1):] }

// flush writes what is in memory to the spill, a person at a time in order.
func (s *store) flush() error {
	if s.spill == nil {
		sp, err := newSpill(s.tempDir)
		if err != nil {
			return err
		}
		s.spill = sp
	}
	w := s.spill.begin()
	for o := range s.chains {
		if s.chains[o].first == 0 {
			continue
		}
		s.scratch = s.scratch[:0]
		s.each(uint32(o), func(row []byte) { //nolint:gosec // ordinals are 32 bits
			s.scratch = binary.LittleEndian.AppendUint32(s.scratch, uint32(len(row))) //nolint:gosec // see add
			s.scratch = append(s.scratch, row...)
		})
		if err := w.group(uint32(o), s.scratch); err != nil { //nolint:gosec // as above
			return err
		}
	}
	if err := w.end(); err != nil {
		return err
	}
	for _, c := range s.chunks {
		if cap(c) == chunkBytes {
			s.free = append(s.free, c)
		}
	}
	clear(s.chains)
	s.chunks, s.used = s.chunks[:0], 0
	return nil
}

// each calls f for the rows of a person that are in memory.
func (s *store) each(ordinal uint32, f func(row []byte)) {
	if int(ordinal) >= len(s.chains) {
		return
	}
	for next := s.chains[ordinal].first; next != 0; {
		b := s.at(next - 1)
		next = binary.LittleEndian.Uint32(b)
		f(b[rowHead : rowHead+binary.LittleEndian.Uint32(b[4:])])
	}
}

// gather returns a function that calls f with the rows of each person, asked
// for in rising order: those of the earliest run first, so that a person's
// rows keep the order they were read in.
func (s *store) gather() (func(ordinal uint32, f func(row []byte)) error, error) {
	if s.spill == nil {
		return func(o uint32, f func([]byte)) error { s.each(o, f); return nil }, nil
	}
	var runs []*runReader
	for i := range s.spill.runs {
		r, err := s.spill.open(i)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return func(o uint32, f func([]byte)) error {
		for _, r := range runs {
			if err := r.group(o, f); err != nil && !errors.Is(err, io.EOF) {
				return err
			}
		}
		s.each(o, f)
		return nil
	}, nil
}

// close forgets the rows and removes the spill.
func (s *store) close() error {
	s.chunks, s.free, s.chains = nil, nil, nil
	if s.spill == nil {
		return nil
	}
	sp := s.spill
	s.spill = nil
	return sp.close()
}
