package synth

import (
	"strconv"

	"iplos/internal/record"
)

func plantNoIdentity(m *maker) (int, record.Field, bool) {
	return plantIdentity(m, func([]byte) []byte { return []byte{} })
}

func plantShortIdentity(m *maker) (int, record.Field, bool) {
	return plantIdentity(m, func(id []byte) []byte { return id[:10] })
}

// plantImpossibleBirth makes the day 31 February, with right control digits.
func plantImpossibleBirth(m *maker) (int, record.Field, bool) {
	return plantIdentity(m, func(id []byte) []byte {
		var n [11]byte
		copy(n[:], id)
		copy(n[:4], "3182")
		for !controlDigits(&n) {
			// Two on keeps the sex.
			n[8] = '0' + (n[8]-'0'+2)%10
		}
		return n[:]
	})
}

func plantWrongControl(m *maker) (int, record.Field, bool) {
	return plantIdentity(m, func(id []byte) []byte {
		id[10] = '0' + (id[10]-'0'+1)%10
		return id
	})
}

// plantSameIdentity gives the person the number of the person before, and
// the sex and age that go with it.
func plantSameIdentity(m *maker) (int, record.Field, bool) {
	if !m.old || m.before.number == [11]byte{} {
		return 0, 0, false
	}
	m.p.Set(0, record.PeFnr, m.before.number[:], 1)
	m.num(0, record.PeAlder, m.before.age)
	m.text(0, record.PeKjonn, pick(m.before.female, "K", "M"))
	return 0, record.PeFnr, true
}

func plantIdentity(m *maker, change func([]byte) []byte) (int, record.Field, bool) {
	if !m.old {
		return 0, 0, false
	}
	m.p.Set(0, record.PeFnr, change(append([]byte(nil), m.p.Get(record.PeFnr)...)), 1)
	return 0, record.PeFnr, true
}

func plantOtherSex(m *maker) (int, record.Field, bool) {
	if m.old {
		m.text(0, record.PeKjonn, pick(m.who.female, "M", "K"))
	}
	return 0, record.PeKjonn, m.old
}

func plantOtherAge(m *maker) (int, record.Field, bool) {
	if m.old {
		m.num(0, record.PeAlder, m.who.age+7)
	}
	return 0, record.PeAlder, m.old
}

func plantNoService(m *maker) (int, record.Field, bool) {
	m.rebuild(nil, func(r record.Row) bool { return r.Class() != record.Tjeneste })
	return 0, record.NoField, true
}

func plantServiceCode(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, func(r record.Row) bool { return kindOf(code(r)).hours == 0 })
	if ok {
		m.text(i, record.TjTjenType, "99")
	}
	return i, record.TjTjenType, ok
}

func code(r record.Row) int {
	n, _ := strconv.Atoi(string(r.Get(record.TjTjenType)))
	return n
}

// demanding is a granted service that needs an organisation number.
func demanding(r record.Row) bool {
	k := kindOf(code(r))
	return k.place != anywhere && !k.may && string(r.Get(record.TjVedtak)) == "1"
}

func plantNoPlace(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, demanding)
	if ok {
		m.rebuild(func(r record.Row, f record.Field) bool {
			return r.Index() != i || f != record.TjInstOrgnr
		}, nil)
	}
	return i, record.TjInstOrgnr, ok
}

func plantForbiddenPlace(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, func(r record.Row) bool { return kindOf(code(r)).place == anywhere })
	if ok {
		m.text(i, record.TjInstOrgnr, m.place(homeCare))
	}
	return i, record.TjInstOrgnr, ok
}

// plantWrongPlace changes a control digit.
func plantWrongPlace(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, demanding)
	if ok {
		n := append([]byte(nil), m.p.Row(i).Get(record.TjInstOrgnr)...)
		n[8] = '0' + (n[8]-'0'+1)%10
		m.p.Set(i, record.TjInstOrgnr, n, 1)
	}
	return i, record.TjInstOrgnr, ok
}

func plantHours(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, func(r record.Row) bool { return r.Has(record.TjTimerUke) })
	if ok {
		m.text(i, record.TjTimerUke, "170.00")
	}
	return i, record.TjTimerUke, ok
}

