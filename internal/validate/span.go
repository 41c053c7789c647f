package validate

import (
	"cmp"
	"slices"

	"iplos/internal/record"
)

// endless is the last day of what has no end.
const endless record.Date = 99991231

// span is a row's time with the value it holds for it.
type span struct {
	from, to record.Date
	value    int32
	row      int
}

// spanOf returns a row's time; an absent end is no end. It returns false when
// the beginning is absent, either is no date, or they stand in the wrong
// order: other rules report those.
func (v *Validator) spanOf(row int, from, to record.Field) (span, bool) {
	f, fOK := v.view.val(row, from).date()
	t := v.view.val(row, to)
	switch {
	case !fOK || t.state != valid && t.state != absent:
		return span{}, false
	case t.state == absent:
		return span{from: f, to: endless, row: row}, true
	default:
		return span{from: f, to: record.Date(t.n), row: row}, f <= record.Date(t.n)
	}
}

// overlap finds two spans of different values that share time. The last day
// of one may be the first of the next. The spans are sorted on the way, so
// that even thousands in one person take no time.
func overlap(spans []span) (a, b span, ok bool) {
	if len(spans) < 2 {
		return a, b, false
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.row, b.row))
	})
	// last is the span that ends last so far, other the one that ends last
	// of those with another value than last.
	last, other, hasOther := spans[0], span{}, false
	for _, s := range spans[1:] {
		switch {
		case s.value != last.value && share(last, s):
			return last, s, true
		case hasOther && s.value != other.value && share(other, s):
			return other, s, true
		}
		switch {
		case s.to > last.to && s.value != last.value:
			last, other, hasOther = s, last, true
		case s.to > last.to:
			last = s
		case s.value != last.value && (!hasOther || s.to > other.to):
			other, hasOther = s, true
		}
	}
	return a, b, false
}

// share tells whether b, which does not begin before a, begins in it.
func share(a, b span) bool { return b.from < a.to || b.from == a.from }
