package workflow

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/feedback/aeszip"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/register"
	"iplos/internal/report"
	"iplos/internal/spill"
	"iplos/internal/table"
	"iplos/internal/ui/lang"
)

// OpenFeedbackOptions say what to open and what to compare it with.
type OpenFeedbackOptions struct {
	Archive, To string
	Force       bool
	// Profile maps error lists to findings; empty is the built-in one.
	Profile string
	// Submitted is the export that was sent, to compare findings with; its
	// Path may be empty.
	Submitted Source
	// Reports are files that will be written of what came back; they are
	// checked before anything is opened.
	Reports []string
	// Limits are what the archive may hold: the default ones when zero.
	Limits   aeszip.Limits
	Progress func(done, total int64)
}

// OpenedFeedback is what came back.
type OpenedFeedback struct {
	*feedback.Opened
	Learned *feedback.Learned
	// Findings are what the error lists say, Own the inspection of the
	// submitted export, nil without it. Compared is the submission whose
	// findings the journal remembered, in its place.
	Findings *finding.Log
	Own      *Inspection
	Compared *journal.Submission
}

// FeedbackOpen opens the archive and reads its error lists. What was opened is
// there also when the error says that it could not be recorded.
func (r *Run) FeedbackOpen(ctx context.Context, o OpenFeedbackOptions) (*OpenedFeedback, error) {
	inputs := []string{o.Archive, feedback.ManifestPath(o.Archive), o.Profile, o.Submitted.Path}
	keep := r.Keep(inputs...)
	if err := keep.Check(o.To); err != nil {
		return nil, err
	}
	if err := checkListReports(o, inputs); err != nil {
		return nil, err
	}
	profile, err := listProfile(o.Profile)
	if err != nil {
		return nil, err
	}
	out := &OpenedFeedback{Findings: finding.NewLog(spill.New(""))}
	learn := feedback.LearnOptions{Folder: o.To, Profile: profile, Sink: out.Findings}
	if o.Submitted.Path != "" {
		if out.Own, err = r.inspect(ctx, o.Submitted, reference{}, target{}); err != nil {
			return nil, err
		}
		if learn.Own, err = r.sent(out.Own); err != nil {
			return nil, err
		}
	}
	found := &passwords{run: r}
	defer found.wipe()
	if out.Opened, err = r.unpackFeedback(ctx, o, keep, found); err != nil {
		return nil, err
	}
	if learn.Files = out.Files; out.Own == nil {
		if learn.Own = r.sentFindings(found.submission); learn.Own != nil {
			out.Compared = found.submission
		}
	}
	if out.Learned, err = feedback.Learn(ctx, learn); err != nil {
		return nil, err
	}
	return out, r.noteFeedback(o.Archive, found.submission, out.Learned)
}

// unpackFeedback opens the archive. The folder is among the readable files
// before there is anything in it.
func (r *Run) unpackFeedback(ctx context.Context, o OpenFeedbackOptions, keep atomicfile.Keep, found *passwords) (*feedback.Opened, error) {
	r.clearStaging(o.To)
	done := func() {}
	opened, err := feedback.Open(ctx, feedback.OpenOptions{
		Archive: o.Archive, To: o.To, Force: o.Force, Keep: keep,
		Passwords: found.candidates, Used: found.used, Limits: o.Limits, Progress: o.Progress,
		Staged: func(folder string) {
			done = r.staged(folder)
			r.notePlain(o.To)
		},
	})
	done()
	return opened, err
}

// checkListReports refuses, before anything is opened, reports that could not
// be written afterwards, and one among the archive's own files.
func checkListReports(o OpenFeedbackOptions, inputs []string) error {
	to, err := filepath.Abs(o.To)
	if err != nil {
		return err
	}
	for _, path := range o.Reports {
		full, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		if inside, err := filepath.Rel(to, full); err == nil && filepath.IsLocal(inside) {
			return fault.New(fault.Usage, "feedback.open.report", "file", path, "folder", o.To)
		}
	}
	return checkReports(o.Reports, report.Formats(), o.Force, inputs...)
}

// noteFeedback records that the feedback on a submission was opened; status
// goes on from there.
func (r *Run) noteFeedback(archive string, s *journal.Submission, learned *feedback.Learned) error {
	if s == nil {
		return nil
	}
	e := journal.Entry{
		Type: journal.Feedback, Submission: s.ID, District: s.District, Year: s.Year, Rehearsal: s.Rehearsal,
		File: filepath.Base(archive), Lists: learned.Read(), BySeverity: bySeverity(learned.Summary),
	}
	return r.beside(func(j *journal.Journal) error {
		if j == nil {
			return nil
		}
		return j.Append(e)
	})
}

func listProfile(path string) (*table.Profile, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // the built-in profile
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return feedback.ReadListProfile(path, data)
}

// FeedbackReport puts what came back in the form that every format renders.
func (r *Run) FeedbackReport(o *OpenedFeedback, p *lang.Printer) *report.Report {
	rep := &report.Report{
		ToolVersion: strings.TrimPrefix(r.Tool, "iplos "), RulePack: register.PackFor(r.Config.Year).Version,
		Municipality: r.Config.Municipality, District: r.Config.District, Year: r.Config.Year,
		Feedback: true, Findings: o.Findings, Titles: o.Learned.Titles, Matches: o.Learned.Matches, ServiceName: serviceName(p),
	}
	if o.Own != nil {
		rep.Input, rep.Totals = o.Own.Input, o.Own.Totals
	}
	if m, ok := register.InYear(rep.Municipality, rep.Year); ok {
		rep.MunicipalityName = m.Name
	}
	return rep
}
