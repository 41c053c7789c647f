package workflow

import (
	"slices"

	"iplos/internal/crypt/password"
	"iplos/internal/finding"
	"iplos/internal/journal"
)

// keepFindings remembers what was found in a file that is sealed, to set the
// feedback beside it when the export is no longer at hand.
func keepFindings(j *journal.Journal, pkg *Package) error {
	return j.SaveFindings(pkg.Sealed.Manifest.SubmissionID, finding.NewSent(pkg.Inspection.Findings.All()).Write)
}

// sentFindings finds what was remembered of the submission that an archive's
// password belongs to: the newest that was sealed with it. Without one the
// lists are read all the same.
func (r *Run) sentFindings(p *passwords) (*journal.Submission, *finding.Baseline) {
	view, err := r.readJournal()
	if err != nil {
		r.Log.Info().Err(err).Msg("finding the submission of the feedback")
		return nil, nil
	}
	for _, s := range slices.Backward(view.Submissions(r.Now())) {
		if !p.sealed(s) {
			continue
		}
		b, err := r.readFindings(s)
		if err != nil {
			r.Log.Warn().Err(err).Msg("reading what was found before sending")
		}
		if b != nil {
			return s, b
		}
	}
	return nil, nil
}

func (r *Run) readFindings(s *journal.Submission) (*finding.Baseline, error) {
	f, err := journal.Findings(r.Config.StateDir, r.Config.Municipality, s.ID)
	if err != nil || f == nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read from
	return finding.ReadBaseline(f)
}

// sealed tells whether one of the passwords is that of the submission.
func (p *passwords) sealed(s *journal.Submission) bool {
	for _, v := range p.found {
		if ok, err := password.Verify(s.Verifier, v); err == nil && ok {
			return true
		}
	}
	return false
}
