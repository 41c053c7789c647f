package synth

import (
	"iter"
	"math/rand/v2"
	"strconv"

	"iplos/internal/record"
)

// Generator makes one synthetic municipality. It is not safe for concurrent
// use.
type Generator struct {
	opts    Options
	profile record.Profile
	places  []Place
	planted []Defect
}

// New returns a generator. Options out of range are a fault of kind usage.
func New(opts Options) (*Generator, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	profile, _ := record.ProfileForYear(opts.Year)
	return &Generator{opts: opts, profile: profile, places: makePlaces(opts)}, nil
}

// Options returns the options with their defaults filled in.
func (g *Generator) Options() Options { return g.opts }

// Profile returns the message profile of the data year.
func (g *Generator) Profile() record.Profile { return g.profile }

// Places returns the service places whose organisation numbers are used.
func (g *Generator) Places() []Place { return g.places }

// Planted returns the defects planted by the last whole run of Persons, in
// file order.
func (g *Generator) Planted() []Defect { return g.planted }

// Header returns the header, with contacts and serial number where the
// profile has them.
func (g *Generator) Header() *record.Header {
	h := &record.Header{}
	year := strconv.Itoa(g.opts.Year)
	i := h.Add(record.Innhinfo, 1)
	h.SetString(i, record.IiInnhType, "P", 1)
	h.SetString(i, record.IiKomnr, g.opts.Municipality, 1)
	h.SetString(i, record.IiBydelsnr, g.opts.District, 1)
	h.SetString(i, record.IiFraDato, year+"0101", 1)
	h.SetString(i, record.IiTilDato, year+"1231", 1)
	h.SetString(i, record.IiLagetDato, strconv.Itoa(int(g.opts.Created)), 1)
	h.SetString(i, record.IiSysID, "iplos sandbox", 1)
	h.SetString(i, record.IiSysVersjon, "1", 1)
	if g.profile.Occurs(record.Kontakt).Max == 0 {
		return h
	}
	h.SetString(i, record.IiLopenr, "1", 1)
	for n, name := range []string{"Prøve Innsender", "Prøve Kontakt"} {
		k := h.Add(record.Kontakt, 1)
		h.SetString(k, record.KontaktType, strconv.Itoa(n+1), 1)
		h.SetString(k, record.KontaktNavn, name, 1)
		h.SetString(k, record.KontaktTelefon, "00000000", 1)
		h.SetString(k, record.KontaktEpost, "iplos@kommune.example", 1)
	}
	return h
}

// Persons yields the persons in file order, the same at every call. The
// person is reused: nothing taken from it outlives the next one.
func (g *Generator) Persons() iter.Seq[*record.Person] {
	return func(yield func(*record.Person) bool) {
		m := newMaker(g)
		d := newPlanter(g)
		g.planted = nil
		for i := range g.opts.Persons {
			m.make(i)
			d.maybePlant(i, m)
			if !yield(&m.p) {
				return
			}
			m.remember()
		}
		g.planted = d.planted
	}
}

// maker holds what is reused from person to person.
type maker struct {
	opts    Options
	profile record.Profile
	old     bool // the 2017 message, with identities
	cal     *calendar
	ids     *identities
	places  []Place
	seed    *rand.PCG
	rng     *rand.Rand

	p       record.Person
	row     [record.NumClasses]int // last row id of each class
	scratch []byte
	who     traits
	number  [11]byte
	changed bool     // a defect was planted in this person
	before  struct { // the person before, for an identity that stands twice
		number [11]byte
		age    int
		female bool
	}
}

func newMaker(g *Generator) *maker {
	cal := newCalendar(g.opts.Year)
	seed := rand.NewPCG(g.opts.Seed, 0)
	return &maker{
		opts: g.opts, profile: g.profile, cal: cal, ids: newIdentities(cal), places: g.places,
		old:  g.profile.Cardinality(record.PeFnr) != record.Absent,
		seed: seed, rng: rand.New(seed),
	}
}

// remember keeps who this was, unless a defect was planted.
func (m *maker) remember() {
	m.before.number = m.number
	if m.changed {
		m.before.number = [11]byte{}
	}
	m.before.age, m.before.female = m.who.age, m.who.female
}

// make builds person i. Each person has a random stream of its own, so that
// a defect planted in one leaves the others as they were.
func (m *maker) make(i int) {
	m.seed.Seed(m.opts.Seed, uint64(i)*0x9e3779b97f4a7c15+1)
	m.p.Reset()
	m.changed = false
	m.who = m.drawTraits()
	m.addPerson(i + 1)
	for a := range m.opts.Assessments {
		m.addSituation(a)
	}
	for a := range m.opts.Assessments {
		m.addFunctions(a)
	}
	m.addServices()
	m.addDiagnoses()
	m.addStays()
}

// add appends a row with its id and its person's.
func (m *maker) add(c record.Class) int {
	m.row[c]++
	i := m.p.Add(c, 1)
	m.num(i, c.PersonIDField(), m.row[record.PersonRow])
	m.num(i, c.RowIDField(), m.row[c])
	return i
}

func (m *maker) num(i int, f record.Field, n int) {
	m.scratch = strconv.AppendInt(m.scratch[:0], int64(n), 10)
	m.p.Set(i, f, m.scratch, 1)
}

func (m *maker) text(i int, f record.Field, s string) { m.p.SetString(i, f, s, 1) }

func (m *maker) date(i int, f record.Field, d day) { m.p.Set(i, f, m.cal.date(d), 1) }

// chance is true in that many of a hundred.
func (m *maker) chance(percent int) bool { return m.rng.IntN(100) < percent }

// between draws a day from lo to hi, both included; lo when hi is before it.
func (m *maker) between(lo, hi day) day {
	if hi <= lo {
		return lo
	}
	return lo + day(m.rng.IntN(int(hi-lo)+1))
}
