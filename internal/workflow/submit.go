package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/httpx"
	"iplos/internal/journal"
	"iplos/internal/register"
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

// Plan is what is about to be sent, on one screen.
type Plan struct {
	ConfigFile   string
	Municipality string
	Name         string
	District     string
	Year         int
	Server       string
	Rehearsal    bool
	DryRun       bool
	Package      string
	Bytes        int64
	Persons      int
	Verdict      finding.Verdict
	Summary      *finding.Summary
	Keys         []journal.Key
	Separation   string
	Contact      string
}

// Delivery is the result of `submit`; its JSON is a contract.
type Delivery struct {
	SubmissionID string          `json:"submission_id"`
	State        string          `json:"state"`
	Verdict      finding.Verdict `json:"verdict"`
	Confirmation string          `json:"confirmation"`
	Reference    string          `json:"reference"`
	Files        []DeliveredFile `json:"files"`
	// ReceiptDue is when SSB's e-mail is due, empty until everything is
	// uploaded.
	ReceiptDue string `json:"receipt_due,omitempty"`
	Server     string `json:"server,omitempty"`
	Package    string `json:"package,omitempty"`

	// Plan is what was shown before sending.
	Plan *Plan `json:"-"`
	// Inspection is nil when a package was sent that was sealed before.
	Inspection *Inspection `json:"-"`
}

// DeliveredFile is one file of a Delivery.
type DeliveredFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
}

// Submit reads, checks, seals and delivers an export, or delivers a package
// that is sealed already. The Delivery says what is known also when there is
// an error.
func (r *Run) Submit(ctx context.Context, src Source, opts SubmitOptions) (*Delivery, error) {
	if err := r.Config.Require("municipality", "organisation_number", "contact.email"); err != nil {
		return nil, err
	}
	address, rehearsal, err := submit.Target(r.channelOptions(opts))
	if err != nil {
		return nil, err
	}
	if err := submit.Allowed(rehearsal, r.Config.Year, false); err != nil {
		return nil, err
	}
	to := destination{rehearsal: rehearsal, send: !opts.DryRun}
	if opts.DryRun {
		return r.rehearse(ctx, src, opts, to, address.Host)
	}
	j, err := r.openJournal()
	if err != nil {
		return nil, err
	}
	d, err := r.submitLocked(ctx, j, src, opts, to)
	return d, errors.Join(err, j.Close())
}

func (r *Run) submitLocked(ctx context.Context, j *journal.Journal, src Source, opts SubmitOptions, to destination) (*Delivery, error) {
	login, err := r.login(ctx)
	if err != nil {
		return nil, err
	}
	defer login.PIN.Wipe()
	cons, d, err := r.consignment(ctx, j, src, opts, to)
	if err != nil {
		return d, err
	}
	if err := submit.Allowed(to.rehearsal, cons.Year, cons.Synthetic); err != nil {
		return d, err
	}
	d.Plan.Server = r.Config.Sendemodul.URL
	if opts.Show != nil {
		opts.Show(d.Plan)
	}
	if err := r.confirmSending(ctx, j, d, to); err != nil {
		return d, err
	}
	return d, r.deliver(ctx, j, cons, login, opts, to, d)
}

