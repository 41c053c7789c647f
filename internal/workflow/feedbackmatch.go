package workflow

import (
	"context"
	"slices"

	"iplos/internal/crypt/password"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/secret"
)

// keepFindings remembers what was found in a file that is sealed, to set the
// feedback beside it when the export is no longer at hand.
func (r *Run) keepFindings(j *journal.Journal, pkg *Package) error {
	b, err := r.sent(pkg.Inspection)
	if err != nil || b == nil {
		return err
	}
	return j.SaveFindings(pkg.Sealed.Manifest.SubmissionID, b.Write)
}

// sent is what the feedback is set beside; nil for too many findings.
func (r *Run) sent(in *Inspection) (*finding.Baseline, error) {
	if r.tooMany(in) {
		return nil, nil //nolint:nilnil // said to the user
	}
	b := finding.NewSent(in.Findings.All())
	return b, in.Findings.Err()
}

// tooMany tells, also the user, that there are more findings than are
// remembered.
func (r *Run) tooMany(in *Inspection) bool {
	n := in.Summary().Total()
	if n <= finding.MaxRemembered {
		return false
	}
	r.Person.Warn("baseline.too-many", "count", n, "limit", finding.MaxRemembered)
	return true
}

// sentFindings reads what was remembered of the submission that the
// archive's password belongs to. Without it the lists are read all the same.
func (r *Run) sentFindings(s *journal.Submission) *finding.Baseline {
	if s == nil {
		return nil
	}
	b, err := r.readFindings(s)
	if err != nil {
		r.Log.Warn().Err(err).Msg("reading what was found before sending")
	}
	return b
}

func (r *Run) readFindings(s *journal.Submission) (*finding.Baseline, error) {
	f, err := journal.Findings(r.Config.StateDir, r.Config.Municipality, s.ID)
	if err != nil || f == nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	return finding.ReadBaseline(f)
}

// candidates are the passwords to try. When none of them was used for a
// submission that the journal knows, that is said before anything is tried.
func (p *passwords) candidates(ctx context.Context) ([]secret.Value, error) {
	list, err := p.list(ctx)
	if err != nil {
		return nil, err
	}
	p.identify()
	if used, known := p.used(); known && !used {
		p.run.Person.Warn("feedback.open.doubt")
	}
	return list, nil
}

// identify finds the submission that one of the passwords belongs to: the
// newest that was uploaded, else the newest that was sealed with it.
func (p *passwords) identify() {
	view, err := p.run.readJournal()
	if err != nil {
		p.run.Log.Info().Err(err).Msg("finding the submission of the feedback")
		return
	}
	for _, s := range slices.Backward(view.Submissions(p.run.Now())) {
		p.known = p.known || s.Verifier != ""
		if p.submission != nil && s.UploadedAt.IsZero() || !p.sealed(s) {
			continue
		}
		if p.submission = s; !s.UploadedAt.IsZero() {
			return
		}
	}
}

// used tells whether one of the passwords was given at a sealing, and whether
// the journal knows of any.
func (p *passwords) used() (used, known bool) { return p.submission != nil, p.known }

// sealed tells whether one of the passwords is that of the submission.
func (p *passwords) sealed(s *journal.Submission) bool {
	for _, v := range p.found {
		if ok, err := password.Verify(s.Verifier, v); err == nil && ok {
			return true
		}
	}
	return false
}
