package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iplos/internal/fault"
	"iplos/internal/finding"
)

// View is what a journal says at one moment.
type View struct {
	Municipality string
	Entries      []Entry
	// Torn is the number of bytes of a torn last line, which the next run
	// that writes cuts off; LastHash is what the next line chains to.
	Torn     int
	LastHash string
	// Running is the run that has the lock, nil when none has.
	Running *Holder
	// ours tells that the view is of the run that holds the lock itself.
	ours bool
}

// Read reads a municipality's journal without its lock and without changing
// anything, and checks every line. A journal that is not there is an empty
// view. That lines are missing at the end cannot be seen from the journal
// alone: the last hash, kept elsewhere, shows it.
//
// Faults: Integrity, naming the first line that is not as it was written;
// Usage for a newer version or a file that cannot be read.
func Read(stateDir, municipality string) (*View, error) {
	if _, err := (Options{Municipality: municipality, User: "-", Machine: "-"}).withDefaults(); err != nil {
		return nil, err
	}
	dir := Dir(stateDir, municipality)
	path := filepath.Join(dir, fileName)
	v := &View{Municipality: municipality, LastHash: genesis(municipality)}
	// The lock first: a run that ends meanwhile has written all it had.
	if h, ok := held(filepath.Join(dir, lockName)); ok {
		v.Running = &h
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "journal.file", "file", path)
	}
	s, err := scan(data, municipality)
	if err != nil {
		return nil, brokenFault(err, path)
	}
	v.Entries, v.Torn, v.LastHash = s.entries, len(data)-s.whole, s.chain.prev
	return v, nil
}

// View returns what the journal says now.
func (j *Journal) View() *View {
	return &View{Municipality: j.opts.Municipality, Entries: j.entries, LastHash: j.chain.prev, ours: true}
}

// Submissions returns what was sealed or sent, the oldest first, as it stands
// now.
func (j *Journal) Submissions() []*Submission { return j.View().Submissions(j.opts.Now()) }

// Submissions returns what was sealed or sent, the oldest first, as it stands
// at that time.
func (v *View) Submissions(now time.Time) []*Submission {
	return derive(v.Entries, now, v.ours || v.Running != nil)
}

// Find returns the submission with that id, or the only one whose id begins
// so. The fault is Usage.
func (v *View) Find(id string, now time.Time) (*Submission, error) {
	var found []*Submission
	for _, s := range v.Submissions(now) {
		if s.ID == id {
			return s, nil
		}
		if id != "" && strings.HasPrefix(s.ID, id) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fault.New(fault.Usage, "journal.submission.none", "submission", id)
	default:
		return nil, fault.New(fault.Usage, "journal.submission.several", "submission", id, "n", len(found))
	}
}

// WithMail returns the submission whose receipt is that e-mail, by its hash;
// nil when none has it. One e-mail is the receipt of one submission.
func (v *View) WithMail(hash string, now time.Time) *Submission {
	for _, s := range v.Submissions(now) {
		if hash != "" && s.Receipt != nil && s.Receipt.Mail == hash {
			return s
		}
	}
	return nil
}

// Awaiting returns the submission a receipt that names none is for: the one
// sent last of those that have, or may have, arrived and have no receipt; else
// the one sent last; nil when nothing was sent.
func (v *View) Awaiting(rehearsal bool, now time.Time) *Submission {
	var last *Submission
	for _, s := range slices.Backward(bySending(v.Submissions(now))) {
		if s.Rehearsal != rehearsal || !s.Sent() {
			continue
		}
		if s.Receipt == nil {
			return s
		}
		if last == nil {
			last = s
		}
	}
	return last
}

// Planned is a delivery somebody is about to make.
type Planned struct {
	District string
	Year     int
	// Content and Source are SHA-256 hashes, either may be empty: of the
	// message without link ids, and of the source file.
	Content, Source string
	Rehearsal       bool
	// Settings is the hash of all that goes into the package beside the
	// message; Unsent asks for it.
	Settings string
	// Except is a submission that does not count: the one that goes on.
	Except string
}

// Duplicate returns nil, or why the same content must not be sent once more:
// fault Duplicate when it is uploaded or confirmed, with the date; fault
// Unknown when the outcome of the first is not known; fault Duplicate with
// the package to go on with when only some of its files are sent.
func (v *View) Duplicate(p Planned, now time.Time) (*Submission, error) {
	var worst *Submission
	for _, s := range v.Submissions(now) {
		if s.ID == p.Except || !s.Sent() || !s.same(p) {
			continue
		}
		if worst == nil || s.State == StateUnknown || worst.State != StateUnknown {
			worst = s
		}
	}
	if worst == nil {
		return nil, nil //nolint:nilnil // no earlier submission and no error
	}
	args := []any{"submission", worst.ID, "date", worst.sentAt().In(Oslo()), "package", worst.PackageArg(), "due", worst.ReceiptDue}
	switch worst.State {
	case StateUnknown:
		return worst, fault.New(fault.Unknown, "journal.duplicate.unknown", args...)
	case StateUploading, StateRefused, StateSealed:
		return worst, fault.New(fault.Duplicate, "journal.duplicate.partial", args...)
	default:
		return worst, fault.New(fault.Duplicate, "journal.duplicate", args...)
	}
}

// Unsent returns the newest submission that was sealed from that file, with
// that content and those settings, and of which nothing is, or may be,
// delivered; nil for none. Its package can go in the place of a new one.
func (v *View) Unsent(p Planned, now time.Time) *Submission {
	for _, s := range slices.Backward(v.Submissions(now)) {
		whole := s.Content != "" && s.Content == p.Content && s.Settings != "" && s.Settings == p.Settings
		if whole && s.Source != nil && s.Source.SHA256 == p.Source && !s.Sent() && s.same(p) {
			return s
		}
	}
	return nil
}

func (s *Submission) same(p Planned) bool {
	if s.Rehearsal != p.Rehearsal || s.Year != p.Year || s.District != p.District {
		return false
	}
	return p.Content != "" && s.Content == p.Content || p.Source != "" && s.Source != nil && s.Source.SHA256 == p.Source
}

func (s *Submission) sentAt() time.Time {
	var first time.Time
	for _, f := range s.Files {
		if f.State != StateSealed && (first.IsZero() || f.At.Before(first)) {
			first = f.At
		}
	}
	if first.IsZero() {
		return s.SealedAt
	}
	return first
}

// LastTotals returns the totals of the last run over a data year's file: of
// what was sent if anything was, else of the last validation. It is nil when
// there is none. Rehearsals count: their figures are real.
func (v *View) LastTotals(year int, district string) *finding.Totals {
	var validated, sealed *finding.Totals
	for i := range v.Entries {
		e := &v.Entries[i]
		if e.Year != year || e.District != district || e.Totals == nil {
			continue
		}
		switch e.Type {
		case Validated:
			validated = e.Totals
		case Sealed:
			sealed = e.Totals
		default:
		}
	}
	if sealed != nil {
		return sealed
	}
	return validated
}
