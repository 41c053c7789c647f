package extract

import (
	"math"
	"strconv"

	"iplos/internal/record"
)

// refused is tjVedtak for a refusal.
const refused = "2"

// period decides which rows of tables belong to the data year.
type period struct{ first, last record.Date }

func dataYear(year int) period {
	return period{record.MakeDate(year, 1, 1), record.MakeDate(year, 12, 31)}
}

func yearText(year int) string { return strconv.Itoa(year) }

// bounds are where a class keeps a row's validity.
type bounds struct{ from, to int }

// validity returns the places of a row's from and to among the values, -1
// where the table has none.
func validity(fields []record.Field) bounds {
	b := bounds{-1, -1}
	for i, f := range fields {
		switch f {
		case record.PoFraDato, record.FnFraDato, record.TjFraDato, record.DiFraDato, record.DgFraDato:
			b.from = i
		case record.PoTilDato, record.FnTilDato, record.TjTilDato, record.DiTilDato, record.DgTilDato:
			b.to = i
		default:
		}
	}
	return b
}

// day returns a date as a number to compare, or none where there is no text
// of a date's form: an unreadable date leaves nothing out, the rules report
// it.
func day(values [][]byte, i int, none record.Date) record.Date {
	if i < 0 || i >= len(values) || !record.HasDateForm(values[i]) {
		return none
	}
	n, err := strconv.Atoi(string(values[i]))
	if err != nil {
		return none
	}
	return record.Date(n) //nolint:gosec // eight digits
}

// overlaps tells whether the validity from–to touches the year. Without an
// end a row is still valid, without a beginning it always was.
func (p period) overlaps(from, to record.Date) bool { return from <= p.last && to >= p.first }

func (p period) contains(d record.Date) bool { return p.first <= d && d <= p.last }

// rowPeriod is period for the rows of one table.
type rowPeriod struct {
	period
	class    record.Class
	at       bounds
	decided  int
	decision int
}

func newRowPeriod(p period, c record.Class, fields []record.Field) rowPeriod {
	r := rowPeriod{period: p, class: c, at: validity(fields), decided: -1, decision: -1}
	for i, f := range fields {
		switch f {
		case record.TjVedtDato:
			r.decided = i
		case record.TjVedtak:
			r.decision = i
		default:
		}
	}
	return r
}

// belongs tells whether a row is of the data year.
func (r *rowPeriod) belongs(values [][]byte) bool {
	from := day(values, r.at.from, 0)
	to := day(values, r.at.to, math.MaxInt32)
	if r.class != record.Tjeneste {
		return r.overlaps(from, to)
	}
	decided := day(values, r.decided, 0)
	if decided != 0 && r.contains(decided) {
		return true
	}
	// What was refused, and never had a validity, belongs where it was
	// decided and nowhere else.
	if decided != 0 && from == 0 && to == math.MaxInt32 && r.refusal(values) {
		return false
	}
	return r.overlaps(from, to)
}

func (r *rowPeriod) refusal(values [][]byte) bool {
	return r.decision >= 0 && string(values[r.decision]) == refused
}
