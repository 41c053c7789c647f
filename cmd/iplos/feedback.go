package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/workflow"
)

func (a *app) newFeedback() *cobra.Command {
	return a.group("feedback", "feedback",
		a.newFeedbackCheck(), a.newFeedbackList(), a.newFeedbackPull(), a.newFeedbackDelete(), a.newFeedbackOpen())
}

// addServerFlags declares how to reach Filsluse; account and password are
// settings and read as such.
func (a *app) addServerFlags(cmd *cobra.Command) *workflow.ServerOptions {
	o := &workflow.ServerOptions{}
	fs := cmd.Flags()
	fs.String("filsluse-url", "", a.T("flag.filsluse-url"))
	fs.StringVar(&o.CAFile, "ca-file", "", a.T("flag.ca-file"))
	fs.String("username", "", a.T("flag.username"))
	fs.String("password-file", "", a.T("flag.password-file"))
	fs.String("password-command", "", a.T("flag.password-command"))
	return o
}

func (a *app) newFeedbackCheck() *cobra.Command {
	var o *workflow.ServerOptions
	cmd := a.command("check", "feedback-check", a.noArgs("iplos feedback check"), func(cmd *cobra.Command, _ []string) error {
		r, err := a.run(cmd, workflow.Outside)
		if err != nil {
			return err
		}
		address, status, err := r.FeedbackCheck(cmd.Context(), *o)
		value := map[string]any{"url": address}
		if status != 0 {
			value["status"] = status
		}
		// No answer, or one of the moment, says nothing of the interface.
		if refused := fault.KindOf(err) == fault.Refused; err == nil || refused && status != 0 {
			value["api"] = err == nil
		}
		return a.answer(value, func() {
			if err == nil {
				a.Say("cli.feedback.check-ok", "url", address)
			}
		}, err)
	})
	o = a.addServerFlags(cmd)
	return cmd
}

func (a *app) newFeedbackList() *cobra.Command {
	var o *workflow.ServerOptions
	cmd := a.command("list", "feedback-list", a.noArgs("iplos feedback list"), func(cmd *cobra.Command, _ []string) error {
		r, err := a.run(cmd, workflow.Outside)
		if err != nil {
			return err
		}
		files, err := r.FeedbackList(cmd.Context(), *o)
		if err != nil {
			return err
		}
		return a.answer(map[string]any{"files": files}, func() {
			if len(files) == 0 {
				a.Say("cli.feedback.list.none")
			}
			w := a.table()
			for _, f := range files {
				fmt.Fprintf(w, "%s\t%q\t%s\t%s\t%s\n", f.ID, f.Name, a.Bytes(f.Bytes), a.uploaded(f.Uploaded), a.disappears(f.Disappears))
			}
			_ = w.Flush() // the terminal's own errors show by themselves
		}, nil)
	})
	o = a.addServerFlags(cmd)
	return cmd
}

// uploaded is the server's local time in the reader's language, or as the
// server wrote it.
func (a *app) uploaded(stamp string) string {
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339} {
		if at, err := time.Parse(layout, stamp); err == nil {
			return a.DateTime(at)
		}
	}
	return stamp
}

// disappears says when a file goes from the server, as far as that is known.
func (a *app) disappears(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return a.T("cli.feedback.disappears", "date", a.Date(day))
}

func (a *app) newFeedbackDelete() *cobra.Command {
	var server *workflow.ServerOptions
	var yes bool
	cmd := a.command("delete ID", "feedback-delete", a.exactArgs("ID"), func(cmd *cobra.Command, args []string) error {
		r, err := a.run(cmd, workflow.Outside)
		if err != nil {
			return err
		}
		name, err := r.MayDeleteFeedback(*server, args[0])
		if err != nil {
			return err
		}
		if !yes {
			if yes, err = a.Confirm(cmd.Context(), "ask.feedback-delete", "id", args[0], "file", name); err != nil {
				return unasked(err)
			}
			if !yes {
				return fault.New(fault.Interrupted, "cli.feedback.not-deleted")
			}
		}
		if err := r.FeedbackDelete(cmd.Context(), *server, args[0]); err != nil {
			return err
		}
		return a.answer(map[string]any{"id": args[0], "deleted": true}, func() { a.Say("cli.feedback.deleted", "id", args[0]) }, nil)
	})
	server = a.addServerFlags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, a.T("flag.yes"))
	return cmd
}

// unasked names the flag that answers where nobody is there to ask.
func unasked(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.ID == "ui.cannot-ask" {
		return fault.Wrap(err, fault.Usage, "cli.feedback.delete-unasked", f.Args...)
	}
	return err
}
