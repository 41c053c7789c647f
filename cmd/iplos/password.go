package main

import (
	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/workflow"
)

func (a *app) newPassword() *cobra.Command {
	verify := a.command("verify [SUBMISSION]", "password-verify", a.atMost("SUBMISSION"), func(cmd *cobra.Command, args []string) error {
		return a.runPasswordVerify(cmd, firstArg(args))
	})
	verify.Flags().String("feedback-password-file", "", a.T("flag.feedback-password-file"))
	verify.Flags().String("feedback-password-command", "", a.T("flag.feedback-password-command"))
	verify.Flags().String("vault", "", a.T("flag.vault"))
	return a.group("password", "password", verify)
}

func (a *app) runPasswordVerify(cmd *cobra.Command, id string) error {
	r, err := a.run(cmd, workflow.Secure)
	if err != nil {
		return err
	}
	s, ok, err := r.VerifyPassword(cmd.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		err = fault.New(fault.Integrity, "cli.password.wrong", "submission", s.ID)
	}
	return a.answer(map[string]any{"submission_id": s.ID, "matches": ok}, func() {
		if ok {
			a.Say("cli.password.right", "submission", s.ID)
		}
	}, err)
}
