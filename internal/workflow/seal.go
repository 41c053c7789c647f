package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/record"
	"iplos/internal/secret"
	"iplos/internal/submit"
)

// SealOptions say how a package is made and what the user has accepted.
type SealOptions struct {
	// Output is the package to write.
	Output string
	Force  bool
	// AcceptIncomplete seals a file that lacks something of the minimum, as
	// the guide asks for.
	AcceptIncomplete bool
	// Resend seals again what was sent before.
	Resend bool
	// SubmissionID names the submission; a new one is made when empty.
	SubmissionID string
}

// Package is a sealed package and what led to it.
type Package struct {
	Inspection *Inspection
	Sealed     *crypt.Sealed
	Keys       []journal.Key
	Answers    []journal.Answer
	password   secret.Value
	passphrase secret.Value
	generated  bool
	// throwaway tells that the password is nobody's: it will not be used,
	// since a package that waits goes in the place of this one.
	throwaway bool
	// earlier is a package of an earlier run that goes in the place of this
	// one; Sealed is nil then.
	earlier *takenUp
	// duplicate is the submission that was sent with the same content.
	duplicate *journal.Submission
}

// wipe forgets the secrets.
func (p *Package) wipe() {
	p.password.Wipe()
	p.passphrase.Wipe()
}

// destination is where a package is meant to go; it decides what is asked.
type destination struct {
	// rehearsal is a loopback address: the local sandbox.
	rehearsal bool
	// send is false for `encrypt`, which sends nothing.
	send bool
	// server is the address, for messages.
	server string
}

// Encrypt makes a sealed package without touching the network. The Package
// holds the inspection also when the error is the verdict.
func (r *Run) Encrypt(ctx context.Context, src Source, opts SealOptions) (*Package, error) {
	if err := r.require(ctx, "municipality", "organisation_number", "contact.email"); err != nil {
		return nil, err
	}
	if opts.Output == "-" {
		// It must be whole before anybody sees it, and kept for sending.
		return nil, fault.New(fault.Usage, "send.package-stdout")
	}
	if err := r.checkPackage(src.Path, opts.Output, opts.Force); err != nil {
		return nil, err
	}
	j, err := r.openJournal()
	if err != nil {
		return nil, err
	}
	// An address that cannot be read is for whoever sends to it to complain of.
	_, rehearsal, _ := submit.Target(r.channelOptions(SubmitOptions{}))
	pkg, err := r.seal(ctx, j, src, opts, destination{rehearsal: rehearsal})
	return pkg, errors.Join(err, j.Close())
}

// seal reads, checks and seals the export in one pass, and records it.
func (r *Run) seal(ctx context.Context, j *journal.Journal, src Source, opts SealOptions, to destination) (*Package, error) {
	keys, err := r.recipients(ctx, to)
	if err != nil {
		return nil, err
	}
	pkg := &Package{Keys: keys.keys, Answers: keys.answers}
	defer pkg.wipe()
	pkg.throwaway = r.needsNoPassword(j.View(), src, opts, to)
	if err := r.choosePassword(ctx, pkg); err != nil {
		return nil, err
	}
	begin := &sealing{run: r, src: src, opts: opts, to: keys.list, password: pkg.password}
	defer begin.abort()
	ref, err := r.reference()
	if err != nil {
		return nil, err
	}
	if pkg.Inspection, err = r.inspect(ctx, src, ref, target{start: begin.start}); err != nil {
		return nil, err
	}
	if err := r.maySeal(ctx, j.View(), pkg, opts, to); err != nil {
		return pkg, err
	}
	if pkg.Sealed, err = begin.sealer.Seal(pkg.Inspection.Input); err != nil {
		return pkg, err
	}
	if err = r.keepSealed(ctx, j, pkg, opts, to); err != nil || pkg.earlier != nil {
		err = errors.Join(err, os.RemoveAll(pkg.Sealed.Path))
		pkg.Sealed = nil
	}
	return pkg, err
}

// maySeal is asked when everything is read: the verdict, who is in it, and
// what has been sent before.
func (r *Run) maySeal(ctx context.Context, view *journal.View, pkg *Package, opts SealOptions, to destination) error {
	if err := r.accept(ctx, pkg, opts); err != nil {
		return err
	}
	in := pkg.Inspection
	if to.send {
		if err := submit.Allowed(to.rehearsal, in.Year, in.Synthetic > 0); err != nil {
			return err
		}
	}
	return r.notSentBefore(view, pkg, opts, to)
}

