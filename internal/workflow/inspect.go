package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"iplos/internal/config"
	"iplos/internal/extract"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/register"
	"iplos/internal/spill"
	"iplos/internal/validate"
)

// Source says what to read.
type Source struct {
	// Path is the export, "-" for standard input.
	Path string
	// Kind is --source, empty to look at the content.
	Kind  string
	Stdin io.Reader
	// KeepIdentities keeps the identity numbers of persons with findings, for
	// a report that was asked to show them.
	KeepIdentities bool
	// Progress is called with the bytes read so far.
	Progress func(done int64)
}

// Inspection is what reading and checking an export gave.
type Inspection struct {
	Input        finding.Input
	Account      extract.Account
	Profile      record.Profile
	Municipality string
	District     string
	Year         int
	RulePack     string
	// Findings holds every finding, unless only counts were asked for; Totals
	// are the file's own figures.
	Findings  *finding.Log
	Totals    *finding.Totals
	Verdict   finding.Verdict
	Overrides []config.Override
	// Synthetic counts persons of a synthetic series.
	Synthetic int
	// Previous is what the totals are compared with.
	Previous reference
	// Place turns a line into the file it stands in and the line there; nil
	// when nothing could be read.
	Place func(line int) (file string, inFile int)

	summary    *finding.Summary
	identities map[string]string
}

// Identity returns the identity number of a person with findings, when they
// were kept.
func (in *Inspection) Identity(person string) string { return in.identities[person] }

// Summary returns the counts of all findings.
func (in *Inspection) Summary() *finding.Summary { return in.summary }

// Err returns the failure that the verdict is, nil for ready.
func (in *Inspection) Err() error { return verdict(in.Summary()) }

// verdict is the failure that these counts are, nil for ready.
func verdict(s *finding.Summary) error {
	switch s.Verdict() {
	case finding.Blocked:
		return fault.New(fault.Blocked, "verdict.blocked", "count", s.BySeverity[finding.Error])
	case finding.Incomplete:
		return fault.New(fault.Incomplete, "verdict.incomplete", "count", s.BySeverity[finding.Minimum])
	default:
		return nil
	}
}

// consumer takes the message while it is being checked.
type consumer interface {
	Header(h *record.Header) error
	Person(p *record.Person) error
}

// target is where the message goes while it is being checked.
type target struct {
	// start makes the consumer when the message's profile is known; nil for
	// checking alone.
	start func(ctx context.Context, p record.Profile) (consumer, error)
	// whole hands over everybody whatever is found. Without it the consumer
	// gets no more once something blocks: it will not be sent.
	whole bool
	// counts keeps the number of findings, and only those findings that tell
	// why there is no message.
	counts bool
}

// inspect reads the export once: every person is checked and handed on. What
// cannot be read as a message is a finding.
func (r *Run) inspect(ctx context.Context, src Source, ref reference, to target) (in *Inspection, err error) {
	opts, overrides, err := r.validateOptions(ref)
	if err != nil {
		return nil, err
	}
	in = &Inspection{
		Municipality: opts.Municipality, District: opts.District, Year: opts.Year,
		RulePack: register.PackFor(opts.Year).Version, Overrides: overrides, Previous: ref,
		Findings: finding.NewLog(spill.New("")), identities: map[string]string{},
	}
	if to.start != nil { // else the report says it
		r.noteMunicipality()
	}
	pass := &pass{in: in, to: to, keep: src.KeepIdentities}
	if pass.rules, err = validate.New(opts, pass); err != nil {
		return nil, err
	}
	in.summary = pass.rules.Summary()
	stream, err := r.open(ctx, src)
	if stream != nil {
		defer func() { err = errors.Join(err, stream.Close()) }()
	}
	if err == nil {
		err = pass.run(ctx, stream)
	}
	if err != nil && !pass.rules.Damage(err) {
		return nil, err
	}
	pass.rules.Finish()
	if err := in.Findings.Err(); err != nil {
		return nil, err
	}
	if stream != nil {
		in.Input, in.Account = stream.Input(), stream.Account()
		in.Place = stream.Place
		r.notePlain(src.Path)
	}
	r.noteAccount(in.Account)
	in.Synthetic = pass.rules.Synthetic()
	in.Totals, in.Verdict = pass.rules.Totals(), in.Summary().Verdict()
	return in, nil
}

// noteMunicipality tells that the municipality reports under another number
// than the configured one.
func (r *Run) noteMunicipality() {
	if id, args := r.Config.Translation(); id != "" {
		r.Person.Note(id, args...)
	}
}

func (r *Run) open(ctx context.Context, src Source) (*extract.Stream, error) {
	stream, err := extract.Open(ctx, r.extractOptions(src))
	return stream, damage(stream, err)
}

