package synth

import "iplos/internal/record"

// setting is where a person gets help; it decides the services.
type setting uint8

const (
	atHome setting = iota
	light          // alarm, meals or practical help only
	longTerm
	shortTerm
	young
	refused // applied, and was refused
)

// traits are what is drawn for a person before any row is written.
type traits struct {
	born, entered  day // entered: the first application
	from, to       day // the part of the data year with services
	died           bool
	female, silent bool // silent: reserved against diagnosis reporting
	age, need      int  // need is 1 to 5
	setting        setting
}

func (m *maker) drawTraits() traits {
	var w traits
	first, last := dayOf(m.opts.Year, 1, 1), dayOf(m.opts.Year, 12, 31)
	w.age = m.drawAge()
	year := m.opts.Year - w.age
	w.born = m.between(dayOf(year, 1, 1), dayOf(year, 12, 31))
	w.female = m.chance(45 + max(0, w.age-60)/2)
	w.setting = m.drawSetting(w.age)
	w.need = m.drawNeed(w.setting)
	w.silent = m.chance(2)
	w.entered = m.between(max(w.born+30, first-6*365), first-60)
	if w.setting == refused || m.chance(18) {
		w.entered = m.between(max(w.born+30, first), last-60)
	}
	w.from, w.to = max(first, w.entered), last
	if w.setting != refused && m.chance(max(1, (w.age-60)/3)) {
		w.died = true
		w.to = m.between(w.from+30, last)
	}
	return w
}

// drawAge follows SSB's figures for recipients: 5 in a hundred under 18, 39
// under pension age.
func (m *maker) drawAge() int {
	switch n := m.rng.IntN(100); {
	case n < 5:
		return 2 + m.rng.IntN(16)
	case n < 39:
		return 18 + m.rng.IntN(49)
	case n < 55:
		return 67 + m.rng.IntN(13)
	case n < 92:
		return 80 + m.rng.IntN(13)
	default:
		return 93 + m.rng.IntN(10)
	}
}

func (m *maker) drawSetting(age int) setting {
	n := m.rng.IntN(100)
	switch {
	case n == 0:
		return refused
	case age < 30 && n < 60:
		return young
	case age >= 67 && n < 15:
		return longTerm
	case age >= 50 && n < 24:
		return shortTerm
	case age >= 67 && n < 44:
		return light
	default:
		return atHome
	}
}

func (m *maker) drawNeed(s setting) int {
	switch s {
	case longTerm:
		return 4 + m.rng.IntN(2)
	case light, refused:
		return 1 + m.rng.IntN(2)
	default:
		return 2 + m.rng.IntN(3)
	}
}

func (m *maker) addPerson(id int) {
	m.row[record.PersonRow] = id
	w := &m.who
	i := m.p.Add(record.PersonRow, 1)
	m.num(i, record.PePeID, id)
	m.takeIdentity(i)
	m.num(i, record.PeAlder, w.age)
	m.text(i, record.PeKjonn, pick(w.female, "K", "M"))
	m.text(i, record.PeKomnr, m.opts.Municipality)
	m.text(i, record.PeBydelsnr, m.opts.District)
	if m.old {
		m.text(i, record.PeDiagReserv, pick(w.silent, "1", "2"))
	}
	m.date(i, record.PeFraDato, w.entered)
	if w.died {
		m.date(i, record.PeDodDato, w.to)
	}
	m.date(i, record.PeEndrDato, m.between(w.from, w.to))
}

// takeIdentity moves the birth day within its year when the day's numbers
// are used up. The number is taken for the 2018 message too, so that the same
// seed gives the same persons.
func (m *maker) takeIdentity(i int) {
	w := &m.who
	first, last := dayOf(m.opts.Year-w.age, 1, 1), dayOf(m.opts.Year-w.age, 12, 31)
	for range last - first + 1 {
		if m.ids.take(&m.number, w.born, w.female) {
			break
		}
		if w.born++; w.born > last {
			w.born = first
		}
	}
	if m.old {
		m.p.Set(i, record.PeFnr, m.number[:], 1)
	}
}

