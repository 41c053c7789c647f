package workflow

import (
	"context"
	"errors"
	"os"
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

// ReceiptOptions say how a receipt came.
type ReceiptOptions struct {
	// Submission is the id, empty for what Mail says or the newest that
	// awaits one.
	Submission string
	// Mail is an .eml file; without it At and Reference are what the user
	// says. A zero At is now.
	Mail      string
	At        time.Time
	Reference string
}

// AddReceipt enters that SSB's receipt came: only then is a submission
// received.
func (r *Run) AddReceipt(ctx context.Context, o ReceiptOptions) (s *journal.Submission, err error) {
	if err := r.Config.Require("municipality"); err != nil {
		return nil, err
	}
	mail, err := readMail(o.Mail)
	if err != nil {
		return nil, err
	}
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
	e, err := r.receiptEntry(ctx, s, o, mail)
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

// receiptEntry is the journal's entry, when what it says is certain or
// somebody says that it is.
func (r *Run) receiptEntry(ctx context.Context, s *journal.Submission, o ReceiptOptions, mail *journal.Mail) (journal.Entry, error) {
	if mail != nil {
		e, err := s.ReceiptEntry(mail.At, mail.Reference, "eml", mail.SHA256)
		if err == nil {
			e.Answers, err = r.mailAnswers(ctx, s, mail)
		}
		return e, err
	}
	at := o.At
	if at.IsZero() {
		at = r.Now()
	}
	e, err := s.ReceiptEntry(at, o.Reference, "hand", "")
	if err == nil && o.At.IsZero() {
		err = r.receivedNow(ctx, s)
	}
	return e, err
}

// mailAnswers lets a person read an e-mail that may not be the receipt.
func (r *Run) mailAnswers(ctx context.Context, s *journal.Submission, mail *journal.Mail) ([]journal.Answer, error) {
	doubts := mail.Doubts(s)
	if doubts == nil {
		if !mail.FromSSB() {
			r.Person.Warn("cli.status.receipt.sender", "from", mail.From)
		}
		return nil, nil
	}
	args := []any{"doubts", doubts, "submission", s.ID, "at", mail.At.In(journal.Oslo()).Format("2006-01-02T15:04"), "text", mail.Excerpt()}
	if !r.Person.Interactive() {
		return nil, fault.New(fault.Usage, "send.receipt-doubt", args...)
	}
	r.Person.Warn("send.receipt-read", args...)
	yes, err := r.Person.Confirm(ctx, "ask.receipt", "submission", s.ID)
	if err != nil {
		return nil, err
	}
	if !yes {
		return nil, fault.New(fault.Interrupted, "send.receipt-no", args...)
	}
	return []journal.Answer{{Question: "receipt", Answer: "yes", By: "terminal"}}, nil
}

// receivedNow asks about a receipt that came, without a time, before one is
// due: most likely the upload's own confirmation is taken for it.
func (r *Run) receivedNow(ctx context.Context, s *journal.Submission) error {
	if !s.ReceiptDue.IsZero() && !r.Now().Before(s.ReceiptDue) {
		return nil
	}
	args := []any{"submission", s.ID}
	if !r.Person.Interactive() {
		return fault.New(fault.Usage, "send.receipt-when", args...)
	}
	yes, err := r.Person.Confirm(ctx, "ask.receipt-now", args...)
	if err == nil && !yes {
		err = fault.New(fault.Interrupted, "send.receipt-not-yet", args...)
	}
	return err
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

// awaiting finds the submission a receipt is for: the one named, else the one
// sent last that has none.
func (r *Run) awaiting(view *journal.View, id string) (*journal.Submission, error) {
	if id != "" {
		return view.Find(id, r.Now())
	}
	_, rehearsal, err := submit.Target(r.channelOptions(SubmitOptions{}))
	if err != nil {
		return nil, err
	}
	if s := view.Awaiting(rehearsal, r.Now()); s != nil {
		return s, nil
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
	s := view.Status(journal.StatusOptions{
		Now: r.Now(), Campaign: r.campaign(), District: district, HasKey: keyErr == nil, Rehearsal: rehearsal,
	})
	if gone := r.journalGone(view); gone != nil {
		// What the calendar says is no advice where something may be sent.
		s.Gone, s.Next = true, journal.Text{ID: "journal.gone.hint", Args: gone.Args}
	}
	return s, nil
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
