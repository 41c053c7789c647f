package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"

	"iplos/internal/record"
)

// generate writes a message of at least size bytes: persons with believable
// numbers of rows, every value valid, an element a line.
func generate(path string, size int64) (persons int, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	w := &indenter{dst: out}
	g := generator{rng: rand.New(rand.NewPCG(1, 2)), profile: record.Profiles()[0]}
	rw := record.NewWriter(w, g.profile)
	var h record.Header
	h.Add(record.Innhinfo, 1)
	g.fill(&h.Rows, 0)
	if err := rw.Header(&h); err != nil {
		return 0, err
	}
	var p record.Person
	for w.written < size {
		g.person(&p)
		persons++
		if err := rw.Person(&p); err != nil {
			return 0, err
		}
	}
	if err := rw.Close(); err != nil {
		return 0, err
	}
	if err := out.Flush(); err != nil {
		return 0, err
	}
	return persons, f.Close()
}

type generator struct {
	rng     *rand.Rand
	profile record.Profile
	id      int
	text    []byte
}

func (g *generator) person(p *record.Person) {
	p.Reset()
	p.Add(record.PersonRow, 1)
	g.fill(&p.Rows, 0)
	for _, c := range []struct {
		class record.Class
		n     int
	}{
		{record.Personoppl, 1 + g.rng.IntN(2)},
		{record.Funksjon, 17},
		{record.Tjeneste, 1 + g.rng.IntN(5)},
		{record.Diagnose, g.rng.IntN(3)},
		{record.Dogntilbud, g.rng.IntN(20) / 19},
	} {
		for range c.n {
			g.fill(&p.Rows, p.Add(c.class, 1))
		}
	}
}

func (g *generator) fill(rows *record.Rows, i int) {
	for _, f := range rows.Row(i).Class().Fields() {
		card := g.profile.Cardinality(f)
		if card == record.Absent || card == record.ZeroOrOne && g.rng.IntN(3) == 0 {
			continue
		}
		rows.Set(i, f, g.value(f), 1)
	}
}

func (g *generator) value(f record.Field) []byte {
	t := f.Type()
	b := g.text[:0]
	switch t.Base {
	case record.Enum:
		v := t.Values()
		b = append(b, v[g.rng.IntN(len(v))]...)
	case record.Date8:
		b = fmt.Appendf(b, "2017%02d%02d", g.rng.IntN(12)+1, g.rng.IntN(28)+1)
	case record.Month6:
		b = fmt.Appendf(b, "2017%02d", g.rng.IntN(12)+1)
	case record.Decimal:
		b = fmt.Appendf(b, "%d.%d", g.rng.IntN(40), g.rng.IntN(10))
	case record.Short:
		b = strconv.AppendInt(b, int64(1+g.rng.IntN(20)), 10)
	case record.Int:
		g.id++
		b = strconv.AppendInt(b, int64(g.id), 10)
	default:
		n := t.Max
		if n == record.Unbounded {
			n = 11
		}
		for range n {
			b = append(b, byte('0'+g.rng.IntN(10)))
		}
	}
	g.text = b
	return b
}

// indenter puts each element on a line of its own, as many care systems do.
type indenter struct {
	dst     *bufio.Writer
	depth   int
	last    byte
	closing bool
	written int64
}

func (w *indenter) Write(b []byte) (int, error) {
	for i, c := range b {
		switch {
		case c == '\n':
			continue
		case c == '<' && i+1 < len(b) && b[i+1] == '/':
			w.depth--
			if w.closing {
				w.line()
			}
			w.closing = true
		case c == '<' && i+1 < len(b) && b[i+1] != '?':
			w.line()
			w.depth++
			w.closing = false
		case c == '>' && w.last == '/':
			w.depth--
			w.closing = true
		}
		w.last = c
		w.written++
		if err := w.dst.WriteByte(c); err != nil {
			return i, err
		}
	}
	return len(b), nil
}

func (w *indenter) line() {
	w.written++
	_ = w.dst.WriteByte('\n')
	for range w.depth {
		w.written++
		_ = w.dst.WriteByte('\t')
	}
}
