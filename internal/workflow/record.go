package workflow

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// RecordUpload enters that a sealed package was uploaded by hand. A zero time
// is now, and asked about.
func (r *Run) RecordUpload(ctx context.Context, path string, at time.Time, reference string) (s *journal.Submission, err error) {
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
	known, err := ownerOf(j.Submissions(), path, files)
	if err != nil {
		return nil, err
	}
	if at, err = r.uploadTime(ctx, known, at); err != nil {
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

// uploadTime is when a package was uploaded, when it can have been: once, and
// after it was sealed.
func (r *Run) uploadTime(ctx context.Context, s *journal.Submission, at time.Time) (time.Time, error) {
	args := []any{"submission", s.ID, "package", s.PackageArg(), "date", s.UploadedAt.In(journal.Oslo()), "due", s.ReceiptDue.In(journal.Oslo()), "sealed", s.SealedAt.In(journal.Oslo())}
	if notArrived(s) != nil {
		return at, fault.New(fault.Duplicate, "send.record-again", args...)
	}
	if at.IsZero() {
		if !r.Person.Interactive() {
			return at, fault.New(fault.Usage, "send.record-when", args...)
		}
		yes, err := r.Person.Confirm(ctx, "ask.record-now", args...)
		if err == nil && !yes {
			err = fault.New(fault.Interrupted, "send.record-not-now", args...)
		}
		return r.Now(), err
	}
	// The clocks of two machines may differ by some minutes.
	if at.Add(10 * time.Minute).Before(s.SealedAt) {
		return at, fault.New(fault.Usage, "send.record-early", append(args, "at", at.In(journal.Oslo()))...)
	}
	return at, nil
}
