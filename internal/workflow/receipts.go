package workflow

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// Journal returns what the journal says, every line verified.
func (r *Run) Journal() (*journal.View, error) { return r.readJournal() }

// submission finds one by its id, or the newest for none.
func (r *Run) submission(view *journal.View, id string) (*journal.Submission, error) {
	if id != "" {
		return view.Find(id, r.Now())
	}
	all := view.Submissions(r.Now())
	if len(all) == 0 {
		return nil, fault.New(fault.Usage, "journal.submission.nothing")
	}
	return all[len(all)-1], nil
}

// RecordUpload enters that a sealed package was uploaded by hand.
func (r *Run) RecordUpload(path string, at time.Time, reference string) (s *journal.Submission, err error) {
	path = r.findPackage(path)
	if err := r.Config.Require("municipality"); err != nil {
		return nil, err
	}
	files, err := packageFiles(path)
	if err != nil {
		return nil, err
	}
	_, rehearsal, err := submit.Target(r.channelOptions(SubmitOptions{}))
	if err != nil {
		return nil, err
	}
	j, err := r.openJournal()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	known := submissionOf(j.Submissions(), files)
	if known == nil {
		return nil, fault.New(fault.Usage, "send.package-unknown", "package", path)
	}
	if err := notArrived(known); err != nil {
		return nil, err
	}
	e := journal.Entry{
		Type: journal.Recorded, Submission: known.ID, District: known.District, Year: known.Year, Period: known.Period,
		Rehearsal: rehearsal, Package: filepath.Base(path), Reference: reference, Happened: &at, Reason: "by hand",
	}
	if e.PackagePath, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	for _, f := range files {
		e.Files = append(e.Files, journal.File{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256})
	}
	if err := j.Append(e); err != nil {
		return nil, err
	}
	return j.View().Find(known.ID, r.Now())
}

// ReceiptOptions say how a receipt came.
type ReceiptOptions struct {
	// Submission is the id, empty for what Mail says or the newest that
	// awaits one.
	Submission string
	// Mail is an .eml file; without it At and Reference are what the user
	// says.
	Mail      string
	At        time.Time
	Reference string
}

// AddReceipt enters that SSB's receipt came: only then is a submission
// received.
func (r *Run) AddReceipt(o ReceiptOptions) (s *journal.Submission, err error) {
	if err := r.Config.Require("municipality"); err != nil {
		return nil, err
	}
	mail, err := readMail(o.Mail)
	if err != nil {
		return nil, err
	}
	named := o.Submission != "" || mail != nil && mail.Submission != ""
	if mail != nil && o.Submission == "" {
		o.Submission = mail.Submission
	}
	j, err := r.openJournal()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if mail != nil {
		if known := j.View().WithMail(mail.SHA256, r.Now()); known != nil {
			o.Submission = known.ID
		}
	}
	if s, err = r.awaiting(j.View(), o.Submission); err != nil {
		return nil, err
	}
	if err := r.checkSender(mail, s, named); err != nil {
		return nil, err
	}
	e, err := receiptEntry(s, o, mail)
	if errors.Is(err, journal.ErrSameReceipt) {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			r.Person.Note(f.ID, f.Args...)
		}
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := j.Append(e); err != nil {
		return nil, err
	}
	return j.View().Find(s.ID, r.Now())
}

// checkSender warns of an e-mail that is not SSB's, and refuses one that
// nothing ties to what was sent. The sandbox's rehearse.
func (r *Run) checkSender(mail *journal.Mail, s *journal.Submission, named bool) error {
	switch {
	case mail == nil || mail.FromSSB():
		return nil
	case !named && !s.Rehearsal:
		return fault.New(fault.Usage, "send.receipt-foreign", "from", mail.From)
	default:
		r.Person.Warn("cli.status.receipt.sender", "from", mail.From)
		return nil
	}
}

func receiptEntry(s *journal.Submission, o ReceiptOptions, mail *journal.Mail) (journal.Entry, error) {
	if mail == nil {
		return s.ReceiptEntry(o.At, o.Reference, "hand", "")
	}
	return s.ReceiptEntry(mail.At, mail.Reference, "eml", mail.SHA256)
}

// readMail reads the e-mail; nil without one.
func readMail(path string) (*journal.Mail, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // entered by hand
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	return journal.ReadMail(f)
}

// awaiting finds the submission a receipt is for: the one named, else the
// newest that was sent and has none.
func (r *Run) awaiting(view *journal.View, id string) (*journal.Submission, error) {
	if id != "" {
		return view.Find(id, r.Now())
	}
	_, rehearsal, err := submit.Target(r.channelOptions(SubmitOptions{}))
	if err != nil {
		return nil, err
	}
	all := view.Submissions(r.Now())
	for _, s := range slices.Backward(all) {
		if s.Attempted && s.Receipt == nil && s.Rehearsal == rehearsal {
			return s, nil
		}
	}
	return r.submission(view, "")
}

// Status sums up where the municipality stands with the data year, all its
// districts together.
func (r *Run) Status() (*journal.Status, error) { return r.status("") }

// DistrictStatus is Status for the one district of the configuration.
func (r *Run) DistrictStatus() (*journal.Status, error) { return r.status(r.Config.District) }

func (r *Run) status(district string) (*journal.Status, error) {
	view, err := r.readJournal()
	if err != nil {
		return nil, err
	}
	_, keyErr := r.pinnedKeys()
	_, rehearsal, err := submit.Target(r.channelOptions(SubmitOptions{}))
	if err != nil {
		return nil, err
	}
	return view.Status(journal.StatusOptions{
		Now: r.Now(), Campaign: r.campaign(), District: district, HasKey: keyErr == nil, Rehearsal: rehearsal,
	}), nil
}

// Proof ties one submission together; an empty id is the newest.
func (r *Run) Proof(id string) (*journal.Proof, error) {
	view, err := r.readJournal()
	if err != nil {
		return nil, err
	}
	s, err := r.submission(view, id)
	if err != nil {
		return nil, err
	}
	return view.Proof(s.ID, r.Now())
}
