package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/feedback/aeszip"
	"iplos/internal/journal"
	"iplos/internal/report"
	"iplos/internal/workflow"
)

type openFeedbackFlags struct {
	o     workflow.OpenFeedbackOptions
	input *inputFlags
}

func (a *app) newFeedbackOpen() *cobra.Command {
	var f openFeedbackFlags
	cmd := a.command("open ZIP", "feedback-open", a.exactArgs("ZIP"), func(cmd *cobra.Command, args []string) error {
		f.o.Archive = args[0]
		return a.runFeedbackOpen(cmd, f)
	})
	f.input = a.addInputFlags(cmd)
	fs := cmd.Flags()
	fs.StringVar(&f.o.To, "to", "", a.T("flag.open-to"))
	fs.BoolVar(&f.o.Force, "force", false, a.T("flag.force"))
	fs.StringVar(&f.o.Profile, "list-profile", "", a.T("flag.list-profile"))
	f.o.Limits = aeszip.DefaultLimits()
	fs.Int64Var(&f.o.Limits.TotalBytes, "max-bytes", f.o.Limits.TotalBytes, a.T("flag.max-bytes"))
	fs.IntVar(&f.o.Limits.Entries, "max-entries", f.o.Limits.Entries, a.T("flag.max-entries"))
	fs.Int64Var(&f.o.Limits.Ratio, "max-ratio", f.o.Limits.Ratio, a.T("flag.max-ratio"))
	fs.StringArrayVar(&f.o.Reports, "report", nil, a.T("flag.report"))
	fs.String("feedback-password-file", "", a.T("flag.feedback-password-file"))
	fs.String("feedback-password-command", "", a.T("flag.feedback-password-command"))
	fs.String("vault", "", a.T("flag.vault"))
	return cmd
}

func (a *app) runFeedbackOpen(cmd *cobra.Command, f openFeedbackFlags) error {
	r, err := a.run(cmd, workflow.Secure)
	if err != nil {
		return err
	}
	if f.o.To == "" {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "to")
	}
	for _, flag := range []string{"max-bytes", "max-entries", "max-ratio"} {
		if v := cmd.Flags().Lookup(flag).Value.String(); v == "0" || v[0] == '-' {
			return fault.New(fault.Usage, "cli.bad-flag-value", "flag", flag, "value", v)
		}
	}
	if f.input.input != "" {
		if f.o.Submitted, err = a.source(cmd, r, f.input); err != nil {
			return err
		}
	}
	progress := a.Progress(a.now, "progress.open", 0)
	defer progress.Done()
	f.o.Progress = func(done, total int64) {
		progress.Total(total)
		progress.Set(done)
	}
	opened, err := r.FeedbackOpen(cmd.Context(), f.o)
	if opened == nil {
		return err
	}
	rep := r.FeedbackReport(opened, a.Printer)
	failed := r.WriteReports(rep, f.o.Reports, f.o.Force, a.Plain())
	value := map[string]any{
		"folder": opened.Folder, "files": opened.Files, "manifest": opened.Manifest, "lists": a.listsJSON(opened.Learned.Lists),
		"findings": opened.Learned.Summary.Total(), "by_rule": opened.Learned.Summary.ByRule, "matches": opened.Learned.Matches,
	}
	if opened.Compared != nil {
		value["submission_id"] = opened.Compared.ID
	}
	return a.answer(value, func() {
		a.printFeedback(opened, rep)
		if failed != nil {
			return
		}
		for _, path := range f.o.Reports {
			a.Say("cli.feedback.report", "file", path)
		}
	}, errors.Join(err, failed))
}

// listJSON is a list with why it was not read in words.
type listJSON struct {
	feedback.List
	Problem *problemJSON `json:"problem,omitempty"`
}

type problemJSON struct {
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

func (a *app) listsJSON(lists []feedback.List) []listJSON {
	all := []listJSON{}
	for _, l := range lists {
		one := listJSON{List: l}
		if p := l.Problem; p != nil {
			one.Problem = &problemJSON{a.T(p.ID, p.Args...), a.T(l.Advice, p.Args...)}
		}
		all = append(all, one)
	}
	return all
}

func (a *app) printFeedback(o *workflow.OpenedFeedback, rep *report.Report) {
	switch {
	case o.Manifest == nil:
		a.Warn("cli.feedback.no-manifest")
	case !o.Manifest.Verified:
		a.Warn("cli.feedback.manifest-unverified")
	}
	a.Say("cli.feedback.opened", "count", len(o.Files), "folder", o.Folder)
	for _, f := range o.Files {
		fmt.Fprintf(a.OutText(), "  %-10s %10s  %q\n", f.Kind, a.Bytes(f.Bytes), f.Name)
	}
	if len(o.Learned.Lists) == 0 {
		a.Say("cli.feedback.no-lists")
		return
	}
	for _, l := range o.Learned.Lists {
		a.printList(l)
	}
	if o.Learned.Read() == 0 {
		a.Warn("cli.feedback.none-read")
		return // no findings because nothing was read, not because there are none
	}
	rep.Limits.SummaryOnly = true
	format, _ := report.ByName(report.Formats(), formatText)
	_ = format.Write(a.OutText(), rep, a.Printer) // the terminal's own errors show by themselves
	switch {
	case o.Compared != nil:
		a.Say("cli.feedback.compared", "submission", o.Compared.ID, "sealed", o.Compared.SealedAt.In(journal.Oslo()))
	case o.Own == nil:
		a.Say("cli.feedback.not-compared")
	}
}

func (a *app) printList(l feedback.List) {
	switch p := l.Problem; {
	case p != nil:
		a.Warn("cli.feedback.list-unread", "file", l.File, "why", a.T(p.ID, p.Args...), "advice", a.T(l.Advice, p.Args...))
	case l.Same:
		a.Say("cli.feedback.list-same", "file", l.File, "table", l.Table, "other", l.SameAs)
	default:
		a.Say("cli.feedback.list-read", "file", l.File, "table", l.Table, "count", l.Rows)
		if l.Hidden > 0 {
			a.Warn("cli.feedback.hidden", "file", l.File, "count", l.Hidden)
		}
	}
}
