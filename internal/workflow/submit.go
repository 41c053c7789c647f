package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iplos/internal/crypt"
	"iplos/internal/fault"
	"iplos/internal/httpx"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// SubmitOptions say how to deliver.
type SubmitOptions struct {
	SealOptions
	// Package is a sealed package to send or go on with, instead of an
	// export.
	Package string
	DryRun  bool
	// CAFile is trusted beside the configured one.
	CAFile string
	// Progress hears of bytes sent.
	Progress func(submit.Progress)
	// Show is called with what is about to be sent, before anything is.
	Show func(*Plan)
}

// Submit reads, checks, seals and delivers an export, or delivers a package
// that is sealed already. The Delivery says what is known also when there is
// an error.
func (r *Run) Submit(ctx context.Context, src Source, opts SubmitOptions) (*Delivery, error) {
	if err := r.require(ctx, "municipality", "organisation_number", "contact.email"); err != nil {
		return nil, err
	}
	address, rehearsal, err := submit.Target(r.channelOptions(opts))
	if err != nil {
		return nil, err
	}
	if err := submit.Allowed(rehearsal, r.Config.Year, false); err != nil {
		return nil, err
	}
	to := destination{rehearsal: rehearsal, send: !opts.DryRun, server: address.String()}
	if opts.DryRun {
		return settled(r.rehearse(ctx, src, opts, to))
	}
	j, err := r.openJournal()
	if err != nil {
		return nil, err
	}
	d, err := settled(r.submitLocked(ctx, j, src, opts, to))
	return d, errors.Join(err, j.Close())
}

func (r *Run) submitLocked(ctx context.Context, j *journal.Journal, src Source, opts SubmitOptions, to destination) (*Delivery, error) {
	if sent, err := r.sentSource(j.View(), src, opts, to); err != nil {
		return r.earlierDelivery(sent), err
	}
	var login submit.Login
	var err error
	if !r.askedForPIN() {
		// What must be configured is looked for before any work is done.
		if login, err = r.login(ctx); err != nil {
			return nil, err
		}
	}
	defer func() { login.PIN.Wipe() }()
	cons, d, err := r.consignment(ctx, j, src, opts, to)
	if err != nil {
		return d, err
	}
	if err := submit.Allowed(to.rehearsal, cons.Year, cons.Synthetic); err != nil {
		return d, err
	}
	d.Plan.Server, d.Plan.Rehearsal, d.Plan.Asks = to.server, to.rehearsal, onlyAsks(cons, opts)
	if opts.Show != nil {
		opts.Show(d.Plan)
	}
	if err := r.confirmSending(ctx, j, d, to); err != nil {
		return d, err
	}
	if login.PIN.IsZero() {
		if login, err = r.login(ctx); err != nil {
			return d, err
		}
	}
	return d, r.deliver(ctx, j, cons, login, opts, to, d)
}

// onlyAsks tells that every file may have arrived, and is not to be sent again.
func onlyAsks(cons submit.Consignment, opts SubmitOptions) bool {
	return !opts.Resend && !slices.ContainsFunc(cons.Files, func(f submit.File) bool { return !f.Doubt })
}

// consignment seals the export, or takes up a package from the journal.
func (r *Run) consignment(ctx context.Context, j *journal.Journal, src Source, opts SubmitOptions, to destination) (submit.Consignment, *Delivery, error) {
	if opts.Package != "" {
		return r.resume(ctx, j, opts, to)
	}
	id := crypt.NewSubmissionID()
	opts.Output = r.packagePath(id)
	if err := os.MkdirAll(filepath.Dir(opts.Output), 0o700); err != nil {
		return submit.Consignment{}, nil, err
	}
	opts.SubmissionID = id
	pkg, err := r.seal(ctx, j, src, opts.SealOptions, to)
	d := r.newDelivery(pkg)
	if err != nil {
		return submit.Consignment{}, d, err
	}
	if pkg.earlier != nil {
		cons, earlier, err := r.goOn(ctx, j, pkg.earlier, opts, to)
		earlier.Inspection, earlier.Plan.Summary = d.Inspection, d.Plan.Summary
		return cons, earlier, err
	}
	r.noteNeverSent(j, id, to)
	cons := submit.Consignment{ID: id, Year: r.Config.Year, Synthetic: pkg.Inspection.Synthetic > 0}
	for _, f := range pkg.Sealed.Files {
		cons.Files = append(cons.Files, submit.File{Name: f.Name, Path: filePath(pkg.Sealed.Path, f.Name), Bytes: f.Bytes, SHA256: f.SHA256, Checked: true})
	}
	return cons, d, nil
}

// filePath is where a package's file lies: a folder's files lie in it, a tar
// is its own file.
func filePath(pkg, name string) string {
	if filepath.Base(pkg) == name {
		return pkg
	}
	return filepath.Join(pkg, name)
}

// deliver sends and puts the outcome in the delivery and the journal.
func (r *Run) deliver(ctx context.Context, j *journal.Journal, cons submit.Consignment, login submit.Login, opts SubmitOptions, to destination, d *Delivery) error {
	o := r.channelOptions(opts)
	o.Login, o.Resend, o.Progress = login, opts.Resend, opts.Progress
	o.Events = &journalEvents{journal: j, id: cons.ID, year: cons.Year, district: r.Config.District, rehearsal: to.rehearsal, resend: opts.Resend && opts.Package != ""}
	out, err := submit.Send(ctx, o, cons)
	err = r.noteAsked(j, cons, to, err)
	d.Confirmation, d.Said, d.Reference, d.Server = out.Confirmation, out.Said, out.Reference, out.Server
	d.fill(j.Submissions())
	return withPackage(err, d.Package)
}

// withPackage tells the advice on an unknown outcome which package to ask the
// server about.
func withPackage(err error, path string) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Unknown {
		f.Args = append(f.Args, "package", journal.Quoted(path))
	}
	return err
}

func (r *Run) channelOptions(opts SubmitOptions) submit.Options {
	c := r.Config
	ca := c.Sendemodul.CAFile
	if opts.CAFile != "" {
		ca = opts.CAFile
	}
	return submit.Options{
		URL:     c.Sendemodul.URL,
		Mapping: submit.Mapping{Fields: c.Sendemodul.Fields, Success: c.Sendemodul.Success, Failure: c.Sendemodul.Failure},
		HTTP:    httpx.Options{CAFile: ca, Proxy: c.Sendemodul.Proxy, Logger: r.Log, UserAgent: strings.ReplaceAll(r.Tool, " ", "/")},
	}
}
