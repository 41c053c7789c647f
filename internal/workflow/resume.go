package workflow

import (
	"context"
	"slices"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/register"
	"iplos/internal/submit"
)

// takenUp is a package that was sealed before, with what the journal knows of
// it.
type takenUp struct {
	path       string
	files      []submit.File
	submission *journal.Submission
	// before is the submission it must not be sent for: itself, or another.
	before *journal.Submission
}

// takeUp finds the package and whether it may be sent now.
func (r *Run) takeUp(view *journal.View, opts SubmitOptions, to destination) (*takenUp, error) {
	t := &takenUp{path: r.findPackage(opts.Package)}
	var err error
	if t.files, err = packageFiles(t.path); err != nil {
		return nil, err
	}
	if t.submission, err = ownerOf(view.Submissions(r.Now()), t.path, t.files); err != nil {
		return nil, err
	}
	s := t.submission
	if s.District != r.Config.District {
		return nil, fault.New(fault.Usage, "send.package-district", "package", opts.Package, "district", s.District, "configured", r.Config.District)
	}
	if s.Sent() && s.Rehearsal != to.rehearsal {
		// The files that another kind of receiver has would be left out.
		return nil, fault.New(fault.Usage, "send.package-elsewhere", "package", opts.Package, "server", s.Server)
	}
	if opts.Resend {
		return t, nil
	}
	t.before, err = r.notSentElse(view, s, to)
	return t, err
}

// notSentElse refuses a package that has arrived, itself or as another
// package with the same content.
func (r *Run) notSentElse(view *journal.View, s *journal.Submission, to destination) (*journal.Submission, error) {
	if err := notArrived(s); err != nil {
		return s, err
	}
	p := journal.Planned{District: s.District, Year: s.Year, Rehearsal: to.rehearsal, Content: s.Content, Except: s.ID}
	if s.Source != nil {
		p.Source = s.Source.SHA256
	}
	return view.Duplicate(p, r.Now())
}

// notArrived refuses what is uploaded or received already.
func notArrived(s *journal.Submission) error {
	switch s.State {
	case journal.StateUploaded, journal.StateConfirmed, journal.StateOverdue:
		return fault.New(fault.Duplicate, "journal.duplicate", "submission", s.ID, "date", s.UploadedAt.In(journal.Oslo()), "package", s.PackageArg(), "due", s.ReceiptDue)
	default:
		return nil
	}
}

// resume takes up a package: what the journal knows of it decides what is
// left to send.
func (r *Run) resume(ctx context.Context, j *journal.Journal, opts SubmitOptions, to destination) (submit.Consignment, *Delivery, error) {
	t, err := r.takeUp(j.View(), opts, to)
	if err != nil {
		return submit.Consignment{}, r.inTheWay(t), err
	}
	return r.goOn(ctx, j, t, opts, to)
}

// inTheWay is the delivery for which a package is not sent, nil for another
// reason.
func (r *Run) inTheWay(t *takenUp) *Delivery {
	if t == nil {
		return nil
	}
	return r.earlierDelivery(t.before)
}

// goOn makes a consignment of what is left of a package.
func (r *Run) goOn(ctx context.Context, j *journal.Journal, t *takenUp, opts SubmitOptions, to destination) (submit.Consignment, *Delivery, error) {
	s := t.submission
	d := r.resumedDelivery(s, t.path)
	if err := r.singleKeyAnswered(ctx, j, s, to); err != nil {
		return submit.Consignment{}, d, err
	}
	return submit.Consignment{ID: s.ID, Year: s.Year, Synthetic: s.Synthetic, Files: t.remaining(opts.Resend)}, d, nil
}

// remaining are the files to send: those that are not accepted already, or,
// when all are and the user wants it, every one again.
func (t *takenUp) remaining(resend bool) []submit.File {
	accepted := func(f submit.File) bool {
		state := t.submission.File(f.Name).State
		return state == journal.StateUploaded || state == journal.StateConfirmed
	}
	again := resend && !slices.ContainsFunc(t.files, func(f submit.File) bool { return !accepted(f) })
	var files []submit.File
	for _, f := range t.files {
		if accepted(f) && !again {
			continue
		}
		f.Doubt = t.submission.File(f.Name).State == journal.StateUnknown
		files = append(files, f)
	}
	return files
}

// singleKeyAnswered asks why one key is enough when that was not said at
// sealing: a package from `encrypt` may never have been meant for sending.
func (r *Run) singleKeyAnswered(ctx context.Context, j *journal.Journal, s *journal.Submission, to destination) error {
	if to.rehearsal || len(s.Keys) != 1 {
		return nil
	}
	for _, a := range s.Answers {
		if a.Question == singleRecipient {
			return nil
		}
	}
	answers, err := r.singleKeyReason(ctx, to)
	if err != nil {
		return err
	}
	return j.Append(journal.Entry{Type: journal.Answered, Submission: s.ID, District: s.District, Year: s.Year, Answers: answers})
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
