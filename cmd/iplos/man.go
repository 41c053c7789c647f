package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"iplos/internal/fault"
)

func (a *app) newMan() *cobra.Command {
	var folder string
	cmd := a.command("man", "man", a.noArgs("iplos man"), func(cmd *cobra.Command, _ []string) error {
		if folder == "" {
			return fault.New(fault.Usage, "cli.flag-missing", "command", "iplos man", "flag", "to")
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		at := a.now()
		header := &doc.GenManHeader{Title: "IPLOS", Section: "1", Source: "iplos " + toolVersion(), Date: &at}
		if err := doc.GenManTree(cmd.Root(), header, folder); err != nil {
			return err
		}
		return a.answer(map[string]string{"folder": folder}, func() { a.Say("man.written", "folder", folder) }, nil)
	})
	cmd.Flags().StringVar(&folder, "to", "", a.T("flag.man-to"))
	return cmd
}
