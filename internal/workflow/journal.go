package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"iplos/internal/crypt/password"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
)

// openJournal locks the municipality's journal: one run at a time.
func (r *Run) openJournal() (*journal.Journal, error) {
	return journal.Open(r.Config.StateDir, journal.Options{
		Municipality: r.Config.Municipality, Tool: r.Tool, Now: r.Now,
	})
}

// beside does a job with the journal that the work itself does not hang on:
// nil where there is no municipality, and when another run has it or it cannot
// be written, which is said.
func (r *Run) beside(job func(*journal.Journal) error) error {
	if r.Config.Municipality == "" {
		return job(nil)
	}
	j, err := r.openJournal()
	if err != nil {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok {
			return err
		}
		r.Person.Warn(f.ID, f.Args...)
		return job(nil)
	}
	return errors.Join(job(j), j.Close())
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

func (r *Run) journalSealed(j *journal.Journal, pkg *Package, to destination) error {
	in, m := pkg.Inspection, pkg.Sealed.Manifest
	e, err := r.entryOf(journal.Sealed, in)
	if err != nil {
		return err
	}
	e.Submission, e.Rehearsal, e.Synthetic = m.SubmissionID, to.rehearsal, in.Synthetic > 0
	e.Package, e.Content = filepath.Base(pkg.Sealed.Path), pkg.Sealed.ContentSHA256
	if e.PackagePath, err = filepath.Abs(pkg.Sealed.Path); err != nil {
		return err
	}
	e.Message = &journal.Digest{SHA256: m.Message.SHA256, Bytes: m.Message.Bytes, Version: m.Message.Version}
	e.Keys, e.Separation = pkg.Keys, string(m.Separation)
	e.Verifier, e.Answers, e.Settings = password.NewVerifier(pkg.password), pkg.Answers, r.settingsOf(pkg)
	for _, f := range pkg.Sealed.Files {
		e.Files = append(e.Files, journal.File{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256})
	}
	return j.Append(e)
}

// entryOf starts an entry with what an inspection found.
func (r *Run) entryOf(t journal.Type, in *Inspection) (journal.Entry, error) {
	account, err := json.Marshal(in.Account)
	if err != nil {
		return journal.Entry{}, fmt.Errorf("recording the account: %w", err)
	}
	e := journal.Entry{
		Type: t, District: in.District, Year: in.Year, Period: fmt.Sprintf("%d-01-01/%d-12-31", in.Year, in.Year),
		Source: &in.Input, Totals: in.Totals, Verdict: in.Verdict, RulePack: in.RulePack, Account: account,
		BySeverity: bySeverity(in.Summary()), ByRule: in.Summary().ByRule,
	}
	if unreadable(in) {
		e.Totals = nil // of what was read, and nothing to compare the next year with
	}
	for _, o := range in.Overrides {
		if e.Overrides == nil {
			e.Overrides = map[string]string{}
		}
		e.Overrides[o.Rule] = o.Severity.String() + ": " + o.Reason
	}
	return e, nil
}

func bySeverity(sum *finding.Summary) map[string]int {
	by := map[string]int{}
	for s, n := range sum.BySeverity {
		by[finding.Severity(s).String()] = n
	}
	return by
}