// plantDeath sets the day of death in the year before.
func plantDeath(m *maker) (int, record.Field, bool) {
	if m.who.setting == refused {
		return 0, 0, false
	}
	m.date(0, record.PeDodDato, dayOf(m.opts.Year-1, 12, 20))
	return 0, record.PeDodDato, true
}

// plantOverlap gives a resident a second long-term stay.
func plantOverlap(m *maker) (int, record.Field, bool) {
	if m.who.setting != longTerm {
		return 0, 0, false
	}
	m.addService(21, m.between(m.who.entered, m.who.to), 0)
	m.rebuild(nil, nil) // the new row stands after the diagnoses
	return 0, record.NoField, true
}

func plantOutside(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, func(r record.Row) bool {
		return r.Has(record.TjFraDato) && r.Get(record.TjFraDato)[3]-'0' != byte(m.opts.Year%10)
	})
	if ok {
		m.date(i, record.TjFraDato, dayOf(m.opts.Year-3, 4, 1))
		m.date(i, record.TjTilDato, dayOf(m.opts.Year-1, 11, 30))
	}
	return i, record.TjTilDato, ok
}

// plantNoSuchDay sets the day of change to 31 February.
func plantNoSuchDay(m *maker) (int, record.Field, bool) {
	m.text(0, record.PeEndrDato, strconv.Itoa(m.opts.Year)+"0231")
	return 0, record.PeEndrDato, true
}

func plantOrder(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Personoppl, anyRow)
	if ok {
		m.date(i, record.PoFraDato, dayOf(m.opts.Year, 8, 1))
		m.date(i, record.PoTilDato, dayOf(m.opts.Year, 7, 1))
	}
	return i, record.PoFraDato, ok
}

// plantLongAgo lets a service begin before 1980.
func plantLongAgo(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, func(r record.Row) bool { return r.Has(record.TjFraDato) })
	if ok && m.who.age > 60 {
		d := dayOf(1978, 5, 2)
		m.date(i, record.TjSoknadDato, d)
		m.date(i, record.TjVedtDato, d)
		m.date(i, record.TjFraDato, d)
	}
	return i, record.TjFraDato, ok && m.who.age > 60
}

func plantReserved(m *maker) (int, record.Field, bool) {
	_, ok := m.first(record.Diagnose, anyRow)
	if ok && m.old {
		m.text(0, record.PeDiagReserv, "1")
	}
	return 0, record.PeDiagReserv, ok && m.old
}

// plantSameRow repeats a row id within its class.
func plantSameRow(m *maker) (int, record.Field, bool) {
	last := 0
	for r := range m.p.All(record.Funksjon) {
		last = r.Index()
	}
	if last == 0 {
		return 0, 0, false
	}
	m.p.Set(last, record.FnFnID, append([]byte(nil), m.p.Row(last-1).Get(record.FnFnID)...), 1)
	return last, record.FnFnID, true
}

func plantNoHours(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Tjeneste, func(r record.Row) bool { return r.Has(record.TjTimerUke) })
	if ok {
		m.rebuild(func(r record.Row, f record.Field) bool { return r.Index() != i || f != record.TjTimerUke }, nil)
	}
	return i, record.TjTimerUke, ok
}

// plantUnassessed leaves out one assistance variable.
func plantUnassessed(m *maker) (int, record.Field, bool) {
	m.rebuild(nil, func(r record.Row) bool {
		return r.Class() != record.Funksjon || string(r.Get(record.FnFunkType)) != "17"
	})
	return 0, record.NoField, true
}

// plantTwoValues gives a variable a second value for the same time.
func plantTwoValues(m *maker) (int, record.Field, bool) {
	i, ok := m.first(record.Funksjon, func(r record.Row) bool { return string(r.Get(record.FnFunkVerdi)) == "3" })
	if !ok {
		return 0, 0, false
	}
	n := m.add(record.Funksjon)
	for _, f := range []record.Field{record.FnFunkType, record.FnFraDato, record.FnTilDato} {
		m.p.Set(n, f, append([]byte(nil), m.p.Row(i).Get(f)...), 1)
	}
	m.text(n, record.FnFunkVerdi, "4")
	m.rebuild(nil, nil) // the new row stands last
	return 0, record.NoField, true
}
