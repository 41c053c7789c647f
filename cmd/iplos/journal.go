package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/workflow"
)

func (a *app) newJournal() *cobra.Command {
	return a.group("journal", "journal", a.newJournalShow(), a.newJournalVerify(), a.newJournalRecord(), a.newJournalExport())
}

func (a *app) newJournalShow() *cobra.Command {
	return a.command("show", "journal-show", a.noArgs("iplos journal show"), func(cmd *cobra.Command, _ []string) error {
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		view, err := r.Journal()
		if err != nil {
			return err
		}
		value := map[string]any{"municipality": view.Municipality, "entries": append([]journal.Entry{}, view.Entries...)}
		return a.answer(value, func() { a.printEntries(view) }, nil)
	})
}

func (a *app) printEntries(view *journal.View) {
	if len(view.Entries) == 0 {
		a.Say("cli.journal.empty", "municipality", view.Municipality)
	}
	for _, e := range view.Entries {
		what := a.T("cli.journal.type." + string(e.Type))
		at := e.At.In(journal.Oslo()).Format("2006-01-02 15:04:05")
		fmt.Fprintln(a.OutText(), strings.TrimRight(fmt.Sprintf("%4d  %s  %-20s %-16s  %s", e.Seq, at, what, e.Submission, e.User), " "))
		if e.File != "" {
			fmt.Fprintf(a.OutText(), "%27s%s\n", "", e.File)
		}
		if said := journal.PageWords(e.Confirmation); said != "" && e.Type == journal.Refused {
			fmt.Fprintf(a.OutText(), "%27s%s\n", "", strings.TrimSpace(a.T("status.said", "text", said)))
		}
	}
}

func (a *app) newJournalVerify() *cobra.Command {
	return a.command("verify", "journal-verify", a.noArgs("iplos journal verify"), func(cmd *cobra.Command, _ []string) error {
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		view, err := r.Journal()
		if err != nil {
			return err
		}
		value := map[string]any{"ok": true, "municipality": view.Municipality, "lines": len(view.Entries), "torn_bytes": view.Torn, "last_sha256": view.LastHash}
		return a.answer(value, func() {
			a.Say("cli.journal.whole", "count", len(view.Entries), "hash", view.LastHash)
			for _, w := range r.JournalWarnings() {
				fmt.Fprintln(a.OutText(), a.T(w.ID, w.Args...), a.T(w.ID+".hint", w.Args...))
			}
		}, nil)
	})
}

func (a *app) newJournalRecord() *cobra.Command {
	var at, reference string
	cmd := a.command("record PACKAGE", "journal-record", a.exactArgs("PACKAGE"), func(cmd *cobra.Command, args []string) error {
		when, err := a.givenTime("at", at)
		if err != nil {
			return err
		}
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		s, err := r.RecordUpload(cmd.Context(), args[0], when, reference)
		if err != nil {
			return err
		}
		return a.answer(submissionJSON(s), func() {
			a.Say("cli.journal.recorded", "submission", s.ID, "due", s.ReceiptDue.In(journal.Oslo()))
		}, nil)
	})
	cmd.Flags().StringVar(&at, "at", "", a.T("flag.at"))
	cmd.Flags().StringVar(&reference, "reference", "", a.T("flag.reference"))
	return cmd
}

// givenTime reads when something happened, zero when nothing is given; the
// clocks of two machines may differ by some minutes.
func (a *app) givenTime(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := parseTime(flag, text)
	if err == nil && t.After(a.now().Add(10*time.Minute)) {
		return t, fault.New(fault.Usage, "cli.future-time", "flag", flag, "value", text)
	}
	return t, err
}

// parseTime reads a time with a zone, or one in Norway without.
func parseTime(flag, text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, journal.Oslo()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.New(fault.Usage, "cli.bad-time", "flag", flag, "value", text)
}

func (a *app) newJournalExport() *cobra.Command {
	var output string
	var force bool
	cmd := a.command("export [SUBMISSION]", "journal-export", a.atMost("SUBMISSION"), func(cmd *cobra.Command, args []string) error {
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		proof, err := r.Proof(firstArg(args))
		if err != nil {
			return err
		}
		if output != "" && output != "-" {
			if err := r.WriteProof(proof, output, force, a.Printer); err != nil {
				return err
			}
			return a.answer(map[string]string{"file": output}, func() { a.Say("cli.journal.exported", "file", output) }, nil)
		}
		return a.answer(proof, func() { fmt.Fprint(a.OutText(), workflow.ProofText(proof, a.Printer)) }, nil)
	})
	cmd.Flags().StringVarP(&output, "output", "o", "", a.T("flag.output"))
	cmd.Flags().BoolVar(&force, "force", false, a.T("flag.force"))
	return cmd
}

// latest are the words for the newest submission on the command line.
func latest() []string { return []string{"siste", "sist", "last"} }

func firstArg(args []string) string {
	if len(args) == 0 || slices.Contains(latest(), args[0]) {
		return ""
	}
	return args[0]
}
