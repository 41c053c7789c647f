package extract

import (
	"bytes"

	"iplos/internal/record"
)

// noDistrict is the district of a municipality that does not report by
// district.
const noDistrict = "00"

// fillDistrict fills an empty district of the first row and counts it: with
// the one the municipality has agreed on, else 00. In a message an element
// that is not there at all is a fault of its own and stays one.
func (l *ledger) fillDistrict(r *record.Rows, c record.Class, f record.Field, agreed string) {
	row := r.Row(0)
	if len(bytes.TrimSpace(row.Get(f))) > 0 {
		return
	}
	line := row.Line()
	if row.Has(f) {
		line = row.FieldLine(f)
	}
	if agreed == "" || agreed == noDistrict {
		r.SetString(0, f, noDistrict, line)
		l.change(c, DistrictFilled, 1)
		return
	}
	r.SetString(0, f, agreed, line)
	l.change(c, DistrictAgreed, 1)
}
