package validate

import (
	"strconv"

	"iplos/internal/finding"
	"iplos/internal/record"
)

func dateRules() []Rule {
	return []Rule{
		{ID: "DATE-INVALID", Severity: finding.Warning, Unit: UnitField, Sources: []Source{Practice}, header: noSuchDay, person: noSuchDay},
		{
			ID: "DATE-ORDER", Severity: finding.Warning, Unit: UnitRow, Sources: []Source{KPR},
			Fields: []record.Field{
				record.PoFraDato, record.FnFraDato, record.TjFraDato, record.TjVedtDato, record.DiFraDato, record.DgFraDato,
			},
			person: dateOrder,
		},
		{ID: "DATE-RANGE", Severity: finding.Warning, Unit: UnitRow, Class: record.Tjeneste, Fields: []record.Field{record.TjFraDato}, Sources: []Source{KPR}, person: dateRange},
	}
}

func yearArg(year int) string { return strconv.Itoa(year) }

func noSuchDay(v *Validator, r *active) {
	w := &v.view
	if !w.hasNoDay {
		return
	}
	for i := range w.first {
		for _, f := range w.rows.Row(i).Class().Fields() {
			if w.val(i, f).state == noDay {
				v.add(r, i, f, "rule.DATE-INVALID.message",
					"value", string(w.text(i, f)), "field", finding.FieldName(f.Name()), "name", f.Name(), "place", v.placeOf(i))
			}
		}
	}
}

func dateOrder(v *Validator, r *active) {
	v.ordered(r, record.Personoppl, record.PoFraDato, record.PoTilDato)
	v.ordered(r, record.Funksjon, record.FnFraDato, record.FnTilDato)
	v.orderedServices(r)
	v.ordered(r, record.Diagnose, record.DiFraDato, record.DiTilDato)
	v.ordered(r, record.Dogntilbud, record.DgFraDato, record.DgTilDato)
}

// wrongOrder tells that both dates are there and the first is after the
// second.
func (v *Validator) wrongOrder(row int, first, second record.Field) bool {
	a, b := v.view.val(row, first), v.view.val(row, second)
	return a.n > b.n && a.state == valid && b.state == valid
}

func (v *Validator) ordered(r *active, c record.Class, first, second record.Field) {
	for _, row := range v.view.byClass[c] {
		if v.wrongOrder(row, first, second) {
			v.orderFinding(r, row, first, second, "rule.DATE-ORDER.message")
		}
	}
}

// orderedServices looks at two pairs and gives at most one finding a row.
func (v *Validator) orderedServices(r *active) {
	for _, row := range v.view.byClass[record.Tjeneste] {
		switch {
		case v.wrongOrder(row, record.TjFraDato, record.TjTilDato):
			v.orderFinding(r, row, record.TjFraDato, record.TjTilDato, "rule.DATE-ORDER.message")
		case v.wrongOrder(row, record.TjSoknadDato, record.TjVedtDato):
			v.orderFinding(r, row, record.TjVedtDato, record.TjSoknadDato, "rule.DATE-ORDER.message.decision")
		}
	}
}

func (v *Validator) orderFinding(r *active, row int, at, other record.Field, message string) {
	v.add(r, row, at, message,
		"date", record.Date(v.view.val(row, at).n), "other", record.Date(v.view.val(row, other).n), "place", v.placeOf(row))
}

func dateRange(v *Validator, r *active) {
	for _, row := range v.view.byClass[record.Tjeneste] {
		from, ok := v.view.val(row, record.TjFraDato).date()
		if ok && from.Year() < v.pack.FirstServiceYear {
			v.add(r, row, record.TjFraDato, "rule.DATE-RANGE.message",
				"from", from, "first", yearArg(v.pack.FirstServiceYear), "place", v.place(row))
		}
	}
}
