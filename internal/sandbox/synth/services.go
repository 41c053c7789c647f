package synth

import (
	"strconv"

	"iplos/internal/record"
)

// kind says how a service code is reported: at what place (an organisation
// number is demanded for some codes and forbidden for housing and GPS), with
// hours or not, rolling or not.
type kind struct {
	place   placeKind
	hours   int // most quarters of an hour a week, 0 for none
	rolling bool
	may     bool // the number may stand or not
}

func kindOf(code int) kind {
	switch code {
	case 1, 2:
		return kind{place: homeCare, hours: 24}
	case 3:
		return kind{place: homeCare, hours: 160}
	case 4:
		return kind{place: dayCentre, hours: 80}
	case 15:
		return kind{place: homeCare, hours: 60}
	case 7, 9, 11, 16:
		return kind{place: homeCare, hours: 40, may: true}
	case 5, 6:
		return kind{place: homeCare, may: true}
	case 17, 22:
		return kind{place: institution, hours: 80}
	case 8, 18, 19, 20:
		return kind{place: institution, rolling: true}
	case 21, 25:
		return kind{place: institution}
	default: // 12, 13, 26
		return kind{place: anywhere}
	}
}

// addServices writes what goes with the person's setting.
func (m *maker) addServices() {
	switch m.who.setting {
	case refused:
		m.refuse(pick(m.who.age >= 67, 21, 9))
	case longTerm:
		m.beforeStay()
		m.serve(21)
	case shortTerm:
		m.stay(18 + m.rng.IntN(3))
		m.maybe(25, 20)
		m.serve(15)
		m.maybe(1, 60)
		m.maybe(6, 60)
	case light:
		m.serve(6)
		m.maybe(5, 35)
		m.maybe(1, 70)
		m.maybe(26, 5)
	case young:
		m.serve(9)
		m.maybe(7, 50)
		m.maybe(8, 30)
		m.maybe(11, 35)
		m.maybe(16, 20)
		m.maybe(2, 15)
	case atHome:
		m.serve(15)
		m.maybe(1, 65)
		m.maybe(6, 55)
		m.maybe(pick(m.chance(70), 12, 13), 25)
		m.maybe(4, 22)
		m.maybe(3, 4)
		m.maybe(16, 12)
		m.maybe(20, 12)
		m.maybe(17, 4)
	}
}

// beforeStay gives a resident the services at home that ended when the stay
// began, where that was in the data year.
func (m *maker) beforeStay() {
	w := &m.who
	if w.to-w.from < 90 || !m.chance(40) {
		return
	}
	moved := m.between(w.from+30, w.to-30)
	m.addService(15, m.between(w.entered, w.from), moved-1)
	m.addService(6, m.between(w.entered, w.from), moved-1)
	m.addService(18, moved-20, moved-1)
	w.entered = moved
}

func (m *maker) maybe(code, percent int) {
	if m.chance(percent) {
		m.serve(code)
	}
}

// serve gives a service through the year, renewed once for each assessment;
// some have ended, most go on.
func (m *maker) serve(code int) {
	w := &m.who
	from := m.between(w.entered, max(w.entered, w.from))
	if !kindOf(code).rolling {
		for range m.opts.Assessments - 1 {
			last := m.between(max(from, w.from), (max(from, w.from)+w.to)/2)
			m.addService(code, from, last)
			from = min(last+1, w.to)
		}
	}
	var to day
	if w.died || (code != 21 && m.chance(20)) {
		to = w.to
	}
	m.addService(code, from, to)
}

// stay gives a stay of up to four weeks.
func (m *maker) stay(code int) {
	w := &m.who
	from := m.between(w.from, max(w.from, w.to-30))
	m.addService(code, from, min(w.to, from+day(3+m.rng.IntN(26))))
}

// addService writes a granted service; to is 0 for one that goes on.
func (m *maker) addService(code int, from, to day) {
	k := kindOf(code)
	decided := m.between(max(m.who.born+1, from-30), from)
	i := m.decide(code, decided, "1")
	if k.hours > 0 {
		m.hours(i, record.TjTimerUke, 2+m.rng.IntN(k.hours))
	}
	if k.rolling {
		m.text(i, record.TjRullerende, pick(m.chance(15), "1", "2"))
	}
	if k.place != anywhere && (!k.may || m.chance(50)) {
		m.text(i, record.TjInstOrgnr, m.place(k.place))
	}
	m.date(i, record.TjFraDato, from)
	if to != 0 {
		m.date(i, record.TjTilDato, to)
	}
	if m.chance(1) {
		m.date(i, record.TjKlageMottatt, decided)
		m.date(i, record.TjKlageBesvart, from)
	}
}

// refuse writes an application that was refused: no place, hours or dates of
// service.
func (m *maker) refuse(code int) {
	m.decide(code, m.between(m.who.entered, m.who.to), "2")
}

func (m *maker) decide(code int, decided day, outcome string) int {
	i := m.add(record.Tjeneste)
	m.num(i, record.TjTjenType, code)
	if !m.old {
		m.num(i, record.TjVeID, m.row[record.Tjeneste])
		m.num(i, record.TjVeNrID, 1)
	}
	m.date(i, record.TjSoknadDato, m.between(max(m.who.born, decided-60), decided))
	m.date(i, record.TjVedtDato, decided)
	m.text(i, record.TjVedtak, outcome)
	return i
}

// hours writes quarters of an hour as hours with two decimals.
func (m *maker) hours(i int, f record.Field, quarters int) {
	fractions := [...]string{".00", ".25", ".50", ".75"}
	m.scratch = strconv.AppendInt(m.scratch[:0], int64(quarters/4), 10)
	m.scratch = append(m.scratch, fractions[quarters%4]...)
	m.p.Set(i, f, m.scratch, 1)
}
