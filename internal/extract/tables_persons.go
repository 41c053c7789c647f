package extract

import (
	"encoding/binary"
	"iter"
	"strconv"

	"iplos/internal/record"
	"iplos/internal/table"
)

// persons reads the tables, then gives the persons in the order of the person
// table.
func (t *tables) persons() iter.Seq2[*record.Person, error] {
	return func(yield func(*record.Person, error) bool) {
		if t.loaded {
			return
		}
		t.loaded = true
		if err := t.load(); err != nil {
			if noMessage(err) {
				t.stop()
			}
			yield(nil, err)
			return
		}
		gather, err := t.store.gather()
		if err != nil {
			yield(nil, err)
			return
		}
		b := builder{t: t}
		for o := range uint32(t.keys.len()) { //nolint:gosec // keys are fewer
			if o%contextEvery == 0 && t.ctx.Err() != nil {
				yield(nil, t.ctx.Err())
				return
			}
			b.reset()
			if err := gather(o, b.add); err != nil {
				yield(nil, err)
				return
			}
			if !b.give(o, yield) {
				return
			}
		}
	}
}

// builder puts one person together.
type builder struct {
	t       *tables
	rows    []storedRow // of one person, in the order read
	person  record.Person
	serials [record.NumFields]int
}

func (b *builder) reset() { b.rows = b.rows[:0] }

func (b *builder) add(row []byte) { b.rows = append(b.rows, b.t.decodeRow(row)) }

// give yields the person, or leaves it out. A second row of the same person
// is given as a person without rows, so that the rules find the repeated key.
func (b *builder) give(o uint32, yield func(*record.Person, error) bool) bool {
	reason := b.t.reason(o)
	first := true
	for i := range b.rows {
		r := &b.rows[i]
		if r.feed.class != record.PersonRow || r.feed.adds {
			continue
		}
		if reason != "" {
			b.t.ledger.leave(record.PersonRow, reason)
			continue
		}
		b.build(o, r, first)
		first = false
		if !yield(&b.person, nil) {
			return false
		}
	}
	if reason == OtherMunicipality {
		b.leaveRows()
	}
	return true
}

// leaveRows leaves out the rows of a person whose number was learnt after
// them: only then are any stored.
func (b *builder) leaveRows() {
	for i := range b.rows {
		if c := b.rows[i].feed.class; c != record.PersonRow {
			b.t.ledger.leave(c, OtherMunicipality)
		}
	}
}

// reason tells why a person is left out, empty for taken.
func (t *tables) reason(o uint32) string {
	switch s := t.state[o]; {
	case s&elsewhere != 0:
		return OtherMunicipality
	case s&hasRows != 0:
		return ""
	case s&hadOutside != 0:
		return OutsidePeriod
	default:
		return NoRows
	}
}

// build makes the person from a person's row, what other tables add to it,
// and, for the first, the rows.
func (b *builder) build(o uint32, own *storedRow, withRows bool) {
	p := &b.person
	p.Reset()
	i := p.Add(record.PersonRow, own.line)
	b.fields(i, own)
	for r := range b.rows {
		if add := &b.rows[r]; add.feed.adds {
			b.fields(i, add)
		}
	}
	if !p.Row(i).Has(record.PePeID) {
		p.Set(i, record.PePeID, b.t.keys.key(o), own.line)
	}
	b.t.ledger.take(record.PersonRow)
	b.t.ledger.fillDistrict(&p.Rows, record.PersonRow, record.PeBydelsnr, "")
	b.t.number.field(&p.Rows, i, record.PersonRow, record.PeKomnr)
	if !withRows {
		return
	}
	for c := record.Personoppl; c < record.NumClasses; c++ {
		for r := range b.rows {
			if b.rows[r].feed.class == c {
				b.child(c, &b.rows[r])
			}
		}
	}
}

func (b *builder) child(c record.Class, r *storedRow) {
	p := &b.person
	i := p.Add(c, r.line)
	p.Set(i, c.PersonIDField(), p.Get(record.PePeID), r.line)
	b.fields(i, r)
	b.t.ledger.take(c)
}

// fields sets the values a stored row has. What is set already stays: the
// first table to tell something is the one that counts.
func (b *builder) fields(i int, r *storedRow) {
	f, p, values := r.feed, &b.person, r.values
	for v, field := range f.fields {
		var text []byte
		switch {
		case f.binding.Serial(v):
			b.serials[field]++
			text = strconv.AppendInt(nil, int64(b.serials[field]), 10)
		case f.binding.Fixed(v):
			text = f.binding.Constant(v)
		default:
			length, n := binary.Uvarint(values)
			values = values[n:]
			if length > 0 {
				text, values = values[:length-1], values[length-1:]
			}
		}
		if text == nil || f.absent[v] || p.Row(i).Has(field) {
			continue
		}
		p.Set(i, field, text, r.line)
	}
	for c, n := range r.changes {
		b.t.ledger.change(f.class, table.Change(c).String(), int(n)) //nolint:gosec // NumChanges
	}
}
