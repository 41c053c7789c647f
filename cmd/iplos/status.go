package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/workflow"
)

func (a *app) newStatus() *cobra.Command {
	var all bool
	cmd := a.command("status", "status", a.noArgs("iplos status"), func(cmd *cobra.Command, _ []string) error {
		if all {
			return a.runStatusAll(cmd)
		}
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		s, err := r.Status()
		if err != nil {
			return err
		}
		keys, err := r.KeyReminders()
		if err != nil {
			return err
		}
		return a.answer(a.fullStatusJSON(r, s, keys), func() {
			a.printStatus(s)
			for _, w := range r.JournalWarnings() {
				a.Say("status.warning", "text", a.T(w.ID, w.Args...))
			}
			a.printConcerns(keys)
			a.printLeftovers(r)
		}, statusFault(s))
	})
	cmd.Flags().BoolVar(&all, "all", false, a.T("flag.status-all"))
	return cmd
}

func (a *app) runStatusAll(cmd *cobra.Command) error {
	all, err := a.allSettings(cmd)
	if err != nil {
		return err
	}
	list := []any{}
	var statuses []statusOfAll
	var worst error
	for _, c := range all {
		one := statusOfAll{config: c}
		r := a.runWith(c)
		one.status, one.err = r.DistrictStatus()
		value := map[string]any{"municipality": c.Municipality}
		if one.err == nil {
			var keys []keyfile.Concern
			keys, one.err = r.KeyReminders()
			value = a.fullStatusJSON(r, one.status, keys)
			one.err = cmp.Or(statusFault(one.status), one.err)
		}
		value["district"] = c.District
		if f := a.failure(one.err); f != nil {
			value["error"] = f
		}
		list, statuses = append(list, value), append(statuses, one)
		worst = moreSerious(worst, one.err)
	}
	return a.answer(map[string]any{"municipalities": list}, func() { a.printStatusAll(statuses) }, worst)
}

// statusOfAll is a row of `status --all`; status is nil when the journal
// could not be read.
type statusOfAll struct {
	config *config.Config
	status *journal.Status
	err    error
}

// printStatusAll is one table, and the e-mails that wait to be sent.
func (a *app) printStatusAll(all []statusOfAll) {
	w := a.table()
	fmt.Fprintf(w, "%s\t%s\t%s\n", a.T("all.municipality"), a.T("all.state"), a.T("all.step"))
	for _, one := range all {
		state, step := "–", ""
		if one.status == nil {
			step = a.failure(one.err).Message
		} else {
			step = a.T(one.status.Next.ID, one.status.Next.Args...)
			if last := one.status.Last(); last != nil {
				state = a.T(journal.StateText(last.State))
			}
		}
		fmt.Fprintf(w, "%s-%s\t%s\t%s\n", one.config.Municipality, one.config.District, state, step)
	}
	_ = w.Flush() // the terminal's own errors show by themselves
	for _, one := range all {
		if one.status != nil {
			a.printMails(one.status)
		}
	}
}

// statusFault is the failure that a status is for a scheduler.
func statusFault(s *journal.Status) error {
	switch s.Kind() {
	case fault.Unknown:
		return fault.New(fault.Unknown, "cli.status.unknown", "count", len(s.Unknown))
	case fault.Incomplete:
		return fault.New(fault.Incomplete, "cli.status.overdue", "count", len(s.Overdue))
	default:
		return nil
	}
}

func submissionJSON(s *journal.Submission) map[string]any {
	files := []map[string]any{}
	for _, f := range s.Files {
		files = append(files, map[string]any{"name": f.Name, "bytes": f.Bytes, "sha256": f.SHA256, "state": f.State, "at": f.At})
	}
	value := map[string]any{
		"submission_id": s.ID, "municipality": s.Municipality, "district": s.District, "year": s.Year,
		"state": s.State, "verdict": s.Verdict, "reference": s.Reference, "rehearsal": s.Rehearsal, "files": files,
	}
	if !s.ReceiptDue.IsZero() {
		value["receipt_due"] = s.ReceiptDue.Format(time.RFC3339)
	}
	if s.Receipt != nil {
		value["receipt"] = s.Receipt
	}
	if s.Feedback != nil {
		value["feedback"] = s.Feedback
	}
	return value
}

