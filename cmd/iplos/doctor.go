package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/workflow"
)

func (a *app) newDoctor() *cobra.Command {
	return a.command("doctor", "doctor", a.noArgs("iplos doctor"), func(cmd *cobra.Command, _ []string) error {
		c, err := a.settings(cmd)
		if err != nil {
			return err
		}
		r := a.runWith(c)
		symptoms, err := r.Doctor(cmd.Context())
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

// doctorNext is the one next step: what ails first, else what the calendar
// says.
func (a *app) doctorNext(r *workflow.Run, symptoms []workflow.Symptom) string {
	if advice := workflow.FirstAdvice(symptoms); advice != nil {
		return a.T(advice.ID, advice.Args...)
	}
	s, err := r.Status()
	if err != nil {
		return a.T(asFault(err).ID+".hint", asFault(err).Args...)
	}
	return a.T(s.Next.ID, s.Next.Args...)
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
