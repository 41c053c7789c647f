package workflow_test

import (
	"slices"
	"testing"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/sandbox/synth"
	"iplos/internal/workflow"
)

// TestSealedBeforeIsAskedAbout: whether the password of the package that was
// not sent was written down, only the person knows.
func TestSealedBeforeIsAskedAbout(t *testing.T) {
	o := newOffice(t, keyfile.Register, keyfile.Pseudonymiser)
	o.run.Config.Sendemodul.URL = "https://127.0.0.1:1/" // nobody answers there
	o.env["IPLOS_FEEDBACK_PASSWORD"] = ""
	o.person.there = true
	src := o.export(synth.None)
	o.person.answers["ask.send"] = "yes"
	submit := func(answer string, opts workflow.SubmitOptions) (id string, asked bool, shown int) {
		t.Helper()
		o.person.asked, o.person.said = nil, nil
		o.person.answers["ask.sealed-before"] = answer
		d, err := o.run.Submit(t.Context(), src, opts)
		if fault.KindOf(err) != fault.Network || d == nil || d.State != string(journal.StateSealed) || d.Inspection == nil || d.Plan.Summary == nil {
			t.Fatalf("%+v, %v", d, err)
		}
		for _, said := range o.person.said {
			if said == "send.password" {
				shown++
			}
		}
		return d.SubmissionID, slices.Contains(o.person.asked, "ask.sealed-before"), shown
	}
	first, asked, shown := submit("", workflow.SubmitOptions{})
	if asked || shown != 1 {
		t.Errorf("the first: asked %v, password shown %d times", asked, shown)
	}
	if id, asked, shown := submit("yes", workflow.SubmitOptions{}); id != first || !asked || shown != 0 {
		t.Errorf("yes: submission %s, want %s; asked %v, password shown %d times", id, first, asked, shown)
	}
	second, asked, shown := submit("no", workflow.SubmitOptions{})
	if second == first || !asked || shown != 1 || !slices.Contains(o.person.said, "send.never-sent") {
		t.Errorf("no: submission %s, asked %v, password shown %d times, said %v", second, asked, shown, o.person.said)
	}
	if id, asked, shown := submit("yes", workflow.SubmitOptions{SealOptions: workflow.SealOptions{Resend: true}}); id == second || asked || shown != 1 {
		t.Errorf("resend: submission %s, asked %v, password shown %d times", id, asked, shown)
	}
	if got := o.entries(); len(got) != 7 { // three packages, four times a yes to sending
		t.Errorf("journal %v", got)
	}
}
