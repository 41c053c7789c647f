package workflow

import (
	"context"
	"errors"

	"iplos/internal/fault"
	"iplos/internal/journal"
)

// Health is how a check of `doctor` ended.
type Health string

// The outcomes of a check.
const (
	Good Health = "ok"
	// Unseen could not be looked at, or need not be.
	Unseen Health = "skipped"
	// Odd deserves a look and stops nothing.
	Odd Health = "warning"
	// Ill must be put right before a submission.
	Ill Health = "failed"
)

// Symptom is what one check of `doctor` found: a text and, unless all is
// well, what to do. The clock's stands among the network's, whose probes look
// at it.
type Symptom struct {
	Check  string
	Health Health
	Detail journal.Text
	Advice *journal.Text
	// Later is advice that is never the next thing to do.
	Later bool
}

// examination is a row of the table of checks.
type examination struct {
	name string
	run  func(ctx context.Context, r *Run) []Symptom
}

func examinations() []examination {
	return []examination{
		{"config", examineConfig},
		{"secrets", examineSecrets},
		{"keys", examineKeys},
		{"journal", examineJournal},
		{"disk", examineDisk},
		{"permissions", examinePermissions},
		{"leftovers", examineLeftovers},
		{"network", examineNetwork},
	}
}

// DoctorChecks returns the names of the checks, in order.
func DoctorChecks() []string {
	var names []string
	for _, e := range examinations() {
		names = append(names, e.name)
	}
	return names
}

// Doctor runs every check that needs no submission, each to its end. Broken
// is what is wrong with a configuration that could not be read as it stands;
// the run then has what could be used of it.
func (r *Run) Doctor(ctx context.Context, broken error) ([]Symptom, error) {
	var all []Symptom
	for _, e := range examinations() {
		if e.name == "config" && broken != nil {
			s := of(Ill, broken)
			s.Check = e.name
			all = append(all, s)
			continue
		}
		for _, s := range e.run(ctx, r) {
			if s.Check == "" {
				s.Check = e.name
			}
			all = append(all, s)
		}
		if ctx.Err() != nil {
			return all, context.Cause(ctx)
		}
	}
	return all, nil
}

// First is the first symptom of that gravity with something to do about it
// now, nil for none.
func First(all []Symptom, h Health) *Symptom {
	for i, s := range all {
		if s.Health == h && s.Advice != nil && !s.Later {
			return &all[i]
		}
	}
	return nil
}

func good(id string, args ...any) Symptom {
	return Symptom{Health: Good, Detail: journal.Text{ID: id, Args: args}}
}

// of makes an error a symptom with the error's own text and hint.
func of(h Health, err error) Symptom {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, fault.Internal, "ui.internal", "cause", err.Error())
	}
	return Symptom{Health: h, Detail: journal.Text{ID: f.ID, Args: f.Args}, Advice: &journal.Text{ID: f.ID + ".hint", Args: f.Args}}
}
