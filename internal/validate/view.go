package validate

import "iplos/internal/record"

// state says what is known of a field's value.
type state uint8

const (
	absent  state = iota
	valid         // the value is what its type says
	invalid       // it breaks its type
	noDay         // a date of the right form that does not exist
)

// value is a field's value read by its type: the date, the number, for a
// decimal its hundredths, for an enumeration the place in the list of allowed
// values from 1. A text has none.
type value struct {
	n     int32
	state state
}

func (v value) is(n int) bool { return v.state == valid && int(v.n) == n }

func (v value) date() (record.Date, bool) { return record.Date(v.n), v.state == valid }

// view is a header or person with every value read once, for all rules.
type view struct {
	rows    *record.Rows
	vals    []value
	first   []int // the first value of each row
	byClass [record.NumClasses][]int

	// What the pass met, so that a rule on a clean person has nothing to do.
	hasAbsent, hasInvalid, hasNoDay bool
}

func (w *view) load(rows *record.Rows, c *checks) {
	w.rows = rows
	w.vals, w.first = w.vals[:0], w.first[:0]
	w.hasAbsent, w.hasInvalid, w.hasNoDay = false, false, false
	for i := range w.byClass {
		w.byClass[i] = w.byClass[i][:0]
	}
	for i := range rows.Len() {
		row := rows.Row(i)
		class := row.Class()
		w.first = append(w.first, len(w.vals))
		w.byClass[class] = append(w.byClass[class], i)
		for _, f := range class.Fields() {
			k := &c[f]
			text := row.Get(f)
			if text == nil {
				w.hasAbsent = w.hasAbsent || k.mandatory
				w.vals = append(w.vals, value{})
				continue
			}
			v := k.read(text)
			if v.state != valid {
				w.hasInvalid = w.hasInvalid || v.state == invalid
				w.hasNoDay = w.hasNoDay || v.state == noDay
			}
			w.vals = append(w.vals, v)
		}
	}
}

// val returns a field of a row; the field must be of the row's class.
func (w *view) val(row int, f record.Field) value { return w.vals[w.first[row]+f.Slot()] }

// text returns the text of a field of a row.
func (w *view) text(row int, f record.Field) []byte { return w.rows.Row(row).Get(f) }
