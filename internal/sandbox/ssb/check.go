package ssb

import (
	"context"
	"errors"
	"hash/fnv"
	"strconv"

	"iplos/internal/crypt"
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/validate"
)

// Controls that only a register can make, and that nobody can foretell: the
// same person reported by another municipality, and an address that is
// another in the population register. Which persons they hit is drawn from
// the person's id, about one in eighty.
//
// `rules explain` knows them by the prefix.
const (
	controlElsewhere = "REG-ELSEWHERE"
	controlAddress   = "REG-ADDRESS"
)

// checked is what checking a message gave.
type checked struct {
	log    *finding.Log
	totals *finding.Totals
}

// check reads the message and keeps what a register would send back:
// warnings and worse, not what is merely worth knowing, and its own.
func (s *SSB) check(ctx context.Context, path string, m *crypt.Manifest) (c *checked, err error) {
	r, err := openReading(path, m, s.opts.Keys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	log := &finding.Log{}
	v, err := validate.New(validate.Options{
		Year: m.DataYear, Municipality: m.Municipality, District: m.District, OrgNumber: m.OrganisationNumber, AllowSynthetic: true,
	}, listed{log})
	if err != nil {
		return nil, err
	}
	h, profile, err := r.person.Header()
	if err != nil {
		return nil, err
	}
	v.Header(profile, h)
	for p, err := range r.persons(ctx) {
		if err != nil {
			return nil, err
		}
		v.Person(p)
		s.register(log, p)
	}
	v.Problems(r.person.Problems())
	v.Finish()
	return &checked{log: log, totals: v.Totals()}, nil
}

// listed keeps what is listed back.
type listed struct{ to *finding.Log }

func (l listed) Add(f *finding.Finding) {
	if f.Severity > finding.Info {
		l.to.Add(f)
	}
}

// register adds what only the register sees.
func (s *SSB) register(log *finding.Log, p *record.Person) {
	id := string(p.Get(record.PePeID))
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash does not fail
	f := finding.Finding{
		Severity: finding.Warning, Line: p.Row(0).Line(), Class: record.PersonRow.String(), Person: id,
	}
	switch h.Sum32() % 160 {
	case 0:
		f.Rule, f.Field, f.Message = controlElsewhere, record.PeFnr.Name(), "sandbox.control.elsewhere"
	case 1:
		f.Rule, f.Field, f.Message = controlAddress, record.PeKomnr.Name(), "sandbox.control.address"
	default:
		return
	}
	log.Add(&f)
}

// service is a line of the control table.
type service struct {
	code, users, before int
}

// before makes up last year's figure, near this year's: the register has one,
// the sandbox does not.
func before(code, users int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strconv.Itoa(code))) // a hash does not fail
	return max(0, users+users*(int(h.Sum32()%21)-10)/100)
}
