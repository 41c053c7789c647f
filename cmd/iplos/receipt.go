package main

import (
	"github.com/spf13/cobra"

	"iplos/internal/journal"
	"iplos/internal/workflow"
)

func (a *app) newReceipt() *cobra.Command {
	var o workflow.ReceiptOptions
	var at string
	add := a.command("add [SUBMISSION]", "receipt-add", a.atMost("SUBMISSION"), func(cmd *cobra.Command, args []string) error {
		when, err := a.givenTime("at", at)
		if err != nil {
			return err
		}
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		o.Submission, o.At = firstArg(args), when
		s, err := r.AddReceipt(cmd.Context(), o)
		if err != nil {
			return err
		}
		return a.answer(submissionJSON(s), func() {
			a.Say("cli.status.receipt.added", "submission", s.ID, "time", s.Receipt.At.In(journal.Oslo()))
		}, nil)
	})
	add.Flags().StringVar(&at, "at", "", a.T("flag.at"))
	add.Flags().StringVar(&o.Mail, "eml", "", a.T("flag.eml"))
	add.Flags().StringVar(&o.Reference, "reference", "", a.T("flag.reference"))
	return a.group("receipt", "receipt", add)
}
