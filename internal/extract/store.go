package extract

import (
	"encoding/binary"

	"iplos/internal/spill"
)

// DefaultMemory is how much of the tables' rows is held in memory. The rows
// of the largest municipality (40,000 persons, 1.8 million rows) take some
// 100 MiB; a whole country's spill.
const DefaultMemory = 160 << 20

// chunkBytes is what the store takes at a time.
const chunkBytes = 1 << 20

// store holds encoded rows and gives them back person by person, whatever the
// order they came in. Rows lie one after the other in chunks without pointers,
// each with its person's number; an index of their places, sorted by person,
// is made when they are asked for. What is over the limit goes to an
// encrypted spill as a run ordered by person; reading merges the runs.
type store struct {
	limit   int64
	used    int64
	rows    int
	persons uint32 // one more than the highest number
	chunks  [][]byte
	free    [][]byte
	tempDir string
	spill   *spilled
	scratch []byte
	// starts tells where each person's places begin in places; both are nil
	// until the rows are asked for.
	starts, places []uint32
}

func newStore(limit int64, tempDir string) *store {
	if limit <= 0 {
		limit = DefaultMemory
	}
	return &store{limit: min(limit, 2<<30), tempDir: tempDir}
}

// rowHead is the length of what stands before a row's text: the person's
// number, and the row's own length.
const rowHead = 8

// add appends a person's row.
func (s *store) add(ordinal uint32, row []byte) error {
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
	c := binary.LittleEndian.AppendUint32(s.chunks[n-1], ordinal)
	c = binary.LittleEndian.AppendUint32(c, uint32(len(row))) //nolint:gosec // a row is a few megabytes at most
	s.chunks[n-1] = append(c, row...)
	// The index of places counts too: four bytes a row and a person.
	s.used += int64(need) + 4
	s.rows++
	s.persons = max(s.persons, ordinal+1)
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

// index sorts the rows' places by person, keeping the order of each person's
// rows: one pass counts, the next puts them in.
func (s *store) index() {
	s.starts = make([]uint32, s.persons+1)
	s.places = make([]uint32, s.rows)
	s.scan(func(ordinal, _ uint32) { s.starts[ordinal]++ })
	sum := uint32(0)
	for o, n := range s.starts {
		s.starts[o] = sum
		sum += n
	}
	s.scan(func(ordinal, place uint32) {
		s.places[s.starts[ordinal]] = place
		s.starts[ordinal]++
	})
	copy(s.starts[1:], s.starts[:s.persons])
	s.starts[0] = 0
}

// scan calls f with the person and the place of every row: its chunk and
// where it lies in it. A row longer than a chunk has one to itself.
func (s *store) scan(f func(ordinal, place uint32)) {
	for n, c := range s.chunks {
		for at := 0; at < len(c); at += rowHead + int(binary.LittleEndian.Uint32(c[at+4:])) {
			f(binary.LittleEndian.Uint32(c[at:]), uint32(n)<<20|uint32(at)) //nolint:gosec // limit keeps chunks under 2^12
		}
	}
}

// flush writes what is in memory to the spill, a person at a time in order.
func (s *store) flush() error {
	if s.spill == nil {
		s.spill = &spilled{file: spill.New(s.tempDir)}
	}
	s.index()
	w := s.spill.begin()
	for o := range s.persons {
		s.scratch = s.scratch[:0]
		s.each(o, func(row []byte) {
			s.scratch = binary.LittleEndian.AppendUint32(s.scratch, uint32(len(row))) //nolint:gosec // see add
			s.scratch = append(s.scratch, row...)
		})
		if len(s.scratch) == 0 {
			continue
		}
		if err := w.group(o, s.scratch); err != nil {
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
	s.starts, s.places = nil, nil
	s.chunks, s.used, s.rows, s.persons = s.chunks[:0], 0, 0, 0
	return nil
}

// each calls f for the rows of a person that are in memory.
func (s *store) each(ordinal uint32, f func(row []byte)) {
	if ordinal >= s.persons {
		return
	}
	for _, place := range s.places[s.starts[ordinal]:s.starts[ordinal+1]] {
		b := s.chunks[place>>20][place&(chunkBytes-1):]
		f(b[rowHead : rowHead+binary.LittleEndian.Uint32(b[4:])])
	}
}

// gather returns a function that calls f with the rows of each person, asked
// for in rising order: those of the earliest run first, so that a person's
// rows keep the order they were read in.
func (s *store) gather() (func(ordinal uint32, f func(row []byte)) error, error) {
	s.index()
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
			if err := r.group(o, f); err != nil {
				return err
			}
		}
		s.each(o, f)
		return nil
	}, nil
}

// close forgets the rows and removes the spill.
func (s *store) close() error {
	s.chunks, s.free, s.starts, s.places = nil, nil, nil, nil
	s.rows, s.persons = 0, 0
	if s.spill == nil {
		return nil
	}
	sp := s.spill
	s.spill = nil
	return sp.file.Close()
}
