package extract

import (
	"maps"
	"slices"

	"iplos/internal/record"
	"iplos/internal/table"
)

// Reasons why a row is left out.
const (
	// OutsidePeriod is a row that was not valid in the data year, or a person
	// with only such rows.
	OutsidePeriod = "outside_period"
	// NoRows is a person without any row.
	NoRows = "no_rows"
	// NoPerson is a row whose person key is in no person table.
	NoPerson = "no_person"
	// NoKey is a row without a person key.
	NoKey = "no_key"
	// OtherMunicipality is a person, or a person's row, that is reported
	// under another number.
	OtherMunicipality = "other_municipality"
	// EmptyRow is a row with nothing in the mapped columns.
	EmptyRow = "empty_row"
	// RepeatedRow is a person's row that a distinct table has again.
	RepeatedRow = "repeated_row"
)

// Ways in which a value is changed, beside those a mapping profile makes.
const (
	// DistrictFilled is an empty district made 00, DistrictAgreed one made the
	// district that the municipality has agreed on.
	DistrictFilled = "district"
	DistrictAgreed = "district_agreed"
	// MunicipalityTranslated is a number of another year replaced.
	MunicipalityTranslated = "municipality"
)

// Account says what became of everything read. It adds up: in each class,
// Read is Taken and all of LeftOut.
type Account struct {
	// Classes holds a tally for each class that had rows, PERSON included.
	Classes map[string]Tally `json:"classes"`
	// Tables lists the tables read, and Unused the ones that fed nothing.
	Tables []TableUse `json:"tables,omitempty"`
	Unused []string   `json:"unused_tables,omitempty"`
	// Municipalities are the numbers of another year that were replaced.
	Municipalities []Translation `json:"municipalities,omitempty"`
	// Notes are what deserves a look.
	Notes []Note `json:"notes,omitempty"`
}

// Translation is a municipality number replaced by the data year's, and how
// often in a class.
type Translation struct {
	Class string `json:"class"`
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
}

// Tally counts the rows of a class.
type Tally struct {
	Read    int            `json:"read"`
	Taken   int            `json:"taken"`
	LeftOut map[string]int `json:"left_out,omitempty"`
	// Changed counts values rewritten in the rows taken, by how.
	Changed map[string]int `json:"changed,omitempty"`
}

// TableUse is how a table was read.
type TableUse struct {
	Name    string   `json:"name"`
	Classes []string `json:"classes"`
	Rows    int      `json:"rows"`
}

// Note is something in the tables that deserves a look. Code names a text
// "extract.note.<code>".
type Note struct {
	Code  string `json:"code"`
	Table string `json:"table,omitempty"`
	Class string `json:"class,omitempty"`
	Field string `json:"field,omitempty"`
	Count int    `json:"count,omitempty"`
}

// The codes of notes.
const (
	// NoteLostZeros: numbers one digit short, as when a spreadsheet drops the
	// leading zero; the profile can pad them.
	NoteLostZeros = "lost-zeros"
	// NoteUnknownCode: values that stand in no translation, kept as they are.
	NoteUnknownCode = "unknown-code"
	// NoteUnmapped: columns that feed nothing.
	NoteUnmapped = "unmapped-columns"
	// NoteUnfed: a field every row should have and no column feeds.
	NoteUnfed = "unfed-field"
	// NoteFormulas: cells with formulas; their saved values are taken.
	NoteFormulas = "formulas"
	// NoteNotInMessage: a mapped field that this version of the message does
	// not have.
	NoteNotInMessage = "not-in-message"
	// NoteShared: persons whose home municipality does not tell which of the
	// merged municipalities they belong to; they are taken each time.
	NoteShared = "shared-persons"
	// NoteAddsNobody: rows that add to persons who are in no person table.
	NoteAddsNobody = "adds-nobody"
	// NoteUntranslated: municipality numbers of another year, kept because
	// several numbers could replace them or none may.
	NoteUntranslated = "untranslated"
)

// NoteCodes returns all codes, for the catalogue's test.
func NoteCodes() []string {
	return []string{
		NoteLostZeros, NoteUnknownCode, NoteUnmapped, NoteUnfed, NoteFormulas,
		NoteNotInMessage, NoteShared, NoteAddsNobody, NoteUntranslated,
	}
}

// LeftOutReasons returns the reasons a row is left out for; each names a text
// "extract.left_out.<reason>".
func LeftOutReasons() []string {
	return []string{OutsidePeriod, NoRows, NoPerson, NoKey, OtherMunicipality, EmptyRow, RepeatedRow}
}

// ledger is an Account while it is being counted.
type ledger struct {
	tallies [record.NumClasses]Tally
	tables  []TableUse
	unused  []string
	notes   []Note
	numbers []Translation
}

func (l *ledger) read(c record.Class) { l.tallies[c].Read++ }
func (l *ledger) take(c record.Class) { l.tallies[c].Taken++ }

func (l *ledger) leave(c record.Class, reason string) {
	t := &l.tallies[c]
	if t.LeftOut == nil {
		t.LeftOut = map[string]int{}
	}
	t.LeftOut[reason]++
}

func (l *ledger) change(c record.Class, how string, n int) {
	if n == 0 {
		return
	}
	t := &l.tallies[c]
	if t.Changed == nil {
		t.Changed = map[string]int{}
	}
	t.Changed[how] += n
}

// note adds a note, or to the count of an equal one.
func (l *ledger) note(n Note) {
	for i := range l.notes {
		was := &l.notes[i]
		if was.Code == n.Code && was.Table == n.Table && was.Class == n.Class && was.Field == n.Field {
			was.Count += n.Count
			return
		}
	}
	l.notes = append(l.notes, n)
}

// translate counts a municipality number that was replaced.
func (l *ledger) translate(c record.Class, from, to string) {
	l.change(c, MunicipalityTranslated, 1)
	for i := range l.numbers {
		if n := &l.numbers[i]; n.Class == c.String() && n.From == from && n.To == to {
			n.Count++
			return
		}
	}
	l.numbers = append(l.numbers, Translation{c.String(), from, to, 1})
}

// account returns the figures as they stand.
func (l *ledger) account() Account {
	a := Account{
		Classes: map[string]Tally{}, Tables: slices.Clone(l.tables), Unused: slices.Clone(l.unused),
		Municipalities: slices.Clone(l.numbers), Notes: slices.Clone(l.notes),
	}
	for c := range l.tallies {
		t := l.tallies[c]
		if t.Read == 0 && len(t.Changed) == 0 {
			continue
		}
		t.LeftOut, t.Changed = maps.Clone(t.LeftOut), maps.Clone(t.Changed)
		a.Classes[record.Class(c).String()] = t
	}
	return a
}

// Changes returns the ways in which a value is changed; each names a text
// "extract.changed.<change>".
func Changes() []string {
	out := []string{DistrictFilled, DistrictAgreed, MunicipalityTranslated}
	for c := range table.Change(table.NumChanges) {
		out = append(out, c.String())
	}
	return out
}
