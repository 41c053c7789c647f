package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/workflow"
)

func (a *app) newFeedbackPull() *cobra.Command {
	var o workflow.PullOptions
	var server *workflow.ServerOptions
	var since string
	cmd := a.command("pull", "feedback-pull", a.noArgs("iplos feedback pull"), func(cmd *cobra.Command, _ []string) error {
		o.ServerOptions = *server
		if since != "" {
			var err error
			if o.Since, err = time.Parse(time.DateOnly, since); err != nil {
				return fault.New(fault.Usage, "cli.bad-day", "flag", "since", "value", since)
			}
		}
		return a.runPull(cmd, o)
	})
	server = a.addServerFlags(cmd)
	fs := cmd.Flags()
	fs.StringVar(&o.To, "to", "", a.T("flag.pull-to"))
	fs.BoolVar(&o.All, "all", false, a.T("flag.pull-all"))
	fs.StringVar(&since, "since", "", a.T("flag.since"))
	return cmd
}

func (a *app) runPull(cmd *cobra.Command, o workflow.PullOptions) error {
	r, err := a.run(cmd, workflow.Outside)
	if err != nil {
		return err
	}
	if o.To == "" {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "to")
	}
	progress := a.Progress(a.now, "progress.fetch", 0)
	defer progress.Done()
	o.Progress = func(_ string, done, total int64) {
		progress.Total(max(0, total))
		progress.Set(done)
	}
	result, err := r.FeedbackPull(cmd.Context(), o)
	if result == nil {
		return err
	}
	value := pullAnswer{PullResult: result}
	for _, f := range result.Failed {
		value.Failed = append(value.Failed, notPulled{f.ID, f.Name, a.failure(f.Err)})
	}
	return a.answer(value, func() { a.sayPulled(result, o.Since, err) }, err)
}

// pullAnswer is a pull's result in JSON, with the reasons in words.
type pullAnswer struct {
	*feedback.PullResult
	Failed []notPulled `json:"failed,omitempty"`
}

type notPulled struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Error *failure `json:"error"`
}

func (a *app) sayPulled(result *feedback.PullResult, since time.Time, err error) {
	for _, f := range result.Files {
		a.sayFile(f)
	}
	for _, name := range result.Gone {
		a.Warn("cli.feedback.gone", "file", fmt.Sprintf("%q", name))
	}
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "feedback.pull.failed" { // which tells by itself
		for _, f := range result.Failed {
			a.Warn("cli.feedback.failed", "file", fmt.Sprintf("%q", f.Name), "why", a.T(f.Err.ID, f.Err.Args...))
		}
	}
	if result.Older > 0 {
		a.Say("cli.feedback.older", "older", result.Older, "date", a.Date(since))
	}
	switch {
	case len(result.Files) > 0:
		a.Say("cli.feedback.carry")
	case err != nil:
	case result.Known > 0:
		a.Say("cli.feedback.nothing-new", "known", result.Known)
	case result.Older == 0 && len(result.Gone) == 0:
		a.Say("cli.feedback.none")
	}
}

func (a *app) sayFile(f feedback.Pulled) {
	said := "cli.feedback.pulled"
	if f.Kept {
		said = "cli.feedback.kept"
	}
	a.Say(said, "file", f.Path, "bytes", a.Bytes(f.Bytes), "sha256", f.SHA256)
	switch {
	case f.UnknownHash:
		a.Warn("cli.feedback.unknown-hash", "file", f.Name)
	case !f.Verified:
		a.Warn("cli.feedback.unverified", "file", f.Name)
	}
}
