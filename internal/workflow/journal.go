package workflow

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iplos/internal/crypt/password"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// openJournal locks the municipality's journal: one run at a time.
func (r *Run) openJournal() (*journal.Journal, error) {
	return journal.Open(r.Config.StateDir, journal.Options{
		Municipality: r.Config.Municipality, Tool: r.Tool, Now: r.Now,
	})
}

// readJournal reads the journal without changing it.
func (r *Run) readJournal() (*journal.View, error) {
	if err := r.Config.Require("municipality"); err != nil {
		return nil, err
	}
	return journal.Read(r.Config.StateDir, r.Config.Municipality)
}

// folder is where everything of this municipality lies.
func (r *Run) folder() string { return journal.Dir(r.Config.StateDir, r.Config.Municipality) }

// lastTotals returns the totals that this year's are compared with: those of
// the year before, nil when there are none.
func (r *Run) lastTotals(v *journal.View) *finding.Totals {
	var last *finding.Totals
	for _, e := range v.Entries {
		if e.Type == journal.Sealed && e.Year == r.Config.Year-1 && e.District == r.Config.District && e.Totals != nil {
			last = e.Totals
		}
	}
	return last
}

func (r *Run) journalSealed(j *journal.Journal, pkg *Package, to destination) error {
	in, m := pkg.Inspection, pkg.Sealed.Manifest
	account, err := json.Marshal(in.Account)
	if err != nil {
		return fmt.Errorf("recording the account: %w", err)
	}
	e := r.entryOf(journal.Sealed, in)
	e.Submission, e.Rehearsal, e.Synthetic = m.SubmissionID, to.rehearsal, in.Synthetic > 0
	e.Package, e.Content = filepath.Base(pkg.Sealed.Path), pkg.Sealed.ContentSHA256
	e.Message = &journal.Digest{SHA256: m.Message.SHA256, Bytes: m.Message.Bytes, Version: m.Message.Version}
	e.Account, e.Keys, e.Separation = account, pkg.Keys, string(m.Separation)
	e.Verifier, e.Answers = password.NewVerifier(pkg.password), pkg.Answers
	for _, f := range pkg.Sealed.Files {
		e.Files = append(e.Files, journal.File{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256})
	}
	return j.Append(e)
}

// entryOf starts an entry with what an inspection found.
func (r *Run) entryOf(t journal.Type, in *Inspection) journal.Entry {
	e := journal.Entry{
		Type: t, District: in.District, Year: in.Year, Period: fmt.Sprintf("%d-01-01/%d-12-31", in.Year, in.Year),
		Source: &in.Input, Totals: in.Totals, Verdict: in.Verdict, RulePack: in.RulePack,
		BySeverity: map[string]int{}, ByRule: in.Summary().ByRule,
	}
	for s, n := range in.Summary().BySeverity {
		e.BySeverity[finding.Severity(s).String()] = n
	}
	for _, o := range in.Overrides {
		if e.Overrides == nil {
			e.Overrides = map[string]string{}
		}
		e.Overrides[o.Rule] = o.Severity.String() + ": " + o.Reason
	}
	return e
}

// packageFiles lists a package's files in the order they are sent: a tar is
// one file; of a folder the manifest is last.
func packageFiles(path string) ([]submit.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []submit.File{{Name: filepath.Base(path), Path: path, Bytes: info.Size()}}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files, last []submit.File
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		f := submit.File{Name: e.Name(), Path: filepath.Join(path, e.Name()), Bytes: info.Size()}
		if e.Name() == "manifest.p7m" {
			last = append(last, f)
		} else if e.Type() == fs.FileMode(0) {
			files = append(files, f)
		}
	}
	return append(files, last...), nil
}

// submissionOf finds the submission that a package's files belong to, by
// name and size; Send compares the hashes before a byte leaves.
func submissionOf(all []*journal.Submission, files []submit.File) *journal.Submission {
	for _, s := range all {
		if belongs(s, files) {
			return s
		}
	}
	return nil
}

func belongs(s *journal.Submission, files []submit.File) bool {
	if len(s.Files) != len(files) {
		return false
	}
	for i := range files {
		known := s.File(files[i].Name)
		if known == nil || known.Bytes != files[i].Bytes {
			return false
		}
	}
	for i := range files {
		files[i].SHA256 = s.File(files[i].Name).SHA256
	}
	return true
}
