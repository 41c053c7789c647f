package validate

import (
	"errors"
	"strconv"

	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/register"
)

// Validator runs the rules over one message. The order of use is Header,
// Person for each, Problems, Damage if reading ended with an error, Finish.
// It is not safe for concurrent use.
type Validator struct {
	opts  Options
	sink  finding.Sink
	pack  *register.Pack
	share float64

	rules                        []active
	onHeader, onPerson, onTotals []*active
	syntax, unreadable, version  *active
	unexpected                   *active

	profile record.Profile
	checks  checks
	view    view

	// What the rules of one person share.
	personID string // pePeID as findings show it; empty until asked for
	who      identity
	services []service

	// What is kept over the whole file.
	persons    int
	rows       [record.NumClasses]int
	users      [register.MaxCode + 1]int
	otherUsers map[int]counted
	assessed   int
	synthetic  int
	ids        [record.NumClasses]idSet
	numbers    idSet
	duf        [3]idSet // DUF numbers need more than 32 bits
	spans      [register.MaxCode + 1][]span
	komnr      [10000/64 + 1]uint64
	periodEnd  record.Date
	madeOn     record.Date
	damaged    bool

	found   finding.Finding
	summary finding.Summary
	totals  finding.Totals
}

// Header checks the header. It must be called before Person; a message whose
// version is unknown has no header to check, only Damage.
func (v *Validator) Header(p record.Profile, h *record.Header) {
	v.profile = p
	v.checks.compile(p)
	v.view.load(&h.Rows, &v.checks)
	v.readHeaderDates()
	for _, r := range v.onHeader {
		r.header(v, r)
	}
}

// Person checks one person.
func (v *Validator) Person(p *record.Person) {
	v.persons++
	v.personID = ""
	v.view.load(&p.Rows, &v.checks)
	v.readIdentity()
	v.readServices()
	v.count()
	if len(p.Problems) > 0 {
		v.problems(p.Problems)
	}
	for _, r := range v.onPerson {
		r.person(v, r)
	}
}

// Problems reports what stood in the file outside any person.
func (v *Validator) Problems(problems []record.Problem) {
	v.view.rows = nil
	v.problems(problems)
}

// Damage reports why reading ended: a *record.SyntaxError, a
// *record.VersionError or an *UnreadableError. It returns false for any other
// error, which is no finding.
func (v *Validator) Damage(err error) bool {
	v.view.rows = nil
	if e, ok := errors.AsType[*record.SyntaxError](err); ok {
		v.damaged = true
		v.addAt(v.syntax, e.Line, e.Column, "rule.XML-SYNTAX.message",
			"line", strconv.Itoa(e.Line), "column", strconv.Itoa(e.Column),
			"offset", strconv.FormatInt(e.Offset, 10), "name", ident.Redact(e.Name),
			"cause", finding.TextID("xml."+e.Code), "advice", finding.TextID("xml."+e.Code+".hint"))
		return true
	}
	if e, ok := errors.AsType[*UnreadableError](err); ok {
		v.damaged = true
		v.addUnreadable(e)
		return true
	}
	if e, ok := errors.AsType[*record.VersionError](err); ok {
		v.damaged = true
		v.addVersion(e)
		return true
	}
	return false
}

// Finish ends the run: it checks what can only be known now.
func (v *Validator) Finish() {
	v.view.rows = nil
	v.sumUp()
	for _, r := range v.onTotals {
		r.totals(v, r)
	}
}

// Summary counts the findings so far.
func (v *Validator) Summary() *finding.Summary { return &v.summary }

// Totals returns the file's own figures, complete after Finish.
func (v *Validator) Totals() *finding.Totals { return &v.totals }

// Synthetic returns the number of persons so far whose identity number is of
// a synthetic series, whether that is allowed or not.
func (v *Validator) Synthetic() int { return v.synthetic }

// Pack returns the rule pack in use.
func (v *Validator) Pack() *register.Pack { return v.pack }

// count adds up what the totals need of a person.
func (v *Validator) count() {
	w := &v.view
	for c := record.Personoppl; c <= record.Dogntilbud; c++ {
		v.rows[c] += len(w.byClass[c])
	}
	var seen uint64
	for i := range v.services {
		s := &v.services[i]
		if s.code.state != valid || s.refused {
			continue
		}
		if n := int(s.code.n); n >= 0 && n <= register.MaxCode {
			seen |= 1 << n
		} else {
			v.countOther(n)
		}
	}
	for n := 0; seen != 0; n, seen = n+1, seen>>1 {
		v.users[n] += int(seen & 1)
	}
}

// countOther counts a person once for a code outside the table.
func (v *Validator) countOther(code int) {
	if c := v.otherUsers[code]; c.last != v.persons {
		v.otherUsers[code] = counted{c.users + 1, v.persons}
	}
}

// counted is a number of users and the person counted last.
type counted struct{ users, last int }

func (v *Validator) sumUp() {
	t := &v.totals
	t.Persons, t.Assessed = v.persons, v.assessed
	for c := record.Personoppl; c <= record.Dogntilbud; c++ {
		t.Rows[c.String()] = v.rows[c]
	}
	for code, n := range v.users {
		if n > 0 {
			t.ServiceUsers[code] = n
		}
	}
	for code, c := range v.otherUsers {
		t.ServiceUsers[code] = c.users
	}
}
