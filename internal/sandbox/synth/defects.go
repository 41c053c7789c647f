package synth

import (
	"slices"
	"strconv"

	"iplos/internal/finding"
	"iplos/internal/record"
)

// Defect is one planted fault: the rule that shall find it, and where.
type Defect struct {
	Rule     string
	Severity finding.Severity
	Class    record.Class
	Field    record.Field
	// Person and Row are pePeID and the row's id; Row is empty when the rule
	// counts persons.
	Person, Row string
}

// defect is a kind of fault: plant puts it into the person at hand and says
// where it stands, or returns false for a person it does not fit.
type defect struct {
	rule     string
	severity finding.Severity
	plant    func(*maker) (row int, f record.Field, ok bool)
}

// DefectRules returns the rules a defect can be planted for.
func DefectRules() []string {
	var ids []string
	for _, d := range defects() {
		ids = append(ids, d.rule)
	}
	return ids
}

// defects is the table of what can be planted in a person of the 2017
// message; those of the identity fit no other. Those that block the file
// come last.
func defects() []defect {
	const info, minimum, warning, blocking = finding.Info, finding.Minimum, finding.Warning, finding.Error
	return []defect{
		{"MIN-IDENT", minimum, plantNoIdentity},
		{"ID-FORMAT", minimum, plantShortIdentity},
		{"ID-DATE", minimum, plantImpossibleBirth},
		{"ID-CHECKSUM", minimum, plantWrongControl},
		{"ID-DUP", minimum, plantSameIdentity},
		{"ID-SEX", warning, plantOtherSex},
		{"ID-AGE", warning, plantOtherAge},
		{"PER-KOMNR", warning, plantText(record.PersonRow, record.PeKomnr, "9999")},
		{"XML-MISSING", minimum, plantAbsent(record.Personoppl, record.PoHusstand)},
		{"MIN-TJENESTE", minimum, plantNoService},
		{"SRV-CODE", warning, plantServiceCode},
		{"ORG-MISSING", minimum, plantNoPlace},
		{"ORG-FORBIDDEN", minimum, plantForbiddenPlace},
		{"ORG-FORMAT", minimum, plantWrongPlace},
		{"SRV-HOURS", warning, plantHours},
		{"SRV-DEAD", warning, plantDeath},
		{"SRV-OVERLAP", warning, plantOverlap},
		{"SRV-OUTSIDE", warning, plantOutside},
		{"DATE-INVALID", warning, plantNoSuchDay},
		{"DATE-ORDER", warning, plantOrder},
		{"DATE-RANGE", warning, plantLongAgo},
		{"FUN-CODE", warning, plantText(record.Funksjon, record.FnFunkType, "19")},
		{"DIAG-FORMAT", warning, plantText(record.Diagnose, record.DiDiagKode, "???")},
		{"DIAG-RESERVED", warning, plantReserved},
		{"SRV-HOURS-MISSING", info, plantNoHours},
		{"FUN-MISSING", info, plantUnassessed},
		{"FUN-OVERLAP", info, plantTwoValues},
		{"XML-VALUE", blocking, plantText(record.Personoppl, record.PoBoligTilr, "7")},
		{"KEY-PARENT", blocking, plantText(record.Funksjon, record.FnPeID, "999999999")},
		{"KEY-DUP", blocking, plantSameRow},
	}
}

// planter spreads the defects over the persons: at most one in a person, so
// that none hides another.
type planter struct {
	waiting []defect
	stride  int
	due     int // the first person to try next
	planted []Defect
}

func newPlanter(g *Generator) *planter {
	pl := &planter{}
	for _, d := range defects() {
		wanted := g.opts.Defects == All || (g.opts.Defects == Sendable && d.severity < finding.Error)
		if g.opts.Kinds != nil {
			wanted = slices.Contains(g.opts.Kinds, d.rule)
		}
		if wanted {
			pl.waiting = append(pl.waiting, d)
		}
	}
	// The last third of the persons are for the defects that fit few.
	pl.stride = max(1, g.opts.Persons*2/3/(len(pl.waiting)+1))
	pl.due = pl.stride - 1
	return pl
}

func (pl *planter) maybePlant(i int, m *maker) {
	if len(pl.waiting) == 0 || i < pl.due {
		return
	}
	for n, d := range pl.waiting {
		row, f, ok := d.plant(m)
		if !ok {
			continue
		}
		m.changed = true
		pl.due = i + pl.stride
		pl.waiting = slices.Delete(pl.waiting, n, n+1)
		pl.planted = append(pl.planted, m.describe(d, row, f))
		return
	}
}

func (m *maker) describe(d defect, row int, f record.Field) Defect {
	r := m.p.Row(row)
	out := Defect{
		Rule: d.rule, Severity: d.severity, Class: r.Class(), Field: f,
		Person: strconv.Itoa(m.row[record.PersonRow]),
	}
	if row != 0 {
		out.Row = string(r.Get(r.Class().RowIDField()))
	}
	return out
}

// first returns the index of the first row of a class that fits.
func (m *maker) first(c record.Class, fits func(record.Row) bool) (int, bool) {
	for r := range m.p.All(c) {
		if fits(r) {
			return r.Index(), true
		}
	}
	return 0, false
}

func anyRow(record.Row) bool { return true }

// plantText overwrites a field of the first row of a class.
func plantText(c record.Class, f record.Field, text string) func(*maker) (int, record.Field, bool) {
	return func(m *maker) (int, record.Field, bool) {
		i, ok := m.first(c, anyRow)
		if ok {
			m.text(i, f, text)
		}
		return i, f, ok
	}
}

// plantAbsent leaves a field out of the first row of a class.
func plantAbsent(c record.Class, f record.Field) func(*maker) (int, record.Field, bool) {
	return func(m *maker) (int, record.Field, bool) {
		i, ok := m.first(c, anyRow)
		if ok {
			m.rebuild(func(r record.Row, g record.Field) bool { return r.Index() != i || g != f }, nil)
		}
		return i, f, ok
	}
}

// rebuild writes the person anew, rows in the message's order, with the fields
// and rows that are kept: Rows has no way to take anything out. A nil function
// keeps everything.
func (m *maker) rebuild(keepField func(record.Row, record.Field) bool, keepRow func(record.Row) bool) {
	var old record.Person
	old, m.p = m.p, record.Person{}
	for _, c := range append([]record.Class{record.PersonRow}, record.ChildClasses()...) {
		for r := range old.All(c) {
			if keepRow == nil || keepRow(r) {
				m.copyRow(r, keepField)
			}
		}
	}
}

func (m *maker) copyRow(r record.Row, keep func(record.Row, record.Field) bool) {
	n := m.p.Add(r.Class(), r.Line())
	for _, f := range r.Class().Fields() {
		if r.Has(f) && (keep == nil || keep(r, f)) {
			m.p.Set(n, f, r.Get(f), r.FieldLine(f))
		}
	}
}
