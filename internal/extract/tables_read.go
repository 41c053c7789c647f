package extract

import (
	"encoding/binary"
	"errors"
	"io"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/table"
)

// personState is what is known of a person beside the rows.
type personState uint8

const (
	hasRows    personState = 1 << iota // at least one row is of the data year
	hadOutside                         // at least one row was not
	elsewhere                          // reported under another number
)

// maxLines is what a record's line number can hold.
const maxLines = 1<<32 - 1

// load reads all tables into the store.
func (t *tables) load() error {
	for _, o := range t.open {
		if o.rows == nil {
			continue // the header's, read already
		}
		if err := t.loadTable(o); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) loadTable(o *openTable) error {
	base := t.lines
	t.places = append(t.places, tablePlace{o.table.File, base})
	use := TableUse{Name: o.table.File}
	for _, f := range o.feeds {
		use.Classes = append(use.Classes, f.class.String())
	}
	var row table.Mapped
	var enc []byte
	for {
		cells, err := o.rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t.readFault(err)
		}
		if use.Rows++; use.Rows%contextEvery == 0 {
			if err := t.ctx.Err(); err != nil {
				return err
			}
		}
		line := base + o.rows.Line()
		if line > maxLines {
			return fault.New(fault.Usage, "extract.tables.lines")
		}
		for _, f := range o.feeds {
			f.binding.Row(cells, &row)
			if enc, err = t.loadRow(f, &row, line, enc); err != nil {
				return err
			}
		}
	}
	t.noteValues(o)
	return t.endTable(o, use)
}

// endTable takes a table that was read into the account and closes it.
func (t *tables) endTable(o *openTable, use TableUse) error {
	t.lines += o.rows.Lines()
	t.ledger.tables = append(t.ledger.tables, use)
	err := o.rows.Close()
	o.rows = nil
	if err != nil {
		return t.readFault(err)
	}
	return nil
}

func (t *tables) noteValues(o *openTable) {
	for _, f := range o.feeds {
		for i, field := range f.fields {
			for code, n := range map[string]int{
				NoteLostZeros: f.binding.LostZeros(i), NoteUnknownCode: f.binding.UnknownCodes(i),
			} {
				if n > 0 {
					t.ledger.note(Note{Code: code, Table: o.table.File, Class: f.class.String(), Field: field.Name(), Count: n})
				}
			}
		}
	}
	if n := o.rows.Info().Formulas; n > 0 {
		t.ledger.note(Note{Code: NoteFormulas, Table: o.table.File, Count: n})
	}
}

// loadRow keeps a row or leaves it out, and says why.
func (t *tables) loadRow(f *feed, row *table.Mapped, line int, enc []byte) ([]byte, error) {
	if f.adds {
		return t.loadAddition(f, row, line, enc)
	}
	t.ledger.read(f.class)
	switch {
	case row.Blank:
		t.ledger.leave(f.class, EmptyRow)
		return enc, nil
	case len(row.Key) == 0:
		t.ledger.leave(f.class, NoKey)
		return enc, nil
	}
	var ordinal uint32
	if f.class == record.PersonRow {
		if t.keys.full(row.Key) {
			return enc, fault.New(fault.Usage, "extract.tables.keys", "limit", maxKeys>>20)
		}
		var keep bool
		if ordinal, keep = t.person(f, row); !keep {
			return enc, nil
		}
	} else {
		o, known := t.keys.find(row.Key)
		if !known {
			t.ledger.leave(f.class, NoPerson)
			return enc, nil
		}
		ordinal = o
		switch {
		case !f.period.belongs(row.Values):
			t.state[o] |= hadOutside
			t.ledger.leave(f.class, OutsidePeriod)
			return enc, nil
		case t.state[o]&elsewhere != 0:
			t.ledger.leave(f.class, OtherMunicipality)
			return enc, nil
		}
		t.state[o] |= hasRows
	}
	enc = encodeRow(enc[:0], f, row, line)
	return enc, t.store.add(ordinal, enc)
}

// loadAddition keeps fields that a further table has of a person.
func (t *tables) loadAddition(f *feed, row *table.Mapped, line int, enc []byte) ([]byte, error) {
	if row.Blank || len(row.Key) == 0 {
		return enc, nil
	}
	ordinal, known := t.keys.find(row.Key)
	if !known {
		t.ledger.note(Note{Code: NoteAddsNobody, Table: t.places[len(t.places)-1].file, Class: f.class.String(), Count: 1})
		return enc, nil
	}
	t.choose(f, row, ordinal)
	enc = encodeRow(enc[:0], f, row, line)
	return enc, t.store.add(ordinal, enc)
}

// person enters a person's row, and tells whether to keep it. A second row of
// the same person is kept, for the rules to find, unless the profile says
// that rows repeat.
func (t *tables) person(f *feed, row *table.Mapped) (uint32, bool) {
	ordinal, isNew := t.keys.add(row.Key)
	if isNew {
		t.state = append(t.state, 0)
	} else if f.repeats {
		t.ledger.leave(f.class, RepeatedRow)
		return ordinal, false
	}
	t.choose(f, row, ordinal)
	return ordinal, true
}

// choose marks persons who are reported under another number: by the
// profile's select column, else by a home municipality that was merged with
// this one later.
func (t *tables) choose(f *feed, row *table.Mapped, ordinal uint32) {
	switch {
	case f.binding.Selects():
		if string(row.Select) != t.komnr {
			t.state[ordinal] |= elsewhere
		}
	case t.selects || len(t.others) == 0:
	default:
		home := valueOf(f, row, record.PeKomnr)
		switch {
		case home == nil || string(home) == t.komnr:
		case t.others[string(home)]:
			t.state[ordinal] |= elsewhere
		default:
			t.ledger.note(Note{Code: NoteShared, Class: f.class.String(), Field: record.PeKomnr.Name(), Count: 1})
		}
	}
}

func valueOf(f *feed, row *table.Mapped, field record.Field) []byte {
	for i, have := range f.fields {
		if have == field {
			return row.Values[i]
		}
	}
	return nil
}

// encodeRow writes a row compactly: its feed, line, the changes made to it,
// and each value's length plus one (0 for none) and text. Constants and
// serials are not written; the feed knows them.
func encodeRow(dst []byte, f *feed, row *table.Mapped, line int) []byte {
	dst = append(dst, byte(f.index)) //nolint:gosec // maxFeeds
	dst = binary.AppendUvarint(dst, uint64(line))
	if row.Changes == [table.NumChanges]uint8{} {
		dst = append(dst, 0)
	} else {
		dst = append(dst, 1)
		dst = append(dst, row.Changes[:]...)
	}
	for i, v := range row.Values {
		switch {
		case f.binding.Fixed(i):
		case v == nil:
			dst = append(dst, 0)
		default:
			dst = binary.AppendUvarint(dst, uint64(len(v))+1)
			dst = append(dst, v...)
		}
	}
	return dst
}

// storedRow is a row taken apart again.
type storedRow struct {
	feed    *feed
	line    int
	changes []byte
	values  []byte
}

func (t *tables) decodeRow(b []byte) storedRow {
	r := storedRow{feed: t.feeds[b[0]]}
	line, n := binary.Uvarint(b[1:])
	r.line = int(line) //nolint:gosec // maxLines
	b = b[1+n:]
	if b[0] == 1 {
		r.changes = b[1 : 1+table.NumChanges]
		b = b[table.NumChanges:]
	}
	r.values = b[1:]
	return r
}
