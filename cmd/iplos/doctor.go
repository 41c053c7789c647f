package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/workflow"
)

func (a *app) newDoctor() *cobra.Command {
	return a.command("doctor", "doctor", a.noArgs("iplos doctor"), func(cmd *cobra.Command, _ []string) error {
		c, broken := a.settings(cmd)
		if broken != nil {
			var err error
			if c, err = a.salvaged(cmd); err != nil {
				return broken
			}
		}
		r := a.runWith(c)
		symptoms, err := r.Doctor(cmd.Context(), broken)
		if err != nil {
			return err
		}
		ill := 0
		list := []map[string]any{}
		for _, s := range symptoms {
			row := map[string]any{"check": s.Check, "health": s.Health, "detail": a.T(s.Detail.ID, s.Detail.Args...), "advice": ""}
			if s.Advice != nil {
				row["advice"] = a.T(s.Advice.ID, s.Advice.Args...)
			}
			if s.Health == workflow.Ill {
				ill++
			}
			list = append(list, row)
		}
		var failed error
		if ill > 0 {
			failed = fault.New(fault.Usage, "doctor.ill", "count", ill)
		}
		next := a.doctorNext(r, symptoms)
		return a.answer(map[string]any{"checks": list, "next_step": next}, func() { a.printDoctor(symptoms, next) }, failed)
	})
}

// salvaged is what can be used of a broken configuration.
func (a *app) salvaged(cmd *cobra.Command) (*config.Config, error) {
	opts, err := a.configOptions(cmd)
	if err != nil {
		return nil, err
	}
	return config.Salvage(opts)
}

// doctorNext is the one next step: what ails, then a submission that needs
// somebody or a campaign that is over, then what is odd, then the calendar.
func (a *app) doctorNext(r *workflow.Run, symptoms []workflow.Symptom) string {
	if ill := workflow.First(symptoms, workflow.Ill); ill != nil {
		return a.T(ill.Detail.ID, ill.Detail.Args...) + " " + a.T(ill.Advice.ID, ill.Advice.Args...)
	}
	status, err := r.Status()
	odd := workflow.First(symptoms, workflow.Odd)
	switch {
	case err == nil && (odd == nil || status.Kind() != "" || status.Closed()):
		return a.T(status.Next.ID, status.Next.Args...)
	case odd != nil:
		return a.T(odd.Advice.ID, odd.Advice.Args...)
	default:
		return a.T(asFault(err).ID+".hint", asFault(err).Args...)
	}
}

func (a *app) printDoctor(symptoms []workflow.Symptom, next string) {
	for _, s := range symptoms {
		fmt.Fprintf(a.OutText(), "%-8s %-12s %s\n", a.T("doctor.health."+string(s.Health)), a.T("doctor.check."+s.Check), a.T(s.Detail.ID, s.Detail.Args...))
		if s.Advice != nil {
			fmt.Fprintf(a.OutText(), "         → %s\n", a.T(s.Advice.ID, s.Advice.Args...))
		}
	}
	fmt.Fprintln(a.OutText())
	a.Say("cli.status.next", "text", next)
}

// printLeftovers reminds of files with person data in plain.
func (a *app) printLeftovers(r *workflow.Run) {
	for _, file := range r.Readable() {
		a.Say("doctor.readable", "file", file)
	}
}
