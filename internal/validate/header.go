package validate

import (
	"slices"
	"strconv"
	"strings"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/register"
)

func headerRules() []Rule {
	field := func(fs ...record.Field) []record.Field { return fs }
	return []Rule{
		{ID: "MIN-KOMNR", Severity: finding.Error, Unit: UnitFile, Class: record.Innhinfo, Fields: field(record.IiKomnr), Sources: []Source{Guide}, header: municipality},
		{ID: "MIN-BYDEL", Severity: finding.Error, Unit: UnitFile, Class: record.Innhinfo, Fields: field(record.IiBydelsnr), Sources: []Source{Guide}, header: district},
		{ID: "PERIOD", Severity: finding.Error, Unit: UnitFile, Class: record.Innhinfo, Fields: field(record.IiFraDato, record.IiTilDato), Sources: []Source{Guide}, header: period},
		{ID: "PERIOD-MADE", Severity: finding.Warning, Unit: UnitFile, Class: record.Innhinfo, Fields: field(record.IiLagetDato), Sources: []Source{Practice}, header: periodMade},
	}
}

// readHeaderDates keeps what rules on persons compare with. A period that is
// not the data year is a finding of its own, and ages are then still taken at
// the end of the data year.
func (v *Validator) readHeaderDates() {
	v.periodEnd = record.MakeDate(v.opts.Year, 12, 31)
	if d, ok := v.view.val(0, record.IiLagetDato).date(); ok {
		v.madeOn = d
	}
}

func (v *Validator) yearText() string { return strconv.Itoa(v.opts.Year) }

// validKomnr tells whether four characters are a municipality number of the
// data year.
func (v *Validator) validKomnr(text []byte) bool {
	if len(text) != 4 {
		return false
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return v.komnr[n/64]>>(n%64)&1 == 1
}

func municipality(v *Validator, r *active) {
	if v.view.val(0, record.IiKomnr).state != valid {
		return
	}
	text := v.view.text(0, record.IiKomnr)
	number := string(text)
	switch configured := v.opts.Municipality; {
	case !v.validKomnr(text):
		v.wrongNumber(r, number)
	case configured == "" || configured == number:
	case sameMunicipality(configured, number, v.opts.Year):
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.config", "number", number, "configured", configured, "year", v.yearText())
	case partOf(number, configured, v.opts.Year):
		right, _ := register.NumberIn(configured, v.opts.Year)
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.part", "number", number, "configured", configured,
			"confname", nameOf(configured), "year", v.yearText(), "right", listed(right))
	case nameOf(configured) == "":
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.none", "number", number, "name", nameOf(number), "configured", configured)
	default:
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.other", "number", number, "name", nameOf(number), "configured", configured, "confname", nameOf(configured))
	}
}

// wrongNumber names the right number when the one given is that of the same
// municipality in another year.
func (v *Validator) wrongNumber(r *active, number string) {
	right, by := register.NumberIn(number, v.opts.Year)
	switch {
	case len(right) == 0:
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message", append(shown([]byte(number)), "year", v.yearText())...)
	case len(by) == 1:
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.became",
			"from", by[0].From, "to", by[0].To, "date", record.Date(by[0].FirstDay),
			"year", v.yearText(), "right", right[0].Number, "name", right[0].Name)
	case len(right) == 1:
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.then", "number", number, "year", v.yearText(), "right", listed(right))
	default:
		v.add(r, 0, record.IiKomnr, "rule.MIN-KOMNR.message.several",
			"number", number, "year", v.yearText(), "right", listed(right), "count", len(right))
	}
}

func listed(municipalities []register.Municipality) string {
	var list []string
	for _, m := range municipalities {
		list = append(list, m.Number+" "+m.Name)
	}
	return strings.Join(list, ", ")
}

// partOf tells whether the configured number is that of a municipality merged
// later, of which the number was one.
func partOf(number, configured string, year int) bool {
	right, _ := register.NumberIn(configured, year)
	return len(right) > 1 && slices.ContainsFunc(right, func(m register.Municipality) bool { return m.Number == number })
}

// sameMunicipality tells whether the configured number is another year's
// number of the municipality that has the number in the data year.
func sameMunicipality(configured, number string, year int) bool {
	right, _ := register.NumberIn(configured, year)
	return len(right) == 1 && right[0].Number == number
}

func nameOf(number string) string {
	m, _ := register.Known(number)
	return m.Name
}

func district(v *Validator, r *active) {
	if v.view.val(0, record.IiBydelsnr).state != valid {
		return
	}
	text := v.view.text(0, record.IiBydelsnr)
	agreed := v.opts.District
	switch {
	case len(text) != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9':
		v.add(r, 0, record.IiBydelsnr, "rule.MIN-BYDEL.message", shown(text)...)
	case string(text) == "00" || string(text) == agreed:
	case agreed == "" || agreed == "00":
		v.add(r, 0, record.IiBydelsnr, "rule.MIN-BYDEL.message.none", "district", string(text))
	default:
		v.add(r, 0, record.IiBydelsnr, "rule.MIN-BYDEL.message.other", "district", string(text), "agreed", agreed)
	}
}

func period(v *Validator, r *active) {
	from, fromOK := v.view.val(0, record.IiFraDato).date()
	to, toOK := v.view.val(0, record.IiTilDato).date()
	first, last := record.MakeDate(v.opts.Year, 1, 1), record.MakeDate(v.opts.Year, 12, 31)
	f := record.IiFraDato
	switch {
	case fromOK && from != first:
	case toOK && to != last:
		f = record.IiTilDato
	default:
		return
	}
	if fromOK && toOK {
		v.add(r, 0, f, "rule.PERIOD.message", "from", from, "to", to, "year", v.yearText())
		return
	}
	v.add(r, 0, f, "rule.PERIOD.message.one", "date", max(from, to), "year", v.yearText())
}

func periodMade(v *Validator, r *active) {
	end := v.periodEnd
	if to, ok := v.view.val(0, record.IiTilDato).date(); ok {
		end = min(end, to)
	}
	switch made := v.madeOn; {
	case made == 0:
	case v.opts.Today != 0 && made > v.opts.Today:
		v.add(r, 0, record.IiLagetDato, "rule.PERIOD-MADE.message.future", "made", made)
	case made < end:
		v.add(r, 0, record.IiLagetDato, "rule.PERIOD-MADE.message", "made", made, "end", end)
	}
}
