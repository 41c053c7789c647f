package workflow

import (
	"os"

	"iplos/internal/journal"
)

// sentSource refuses an export that has been sent, before anybody is asked or
// a secret is looked for: the same file is enough. It is read for that only
// where the journal has one of its size that was sent.
func (r *Run) sentSource(view *journal.View, src Source, opts SubmitOptions, to destination) (*journal.Submission, error) {
	if opts.Package != "" || opts.Resend {
		return nil, nil //nolint:nilnil // not asked about and no error
	}
	hash := r.knownSource(view, src, to, (*journal.Submission).Sent)
	p := journal.Planned{District: r.Config.District, Year: r.Config.Year, Rehearsal: to.rehearsal, Source: hash}
	return view.Duplicate(p, r.Now())
}

// needsNoPassword tells that nobody gives a feedback password, and that the
// export was sealed before, and waits: that package has one.
func (r *Run) needsNoPassword(view *journal.View, src Source, opts SealOptions, to destination) bool {
	if !to.send || opts.Resend || r.Person.Interactive() || r.passwordSource().Configured() {
		return false
	}
	waits := func(s *journal.Submission) bool { return !s.Sent() && r.keeps(s) }
	return r.knownSource(view, src, to, waits) != ""
}

// knownSource returns the hash of an export that such a submission was made
// of, "" when there is none. A file that cannot be read is for whoever needs
// it to complain of.
func (r *Run) knownSource(view *journal.View, src Source, to destination, such func(*journal.Submission) bool) string {
	info, err := os.Stat(src.Path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	hash := ""
	for _, s := range view.Submissions(r.Now()) {
		if s.Source == nil || s.Source.Bytes != info.Size() || s.Year != r.Config.Year || s.District != r.Config.District || s.Rehearsal != to.rehearsal || !such(s) {
			continue
		}
		if hash == "" {
			if hash, err = fileHash(src.Path); err != nil {
				return ""
			}
		}
		if s.Source.SHA256 == hash {
			return hash
		}
	}
	return ""
}