// damage is an error of reading as the rules take it: a fault that says that
// the file is no message is a finding.
func damage(stream *extract.Stream, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Blocked {
		return err
	}
	line, column := stream.At(err)
	return &validate.UnreadableError{Line: line, Column: column, Cause: f.ID, Args: f.Args}
}

func (r *Run) extractOptions(src Source) extract.Options {
	c := r.Config
	o := extract.Options{
		Path: src.Path, Stdin: src.Stdin, Source: src.Kind, Profile: c.Profile,
		// What is set goes in, so that the account tells of its translation.
		Year: c.Year, Municipality: cmp.Or(c.MunicipalitySet, c.Municipality), District: c.District,
		Translate: c.TranslateMunicipality, Now: r.Now(),
	}
	for _, contact := range c.Contacts {
		o.Contacts = append(o.Contacts, extract.Contact{Type: contact.Type, Name: contact.Name, Phone: contact.Phone, Email: contact.Email})
	}
	return o
}

// pass is one reading of an export.
type pass struct {
	in      *Inspection
	to      target
	rules   *validate.Validator
	keep    bool
	current *record.Person
}

// Add implements finding.Sink: it keeps the finding and, when asked to, the
// identity number of the person it is about, in memory only.
func (p *pass) Add(f *finding.Finding) {
	if p.to.counts && !Unreadable(f.Rule) {
		return
	}
	p.in.Findings.Add(f)
	if !p.keep || p.current == nil || f.Person == "" {
		return
	}
	if id := p.current.Get(record.PeFnr); len(id) > 0 {
		p.in.identities[f.Person] = string(id)
	}
}

// handsOn tells whether the consumer gets more.
func (p *pass) handsOn() bool {
	return p.to.whole || p.rules.Summary().BySeverity[finding.Error] == 0
}

func (p *pass) run(ctx context.Context, stream *extract.Stream) error {
	p.in.Profile = stream.Profile()
	if p.in.Municipality == "" { // what the file says, where nothing else does
		p.in.Municipality = string(stream.Header().Get(record.IiKomnr))
	}
	p.rules.Header(stream.Profile(), stream.Header())
	var out consumer
	if p.to.start != nil && p.handsOn() {
		var err error
		if out, err = p.to.start(ctx, stream.Profile()); err != nil {
			return err
		}
		if err := out.Header(stream.Header()); err != nil {
			return err
		}
	}
	for person, err := range stream.Persons() {
		if err != nil {
			return damage(stream, err)
		}
		if err := p.person(person, out); err != nil {
			return err
		}
	}
	p.current = nil
	p.rules.Problems(stream.Problems())
	return nil
}

func (p *pass) person(person *record.Person, out consumer) error {
	p.current = person
	p.rules.Person(person)
	if err := p.in.Findings.Err(); err != nil {
		return err
	}
	if out == nil || !p.handsOn() {
		return nil
	}
	return out.Person(person)
}

// CheckRules refuses settings of the rules that no check could run with:
// rules that are not there or may not be changed, a list of service places or
// a mapping profile that cannot be read.
func (r *Run) CheckRules() error {
	opts, _, err := r.validateOptions(reference{})
	if err != nil {
		return err
	}
	if _, err := validate.New(opts, nil); err != nil {
		return err
	}
	return extract.CheckProfile(r.Config.Profile)
}

func (r *Run) validateOptions(ref reference) (validate.Options, []config.Override, error) {
	c := r.Config
	overrides, err := c.Overrides()
	if err != nil {
		return validate.Options{}, nil, err
	}
	severity := map[string]finding.Severity{}
	for _, o := range overrides {
		if !slices.ContainsFunc(validate.Rules(), func(rule validate.Rule) bool { return rule.ID == o.Rule }) {
			return validate.Options{}, nil, fault.New(fault.Usage, "config.unknown-rule", "rule", o.Rule)
		}
		severity[o.Rule] = o.Severity
	}
	places, err := servicePlaces(c.ServicePlaces)
	if err != nil {
		return validate.Options{}, nil, err
	}
	checksum, ok := ident.ParseMode(cmp.Or(c.Rules.Checksum, "strict"))
	if !ok {
		return validate.Options{}, nil, fmt.Errorf("reading rules.checksum: %q", c.Rules.Checksum)
	}
	at := r.Now()
	return validate.Options{
		Year: c.Year, Municipality: c.Municipality, District: c.District, OrgNumber: c.OrganisationNumber,
		AllowSynthetic: c.AllowSynthetic, Today: record.MakeDate(at.Year(), int(at.Month()), at.Day()),
		Checksum: checksum,
		Severity: severity, ServicePlaces: places, Previous: ref.totals, PreviousYear: ref.year, ChangeShare: c.Rules.StatChangeShare,
	}, overrides, nil
}
