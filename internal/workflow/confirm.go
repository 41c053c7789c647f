package workflow

import (
	"context"

	"iplos/internal/fault"
	"iplos/internal/journal"
)

// confirmSending asks for the last yes, with everything shown. Outside the
// window it says so. Unattended, what the flags accepted is the yes.
func (r *Run) confirmSending(ctx context.Context, j *journal.Journal, d *Delivery, to destination) error {
	r.warnWindow(to)
	if !r.Person.Interactive() {
		return nil
	}
	question := "ask.send"
	if d.Plan.Asks {
		question = "ask.arrived"
	}
	yes, err := r.Person.Confirm(ctx, question, "server", d.Plan.Server)
	if err != nil {
		return err
	}
	if !yes {
		return fault.New(fault.Interrupted, "send.not-confirmed", "package", journal.Quoted(d.Package))
	}
	if d.Plan.Asks {
		return nil // a yes to sending it was not
	}
	return j.Append(journal.Entry{
		Type: journal.Answered, Submission: d.SubmissionID, District: r.Config.District, Year: r.Config.Year,
		Rehearsal: to.rehearsal, Answers: []journal.Answer{{Question: "send", Answer: "yes", By: "terminal"}},
	})
}
