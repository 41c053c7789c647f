package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"iplos/internal/atomicfile"
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
		if err := a.writeManPages(cmd.Root(), folder); err != nil {
			return err
		}
		return a.answer(map[string]string{"folder": folder}, func() { a.Say("man.written", "folder", folder) }, nil)
	})
	cmd.Flags().StringVar(&folder, "to", "", a.T("flag.man-to"))
	return cmd
}

// writeManPages writes the page of a command and of those below it.
func (a *app) writeManPages(cmd *cobra.Command, folder string) error {
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := a.writeManPages(sub, folder); err != nil {
			return err
		}
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	at := a.now()
	header := &doc.GenManHeader{Title: strings.ToUpper(name), Section: "1", Source: "iplos " + toolVersion(), Date: &at}
	cmd.DisableAutoGenTag = true
	var page bytes.Buffer
	if err := doc.GenMan(cmd, header, &page); err != nil {
		return err
	}
	text := a.manSections().Replace(page.String())
	return atomicfile.WriteFile(filepath.Join(folder, name+".1"), []byte(text), atomicfile.Options{Force: true, Mode: 0o644})
}

// manSections puts the headings of a page in the user's language.
func (a *app) manSections() *strings.Replacer {
	return strings.NewReplacer(
		".SH NAME\n", ".SH "+a.T("man.section.name")+"\n",
		".SH SYNOPSIS\n", ".SH "+a.T("man.section.synopsis")+"\n",
		".SH DESCRIPTION\n", ".SH "+a.T("man.section.description")+"\n",
		".SH OPTIONS INHERITED FROM PARENT COMMANDS\n", ".SH "+a.T("man.section.global-options")+"\n",
		".SH OPTIONS\n", ".SH "+a.T("man.section.options")+"\n",
		".SH EXAMPLE\n", ".SH "+a.T("man.section.example")+"\n",
		".SH SEE ALSO\n", ".SH "+a.T("man.section.see-also")+"\n",
	)
}
