package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/report"
	"iplos/internal/workflow"
)

func (a *app) newValidate() *cobra.Command {
	var in *inputFlags
	var opts workflow.ValidateOptions
	cmd := a.command("validate", "validate", a.noArgs("iplos validate"), func(cmd *cobra.Command, _ []string) error {
		return a.runValidate(cmd, in, opts)
	})
	in = a.addInputFlags(cmd)
	fs := cmd.Flags()
	fs.StringArrayVar(&opts.Reports, "report", nil, a.T("flag.report"))
	fs.StringArrayVar(&opts.Shareable, "report-shareable", nil, a.T("flag.report-shareable"))
	fs.BoolVar(&opts.Force, "force", false, a.T("flag.force"))
	fs.StringVar(&opts.Baseline, "baseline", "", a.T("flag.baseline"))
	fs.StringVar(&opts.FailOn, "fail-on", "", a.T("flag.fail-on"))
	fs.IntVar(&opts.MaxFindings, "max-findings", 0, a.T("flag.max-findings"))
	fs.BoolVar(&opts.SummaryOnly, "summary-only", false, a.T("flag.summary-only"))
	fs.BoolVar(&opts.ShowIdentifiers, "show-identifiers", false, a.T("flag.show-identifiers"))
	return cmd
}

func (a *app) runValidate(cmd *cobra.Command, in *inputFlags, opts workflow.ValidateOptions) error {
	if opts.FailOn != "" {
		if err := oneOf("fail-on", opts.FailOn, flagWords()["fail-on"]...); err != nil {
			return err
		}
	}
	if opts.MaxFindings < 0 {
		return fault.New(fault.Usage, "cli.bad-flag-value", "flag", "max-findings", "value", fmt.Sprint(opts.MaxFindings))
	}
	r, err := a.run(cmd, workflow.Secure)
	if err != nil {
		return err
	}
	src, err := a.source(cmd, r, in)
	if err != nil {
		return err
	}
	opts.Printer = a.Plain()
	rep, err := r.Validate(cmd.Context(), src, opts)
	if rep == nil {
		return err
	}
	rep.Failure = a.failureOf(err)
	return a.writeReport(rep, err)
}

// writeReport writes a report on standard output, in text or JSON.
func (a *app) writeReport(rep *report.Report, err error) error {
	format, _ := report.ByName(report.Formats(), a.global.format)
	if a.ColoredOut() {
		rep.Paint = paint
	}
	// The report says the verdict and what to do; once is enough.
	a.answered = true
	return errors.Join(err, format.Write(a.OutText(), rep, a.Printer))
}

// paint colours a report on a terminal; the words say the same without.
func paint(tone report.Tone, s string) string {
	codes := map[report.Tone]string{
		report.Strong: "1", report.Faint: "2", report.Good: "32", report.Caution: "33", report.Bad: "31",
	}
	return "\x1b[" + codes[tone] + "m" + s + "\x1b[0m"
}