func (a *app) statusJSON(s *journal.Status) map[string]any {
	list := []any{}
	for _, sub := range s.Submissions {
		list = append(list, submissionJSON(sub))
	}
	value := map[string]any{
		"municipality": s.Municipality, "year": s.Year, "submissions": list,
		"overdue": len(s.Overdue), "unknown": len(s.Unknown), "next_step": a.T(s.Next.ID, s.Next.Args...),
	}
	if d := s.Deadline; d != nil {
		value["deadline"] = map[string]any{"day": d.Day.Time(journal.Oslo()).Format(time.DateOnly), "days": d.Days, "what": a.T(d.ID, d.Args...)}
	}
	return value
}

// fullStatusJSON has what the text tells beside the status, too: what is odd
// about the keys and the journal, and the files with person data left in plain.
func (a *app) fullStatusJSON(r *workflow.Run, s *journal.Status, keys []keyfile.Concern) map[string]any {
	value := a.statusJSON(s)
	texts := a.concernTexts(keys)
	for _, w := range r.JournalWarnings() {
		texts = append(texts, a.T(w.ID, w.Args...))
	}
	value["warnings"] = texts
	value["readable_files"] = r.Readable()
	return value
}

func (a *app) printStatus(s *journal.Status) {
	a.Say("cli.status.title", "municipality", s.Municipality, "year", fmt.Sprint(s.Year))
	if len(s.Submissions) == 0 && !s.Gone {
		a.Say("cli.status.none")
	}
	superseded := s.Superseded()
	for _, sub := range s.Submissions {
		state := a.T(journal.StateText(sub.State))
		if sub.Rehearsal {
			state += ", " + a.T("cli.status.rehearsal")
		}
		if slices.Contains(superseded, sub) {
			state += ", " + a.T("cli.status.superseded")
		}
		fmt.Fprintf(a.OutText(), "  %s  %s\n", sub.ID, state)
		for _, f := range sub.Files {
			fmt.Fprintf(a.OutText(), "    %s  %s\n", f.Name, a.T(journal.StateText(f.State)))
			if said := journal.PageWords(f.Confirmation); said != "" {
				a.Say("status.said", "text", said)
			}
		}
		a.printTimes(sub)
	}
	if d := s.Deadline; d != nil {
		a.Say("cli.status.deadline", "text", a.T(d.ID, d.Args...))
	}
	a.Say("cli.status.next", "text", a.T(s.Next.ID, s.Next.Args...))
	a.printMails(s)
}

// printMails shows what to write to SSB about each receipt that is overdue.
func (a *app) printMails(s *journal.Status) {
	for _, sub := range s.Overdue {
		subject, body := sub.Mail()
		fmt.Fprintf(a.OutText(), "\n%s %s\n%s %s\n\n%s\n", a.T("cli.status.mail.to"), journal.MailTo, a.T("cli.status.mail.subject-label"), a.T(subject.ID, subject.Args...), a.T(body.ID, body.Args...))
	}
}

func (a *app) printTimes(s *journal.Submission) {
	if !s.UploadedAt.IsZero() {
		a.Say("cli.status.uploaded-at", "time", s.UploadedAt.In(journal.Oslo()))
	}
	switch {
	case s.Receipt != nil:
		a.Say("cli.status.receipt-at", "time", s.Receipt.At.In(journal.Oslo()))
	case !s.ReceiptDue.IsZero():
		a.Say("cli.status.receipt-due", "time", s.ReceiptDue.In(journal.Oslo()))
	}
	if f := s.Feedback; f != nil {
		a.Say("cli.status.feedback-at", "time", f.At.In(journal.Oslo()), "archive", f.Archive)
	}
}

// dueText is an RFC 3339 time as a person reads it.
func (a *app) dueText(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return a.DateTime(t.In(journal.Oslo()))
}
