package extract

import (
	"strings"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/register"
)

// translator replaces municipality numbers of another year, where that is
// allowed and there is one answer.
type translator struct {
	year    int
	allowed bool
	ledger  *ledger
	known   map[string]answer
}

func newTranslator(year int, allowed bool, l *ledger) translator {
	return translator{year: year, allowed: allowed, ledger: l, known: map[string]answer{}}
}

// answer is what is known of a number.
type answer struct {
	now string // in the data year, empty when there is no one answer
	// elsewhere says that the number is, or was, a municipality's in another
	// year.
	elsewhere bool
}

// number returns what the number was called in the data year: the number
// itself where it was valid.
func (t *translator) number(was []byte) answer {
	if a, ok := t.known[string(was)]; ok {
		return a
	}
	number := string(was)
	var a answer
	if _, ok := register.InYear(number, t.year); ok {
		a.now = number
	} else {
		in, _ := register.NumberIn(number, t.year)
		a.elsewhere = len(in) > 0
		if len(in) == 1 {
			a.now = in[0].Number
		}
	}
	if len(t.known) < 10_000 { // what an export holds is never trusted to be few
		t.known[number] = a
	}
	return a
}

// field translates a field of row i, and counts.
func (t *translator) field(r *record.Rows, i int, c record.Class, f record.Field) {
	if t.year == 0 || r.Len() <= i {
		return
	}
	row := r.Row(i)
	was := row.Get(f)
	if len(was) != 4 {
		return
	}
	a := t.number(was)
	switch {
	case !a.elsewhere:
	case a.now != "" && t.allowed:
		t.ledger.translate(c, string(was), a.now)
		r.SetString(i, f, a.now, row.FieldLine(f))
	default:
		t.ledger.note(Note{Code: NoteUntranslated, Class: c.String(), Field: f.Name(), Count: 1})
	}
}

// merged returns a fault when a municipality of tables exists only after the
// data year and was several then: each is a submission of its own.
func merged(number string, year int) error {
	if _, ok := register.InYear(number, year); ok || number == "" {
		return nil
	}
	in, _ := register.NumberIn(number, year)
	if len(in) < 2 {
		return nil
	}
	var names []string
	for _, m := range in {
		names = append(names, m.Number+" "+m.Name)
	}
	return fault.New(fault.Usage, "extract.municipality.merged", "number", number, "year", yearText(year),
		"numbers", strings.Join(names, ", "), "first", in[0].Number)
}

// siblings returns the other numbers that later became the same municipality
// as the number: persons who carry one of them are reported under it.
func siblings(number string) map[string]bool {
	others := map[string]bool{}
	for _, to := range register.Successors(number) {
		for _, from := range register.Predecessors(to.To) {
			if from.From != number {
				others[from.From] = true
			}
		}
	}
	return others
}

// becomes tells whether a number was one of those that became a merged
// municipality.
func becomes(number, mergedNumber string) bool {
	for _, to := range register.Successors(number) {
		if to.To == mergedNumber {
			return true
		}
	}
	return false
}