// keepSealed takes a package into use. Its password is in somebody's hands
// before the journal knows of the package: one nobody can open the feedback
// of must not be sent.
func (r *Run) keepSealed(ctx context.Context, j *journal.Journal, pkg *Package, opts SealOptions, to destination) error {
	if err := r.notSentBefore(j.View(), pkg, opts, to); err != nil {
		return err
	}
	if to.send && !opts.Resend {
		var err error
		if pkg.earlier, err = r.sealedBefore(ctx, j.View(), pkg, to); err != nil || pkg.earlier != nil {
			return err
		}
	}
	if pkg.throwaway {
		return r.passwordSource().None()
	}
	if err := r.handOverPassword(ctx, pkg); err != nil {
		return err
	}
	if err := r.keepFindings(j, pkg); err != nil {
		return err
	}
	return r.journalSealed(j, pkg, to)
}

// sealing starts the package when the message's version is known, and ends
// it.
type sealing struct {
	run      *Run
	src      Source
	opts     SealOptions
	to       []crypt.Recipient
	password secret.Value
	sealer   crypt.Sealer
}

func (s *sealing) start(ctx context.Context, p record.Profile) (consumer, error) {
	o := s.run.sealerOptions(s.src, s.opts, s.to, s.password)
	o.Profile = p
	var err error
	s.sealer, err = crypt.NewSealer(ctx, o)
	return s.sealer, err
}

func (s *sealing) abort() {
	if s.sealer != nil {
		s.sealer.Abort()
	}
}

func (r *Run) sealerOptions(src Source, opts SealOptions, to []crypt.Recipient, password secret.Value) crypt.Options {
	c := r.Config
	o := crypt.Options{
		Path: opts.Output, Force: opts.Force, SubmissionID: opts.SubmissionID,
		Suite: cms.Suite(c.Key.Profile), Compression: parts.Compression(c.Compression), PartSize: c.PartSize,
		Recipients: to, DataYear: c.Year, Municipality: c.Municipality, District: c.District,
		OrganisationNumber: c.OrganisationNumber,
		Contact:            crypt.Contact{Name: c.Contact.Name, Email: c.Contact.Email, Phone: c.Contact.Phone},
		FeedbackPassword:   password, Tool: r.Tool,
	}
	if info, err := os.Stat(src.Path); err == nil && info.Mode().IsRegular() {
		o.ExpectedBytes = info.Size()
	}
	return o
}

// accept settles the verdict: what blocks is never sealed, what is incomplete
// needs somebody's word.
func (r *Run) accept(ctx context.Context, pkg *Package, opts SealOptions) error {
	in := pkg.Inspection
	if in.Verdict != finding.Incomplete {
		return in.Err()
	}
	count := in.Summary().BySeverity[finding.Minimum]
	by := "flag"
	if !opts.AcceptIncomplete {
		if !r.Person.Interactive() {
			return in.Err()
		}
		yes, err := r.Person.Confirm(ctx, "ask.incomplete", "count", count)
		if err != nil {
			return err
		}
		if !yes {
			return in.Err()
		}
		by = "terminal"
	}
	pkg.Answers = append(pkg.Answers, journal.Answer{Question: "accept-incomplete", Answer: "yes", By: by})
	return nil
}

// notSentBefore refuses what has been sent before: by the source, and when it
// is sealed by the content too.
func (r *Run) notSentBefore(view *journal.View, pkg *Package, opts SealOptions, to destination) error {
	sent, err := view.Duplicate(r.planned(pkg, to), r.Now())
	if err == nil {
		return nil
	}
	if !opts.Resend {
		pkg.duplicate = sent
		return err
	}
	if answer := (journal.Answer{Question: "resend", Answer: "yes", By: "flag"}); !slices.Contains(pkg.Answers, answer) {
		pkg.Answers = append(pkg.Answers, answer)
	}
	return nil
}

// planned is what the journal is asked about.
func (r *Run) planned(pkg *Package, to destination) journal.Planned {
	p := journal.Planned{
		District: r.Config.District, Year: r.Config.Year, Rehearsal: to.rehearsal, Source: pkg.Inspection.Input.SHA256,
	}
	if pkg.Sealed != nil {
		p.Content, p.Settings = pkg.Sealed.ContentSHA256, r.settingsOf(pkg)
	}
	return p
}

// packagePath is where `submit` keeps the sealed package: in the
// municipality's own folder, so that an interrupted delivery can go on.
func (r *Run) packagePath(id string) string {
	name := crypt.PackageName(r.Config.Municipality, r.Config.District, r.Config.Year, id)
	if r.Config.Package == string(container.Folder) {
		name = name[:len(name)-len(filepath.Ext(name))]
	}
	return filepath.Join(r.folder(), "packages", name)
}
