package register

import "strconv"

// Pack is the dated part of the rules for one data year: which codes hold,
// and every limit a rule compares with.
type Pack struct {
	// Version names the pack in every report: data year, point, revision.
	Version string
	Year    int

	services  [MaxCode + 1]Service
	known     [MaxCode + 1]bool
	functions [MaxCode + 1]bool

	// MaxHoursWeek is the most hours a week one service can have: the hours
	// of the week.
	MaxHoursWeek int
	// FirstServiceYear is the earliest year a service's from-date lies in,
	// as the register's own control has it.
	FirstServiceYear int
	// AssessedUpTo is the last of the function variables, from 1, that a
	// full assessment holds.
	AssessedUpTo int
	// LongStay is the code of the long-term stay in an institution.
	LongStay int
	// StatChangeShare is how much the users of a service may change from
	// one file to the next before it is reported, as a share.
	StatChangeShare float64
	// AgeSlackYears is how far the reported age may be from the age by the
	// identity number.
	AgeSlackYears int
}

// MaxCode is the highest service or function code the tables can hold.
const MaxCode = 63

// packRow is a row of the table of packs. Its revision is raised whenever a
// rule's outcome changes for the same file and data year.
type packRow struct {
	years
	revision                         int
	maxHoursWeek, firstServiceYear   int
	longStay                         int
	statChangePercent, ageSlackYears int
}

// PackFor returns the rule pack of a data year.
func PackFor(year int) *Pack {
	p := &Pack{Year: year}
	for _, r := range tables().packs {
		if r.cover(year) {
			p.Version = strconv.Itoa(year) + "." + strconv.Itoa(r.revision)
			p.MaxHoursWeek, p.FirstServiceYear, p.LongStay = r.maxHoursWeek, r.firstServiceYear, r.longStay
			p.StatChangeShare, p.AgeSlackYears = float64(r.statChangePercent)/100, r.ageSlackYears
			break
		}
	}
	for _, s := range tables().services {
		p.services[s.Code], p.known[s.Code] = s, true
	}
	for _, f := range tables().functions {
		p.functions[f.Code] = f.InYear(year)
		if f.Mandatory {
			p.AssessedUpTo = max(p.AssessedUpTo, f.Code)
		}
	}
	return p
}

// Service returns the service with that code, and whether there is one,
// whatever the year.
func (p *Pack) Service(code int) (*Service, bool) {
	if code < 0 || code > MaxCode || !p.known[code] {
		return nil, false
	}
	return &p.services[code], true
}

// ServiceValid tells whether the code is a service of the data year, or one
// that no source is certain about.
func (p *Pack) ServiceValid(code int) bool {
	s, ok := p.Service(code)
	return ok && (!s.Certain || s.InYear(p.Year))
}

// FunctionValid tells whether the code is a function variable of the data
// year.
func (p *Pack) FunctionValid(code int) bool {
	return code > 0 && code <= MaxCode && p.functions[code]
}
