package validate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/register"
)

// Options says what to check against.
type Options struct {
	// Year is the data year; it decides the rule pack.
	Year int
	// Municipality and District are the configured ones. An empty
	// municipality accepts any that is valid in the data year; district ""
	// and "00" mean that none is agreed.
	Municipality, District string
	// OrgNumber is the municipality's own organisation number, which is no
	// service place's; empty switches ORG-OWNER off.
	OrgNumber string
	// AllowSynthetic lets synthetic persons pass.
	AllowSynthetic bool
	// Checksum says which control digits are right.
	Checksum ident.Mode
	// Today is compared with the day the file says it was made; zero skips
	// that.
	Today record.Date
	// Severity overrides severities by rule id, in any case.
	Severity map[string]finding.Severity
	// ServicePlaces names the service places in use by organisation number;
	// nil switches ORG-UNKNOWN off.
	ServicePlaces map[string]string
	// Previous are the totals kept from an earlier file; nil switches the
	// rules on totals off.
	Previous *finding.Totals
	// PreviousYear is the data year of Previous; zero or Year for an earlier
	// file of the same year.
	PreviousYear int
	// ChangeShare is how much the users of a service may change from
	// Previous, as a share; zero takes the rule pack's.
	ChangeShare float64
}

// New returns a validator that gives its findings to the sink, which may be
// nil where only the summary is wanted.
func New(opts Options, sink finding.Sink) (*Validator, error) {
	v := &Validator{
		opts: opts,
		sink: sink,
		pack: register.PackFor(opts.Year),
		totals: finding.Totals{
			Rows: map[string]int{}, ServiceUsers: map[int]int{},
		},
		otherUsers: map[int]counted{},
	}
	v.share = cmp.Or(opts.ChangeShare, v.pack.StatChangeShare)
	for _, m := range register.Municipalities(opts.Year) {
		if n, err := strconv.Atoi(m.Number); err == nil {
			v.komnr[n/64] |= 1 << (n % 64)
		}
	}
	table := Rules()
	v.rules = make([]active, len(table))
	for i, r := range table {
		v.rules[i] = active{Rule: r, severity: r.Severity, serious: cmp.Or(r.Serious, r.Severity)}
	}
	if err := v.override(opts.Severity); err != nil {
		return nil, err
	}
	v.schedule()
	return v, nil
}

// override sets the configured severities.
func (v *Validator) override(severities map[string]finding.Severity) error {
	for id, s := range severities {
		i := slices.IndexFunc(v.rules, func(r active) bool { return strings.EqualFold(r.ID, id) })
		if i < 0 {
			return fault.New(fault.Usage, "rule.override.unknown", "rule", id)
		}
		if v.rules[i].Fixed && s != v.rules[i].Severity {
			return fault.New(fault.Usage, "rule.override.fixed", "rule", v.rules[i].ID)
		}
		v.rules[i].severity, v.rules[i].serious = s, s
	}
	return nil
}

// schedule sorts the rules into what runs when, and finds those the shared
// passes speak for.
func (v *Validator) schedule() {
	for i := range v.rules {
		r := &v.rules[i]
		if r.header != nil {
			v.onHeader = append(v.onHeader, r)
		}
		if r.person != nil {
			v.onPerson = append(v.onPerson, r)
		}
		if r.totals != nil {
			v.onTotals = append(v.onTotals, r)
		}
		switch r.ID {
		case idSyntax:
			v.syntax = r
		case idUnreadable:
			v.unreadable = r
		case idVersion:
			v.version = r
		case idUnexpected:
			v.unexpected = r
		}
	}
}
