package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/report"
	"iplos/internal/workflow"
)

type extractFlags struct {
	*inputFlags
	output, profileOut string
	describe, force    bool
}

func (a *app) newExtract() *cobra.Command {
	var f extractFlags
	cmd := a.command("extract", "extract", a.noArgs("iplos extract"), func(cmd *cobra.Command, _ []string) error {
		return a.runExtract(cmd, f)
	})
	f.inputFlags = a.addInputFlags(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.output, "output", "o", "", a.T("flag.output"))
	fs.BoolVar(&f.describe, "describe", false, a.T("flag.describe"))
	fs.StringVar(&f.profileOut, "write-profile", "", a.T("flag.write-profile"))
	fs.BoolVar(&f.force, "force", false, a.T("flag.force"))
	return cmd
}

func (a *app) runExtract(cmd *cobra.Command, f extractFlags) error {
	r, err := a.run(cmd, workflow.Secure)
	if err != nil {
		return err
	}
	src, err := a.source(cmd, r, f.inputFlags)
	if err != nil {
		return err
	}
	if f.describe {
		return a.runDescribe(cmd, r, src, f)
	}
	if f.output == "" {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "output")
	}
	if f.output == "-" && a.OutIsTerminal() {
		return fault.New(fault.Usage, "cli.person-data-to-terminal")
	}
	in, err := r.Extract(cmd.Context(), src, workflow.ExtractOptions{Output: f.output, Out: a.Out(), Force: f.force})
	if in == nil {
		return err
	}
	if f.output == "-" { // the message is the output; the account goes beside it
		if err == nil {
			a.Note("cli.extract.done", "persons", in.Totals.Persons, "output", a.T("ui.stdout"))
		} else {
			a.printBlocking(in)
		}
		return err
	}
	value := map[string]any{
		"output": f.output, "input": in.Input, "profile": in.Profile.ID, "persons": in.Totals.Persons,
		"account": in.Account, "summary": in.Counts(), "verdict": in.Verdict,
	}
	return a.answer(value, func() {
		if err != nil { // nothing was written, and there is no account of nothing
			a.printBlocking(in)
			return
		}
		a.Say("cli.extract.done", "persons", in.Totals.Persons, "output", f.output)
		for _, line := range workflow.AccountLines(in.Account, a.Printer) {
			fmt.Fprintf(a.OutText(), "  %s: %s\n", line.Text, a.Number(int64(line.Count)))
		}
		if n := in.Summary().Total(); n > 0 {
			a.Say("cli.extract.findings", "count", n)
		}
	}, err)
}

// printBlocking tells what kept a message from being written.
func (a *app) printBlocking(in *workflow.Inspection) {
	for finding := range in.Findings.All() {
		if workflow.Unreadable(finding.Rule) {
			fmt.Fprintln(a.ErrText(), report.Message(finding, a.Printer))
		}
	}
}

func (a *app) runDescribe(cmd *cobra.Command, r *workflow.Run, src workflow.Source, f extractFlags) error {
	d, err := r.Describe(cmd.Context(), src, a.Plain())
	if err != nil {
		return err
	}
	if f.profileOut != "" && d.Proposal != "" {
		if err := atomicfile.WriteFile(f.profileOut, []byte(d.Proposal), atomicfile.Options{Force: f.force, Mode: os.FileMode(0o600)}); err != nil {
			return err
		}
	}
	return a.answer(d, func() { a.printDescription(d, f.profileOut) }, nil)
}