// consignment seals the export, or takes up a package from the journal.
func (r *Run) consignment(ctx context.Context, j *journal.Journal, src Source, opts SubmitOptions, to destination) (submit.Consignment, *Delivery, error) {
	if opts.Package != "" {
		return r.resume(j, opts, to)
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
	if err := r.handOverPassword(pkg); err != nil {
		return submit.Consignment{}, d, err
	}
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

func (r *Run) newDelivery(pkg *Package) *Delivery {
	if pkg == nil || pkg.Inspection == nil {
		return nil
	}
	in := pkg.Inspection
	d := &Delivery{Verdict: in.Verdict, Inspection: in, State: string(journal.StateSealed), Files: []DeliveredFile{}}
	d.Plan = &Plan{
		ConfigFile: r.Config.File, Municipality: in.Municipality, District: in.District, Year: in.Year,
		Persons: in.Totals.Persons, Verdict: in.Verdict, Summary: in.Summary(), Keys: pkg.Keys,
		Contact: r.Config.Contact.Email,
	}
	if m, ok := register.InYear(in.Municipality, in.Year); ok {
		d.Plan.Name = m.Name
	}
	if pkg.Sealed == nil {
		return d
	}
	d.SubmissionID, d.Package = pkg.Sealed.Manifest.SubmissionID, pkg.Sealed.Path
	d.Plan.Package, d.Plan.Separation = pkg.Sealed.Path, string(pkg.Sealed.Manifest.Separation)
	for _, f := range pkg.Sealed.Files {
		d.Plan.Bytes += f.Bytes
		d.Files = append(d.Files, DeliveredFile{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256, State: string(journal.StateSealed)})
	}
	return d
}

// resume takes up a package: what the journal knows of it decides what is
// left to send.
func (r *Run) resume(j *journal.Journal, opts SubmitOptions, to destination) (submit.Consignment, *Delivery, error) {
	files, err := packageFiles(opts.Package)
	if err != nil {
		return submit.Consignment{}, nil, err
	}
	s := submissionOf(j.Submissions(), files)
	if s == nil {
		return submit.Consignment{}, nil, fault.New(fault.Usage, "send.package-unknown", "package", opts.Package)
	}
	if err := resumable(s, opts.Resend); err != nil {
		return submit.Consignment{}, nil, err
	}
	cons := submit.Consignment{ID: s.ID, Year: s.Year, Synthetic: s.Synthetic}
	d := r.resumedDelivery(s, opts.Package)
	for _, f := range files {
		state := s.File(f.Name)
		if state != nil && state.State == journal.StateUploaded && !opts.Resend {
			continue
		}
		f.Doubt = state != nil && state.State == journal.StateUnknown
		cons.Files = append(cons.Files, f)
	}
	if opts.Resend {
		if err := j.Append(journal.Entry{Type: journal.Resend, Submission: s.ID, District: s.District, Year: s.Year, Rehearsal: to.rehearsal, Reason: "flag"}); err != nil {
			return submit.Consignment{}, d, err
		}
	}
	return cons, d, nil
}

func resumable(s *journal.Submission, resend bool) error {
	if resend {
		return nil
	}
	switch s.State {
	case journal.StateUploaded, journal.StateConfirmed, journal.StateOverdue:
		return fault.New(fault.Duplicate, "journal.duplicate", "submission", s.ID, "date", s.UploadedAt.In(journal.Oslo()), "package", s.Package, "due", s.ReceiptDue)
	default:
		return nil
	}
}

func (r *Run) resumedDelivery(s *journal.Submission, path string) *Delivery {
	d := &Delivery{SubmissionID: s.ID, State: string(s.State), Verdict: s.Verdict, Package: path, Files: []DeliveredFile{}}
	d.Plan = &Plan{
		ConfigFile: r.Config.File, Municipality: s.Municipality, District: s.District, Year: s.Year,
		Verdict: s.Verdict, Keys: s.Keys, Separation: s.Separation, Package: path, Contact: r.Config.Contact.Email,
	}
	if m, ok := register.InYear(s.Municipality, s.Year); ok {
		d.Plan.Name = m.Name
	}
	if s.Totals != nil {
		d.Plan.Persons = s.Totals.Persons
	}
	for _, f := range s.Files {
		d.Plan.Bytes += f.Bytes
		d.Files = append(d.Files, DeliveredFile{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256, State: string(f.State)})
	}
	return d
}

// deliver sends and puts the outcome in the delivery and the journal.
func (r *Run) deliver(ctx context.Context, j *journal.Journal, cons submit.Consignment, login submit.Login, opts SubmitOptions, to destination, d *Delivery) error {
	o := r.channelOptions(opts)
	o.Login, o.Resend, o.Progress = login, opts.Resend, opts.Progress
	o.Events = &journalEvents{journal: j, id: cons.ID, year: cons.Year, district: r.Config.District, rehearsal: to.rehearsal}
	out, err := submit.Send(ctx, o, cons)
	d.Confirmation, d.Reference, d.Server = out.Confirmation, out.Reference, out.Server
	d.fill(j.Submissions())
	return err
}

// fill takes the states from the journal, which is what the next run sees.
func (d *Delivery) fill(all []*journal.Submission) {
	for _, s := range all {
		if s.ID != d.SubmissionID {
			continue
		}
		d.State = string(s.State)
		if !s.ReceiptDue.IsZero() {
			d.ReceiptDue = s.ReceiptDue.Format(time.RFC3339)
		}
		for i := range d.Files {
			if f := s.File(d.Files[i].Name); f != nil {
				d.Files[i].State = string(f.State)
			}
		}
	}
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

// journalEvents writes what becomes of each upload: before its first byte and
// after its end.
type journalEvents struct {
	journal   *journal.Journal
	id        string
	year      int
	district  string
	rehearsal bool
}

// Uploading implements submit.Events.
func (e *journalEvents) Uploading(files []submit.File, server string) error {
	for _, f := range files {
		if err := e.append(journal.Uploading, f, journal.Entry{Server: server}); err != nil {
			return err
		}
	}
	return nil
}

// Ended implements submit.Events.
func (e *journalEvents) Ended(f submit.FileResult, server string) error {
	types := map[submit.State]journal.Type{
		submit.NotSent: journal.NotSent, submit.Uploaded: journal.Uploaded,
		submit.Unknown: journal.Unknown, submit.Refused: journal.Refused,
	}
	return e.append(types[f.State], f.File, journal.Entry{
		Server: server, Status: f.Status, Confirmation: f.Confirmation, Reference: f.Reference, Reason: f.Reason,
	})
}

func (e *journalEvents) append(t journal.Type, f submit.File, entry journal.Entry) error {
	entry.Type, entry.Submission, entry.Year, entry.District, entry.Rehearsal = t, e.id, e.year, e.district, e.rehearsal
	entry.File, entry.Bytes, entry.SHA256 = f.Name, f.Bytes, f.SHA256
	return e.journal.Append(entry)
}