// assessed returns the days a round of assessment holds for.
func (m *maker) assessed(round int) (from, to day) {
	w := &m.who
	step := (w.to - w.from) / day(m.opts.Assessments)
	from = w.from + step*day(round)
	to = w.to
	if round+1 < m.opts.Assessments {
		to = w.from + step*day(round+1) - 1
	}
	return from, max(from, to)
}

func (m *maker) addSituation(round int) {
	w := &m.who
	i := m.add(record.Personoppl)
	from, to := m.assessed(round)
	m.text(i, record.PoHusstand, m.oneOf(pick(w.age < 18, "33332", "11112223")))
	m.text(i, record.PoOmsorgBarn, pick(w.age > 20 && w.age < 50 && m.chance(30), "1", "2"))
	m.text(i, record.PoPrivHjelp, m.oneOf("1123456"))
	m.text(i, record.PoBoligTilr, m.oneOf("1122"))
	m.p.Set(i, record.PoVurdTann, m.cal.month(m.between(max(w.born, w.from-300), w.to)), 1)
	m.p.Set(i, record.PoVurdLege, m.cal.month(m.between(max(w.born, w.from-200), w.to)), 1)
	m.text(i, record.PoIndPlan, m.oneOf("22223919"))
	m.text(i, record.PoHarKoordinator, m.oneOf("22199"))
	m.addTakingPart(i)
	m.check(i, record.PoLegeMiddGj, record.PoLegeMiddGjDato, from, to)
	m.check(i, record.PoErnKartlagt, record.PoErnKartlagtDato, from, to)
	m.check(i, record.PoErnRisiko, record.PoErnRisikoDato, from, to)
	m.check(i, record.PoErnPlan, record.PoErnPlanDato, from, to)
	m.date(i, record.PoFraDato, from)
	m.date(i, record.PoTilDato, to)
}

func (m *maker) addTakingPart(i int) {
	needs := [...]record.Field{record.PoArbBistBehov, record.PoArbTranspBehov, record.PoFriBistBehov, record.PoFriTranspBehov}
	gets := [...]record.Field{record.PoArbBistMottar, record.PoArbTranspMottar, record.PoFriBistMottar, record.PoFriTranspMottar}
	for k, f := range needs {
		if m.who.age >= 67 && k < 2 {
			m.text(i, f, "9")
			m.text(i, gets[k], "3")
			continue
		}
		m.text(i, f, m.oneOf("1229"))
		m.text(i, gets[k], m.oneOf("1233"))
	}
}

// check writes a yes/no/not relevant field and, for yes, its date.
func (m *maker) check(i int, f, when record.Field, from, to day) {
	v := m.oneOf("11229")
	m.text(i, f, v)
	if v == "1" {
		m.date(i, when, m.between(from, to))
	}
}

// addFunctions writes the seventeen assistance variables around the person's
// need; 9 is "not relevant", as for a child who does not keep house.
func (m *maker) addFunctions(round int) {
	from, to := m.assessed(round)
	need := m.who.need + round/2
	for code := 1; code <= 17; code++ {
		i := m.add(record.Funksjon)
		m.num(i, record.FnFunkType, code)
		v := min(5, max(1, need+m.rng.IntN(3)-1))
		if m.who.age < 16 && (code == 2 || code == 6 || code == 9) {
			v = 9
		}
		m.num(i, record.FnFunkVerdi, v)
		m.date(i, record.FnFraDato, from)
		m.date(i, record.FnTilDato, to)
	}
}

func (m *maker) oneOf(values string) string {
	n := m.rng.IntN(len(values))
	return values[n : n+1]
}

func pick[T any](cond bool, yes, no T) T {
	if cond {
		return yes
	}
	return no
}
