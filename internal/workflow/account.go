package workflow

import (
	"maps"
	"slices"
	"strings"

	"iplos/internal/extract"
	"iplos/internal/record"
	"iplos/internal/report"
	"iplos/internal/ui/lang"
)

// AccountLines lists what was read, taken, left out and changed, by class in
// the message's order; each class's lines add up.
func AccountLines(a extract.Account, p *lang.Printer) []report.AccountLine {
	var lines []report.AccountLine
	for _, c := range append([]record.Class{record.Innhinfo, record.PersonRow}, record.ChildClasses()...) {
		t, ok := a.Classes[c.String()]
		// The header is always there; it is worth a line when it was changed.
		if !ok || c == record.Innhinfo && len(t.Changed) == 0 {
			continue
		}
		// Where nothing was left out or changed there is nothing to read.
		dull := t.Read == t.Taken && len(t.Changed) == 0
		add := func(key, text string, n int) {
			lines = append(lines, report.AccountLine{Key: c.String() + "." + key, Text: text, Count: n, Minor: dull})
		}
		if t.Read > 0 { // a header that the tables do not have is made
			add("read", p.T("account.read", "class", c.String()), t.Read)
			add("taken", p.T("account.taken", "class", c.String()), t.Taken)
		}
		for _, reason := range slices.Sorted(maps.Keys(t.LeftOut)) {
			add("left_out."+reason, p.T("account.left-out", "class", c.String(), "reason", p.T("extract.left_out."+reason)), t.LeftOut[reason])
		}
		for _, how := range slices.Sorted(maps.Keys(t.Changed)) {
			add("changed."+how, p.T("account.changed", "class", c.String(), "how", p.T("extract.changed."+how, "numbers", numbers(a, c))), t.Changed[how])
		}
	}
	return lines
}

// maxNumbers bounds the municipality numbers named in a line.
const maxNumbers = 5

// numbers names the municipality numbers that were replaced in a class, after
// a space.
func numbers(a extract.Account, c record.Class) string {
	var list []string
	for _, n := range a.Municipalities {
		if n.Class != c.String() {
			continue
		}
		if len(list) == maxNumbers {
			list = append(list, "…")
			break
		}
		list = append(list, n.From+" → "+n.To)
	}
	if list == nil {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// noteAccount tells what in the tables deserves a look.
func (r *Run) noteAccount(a extract.Account) {
	for _, n := range a.Notes {
		r.Person.Note("extract.note."+n.Code, "table", n.Table, "class", n.Class, "field", n.Field, "count", n.Count)
	}
}
