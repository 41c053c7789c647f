package synth

import (
	"fmt"
	"slices"

	"iplos/internal/record"
)

// Place is a synthetic service place.
type Place struct {
	Number string
	Name   string

	kind placeKind
}

type placeKind uint8

const (
	anywhere placeKind = iota // no number, or none needed
	homeCare
	institution
	dayCentre
	hospital
)

// makePlaces gives a municipality its service places: more of them for more
// persons, each with an organisation number of its own. The seed decides where
// they begin.
func makePlaces(o Options) []Place {
	n := 1 + min(40, o.Persons/400)
	kinds := []struct {
		kind placeKind
		name string
		n    int
	}{
		{homeCare, "Øvelse hjemmetjeneste", 1 + n},
		{institution, "Øvelse sykehjem", 1 + n},
		{dayCentre, "Øvelse dagsenter", n},
		{hospital, "Øvelse sykehus", 2},
	}
	start := 1 + 200*int((o.Seed%97))
	var places []Place
	for _, k := range kinds {
		for i := range k.n {
			number := OrgNumber(start + len(places))
			places = append(places, Place{Number: number, Name: fmt.Sprintf("%s %d", k.name, i+1), kind: k.kind})
		}
	}
	return places
}

// place draws a place of a kind.
func (m *maker) place(kind placeKind) string {
	first := slices.IndexFunc(m.places, func(p Place) bool { return p.kind == kind })
	n := 0
	for first+n < len(m.places) && m.places[first+n].kind == kind {
		n++
	}
	return m.places[first+m.rng.IntN(n)].Number
}

// addStays gives some a stay in a hospital or the like.
func (m *maker) addStays() {
	w := &m.who
	if w.setting == refused || !m.chance(5) || w.to-w.from < 20 {
		return
	}
	i := m.add(record.Dogntilbud)
	from := m.between(w.from, w.to-15)
	m.text(i, record.DgInstOrgnr, m.place(hospital))
	m.date(i, record.DgFraDato, from)
	m.date(i, record.DgTilDato, m.between(from, from+14))
}

// addDiagnoses gives most of those who have not reserved themselves a code
// or two, of forms used in home care and nursing homes.
func (m *maker) addDiagnoses() {
	if m.who.silent {
		return
	}
	n := m.rng.IntN(100)
	rows := pick(n < 45, 1, pick(n < 53, 2, 0)) * m.opts.Assessments
	for range rows {
		i := m.add(record.Diagnose)
		version, code := m.diagnosis()
		m.text(i, record.DiKodeVersjon, version)
		m.text(i, record.DiDiagKode, code)
		m.date(i, record.DiFraDato, m.between(m.who.entered, m.who.to))
		m.date(i, record.DiTilDato, m.who.to)
	}
}

func (m *maker) diagnosis() (version, code string) {
	icpc := [...]string{"K86", "P70", "K90", "L95", "T90", "R95", "N87", "K77", "P76", "L90", "A28", "S97"}
	icd := [...]string{"F009", "I64", "E119", "J449", "G20", "I509", "F03", "M819", "I10", "G35"}
	if m.chance(70) {
		return "ICPC-2", icpc[m.rng.IntN(len(icpc))]
	}
	return "ICD-10", icd[m.rng.IntN(len(icd))]
}
