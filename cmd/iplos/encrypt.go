package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/workflow"
)

func (a *app) newEncrypt() *cobra.Command {
	var in *inputFlags
	var opts workflow.SealOptions
	cmd := a.command("encrypt", "encrypt", a.noArgs("iplos encrypt"), func(cmd *cobra.Command, _ []string) error {
		return a.runEncrypt(cmd, in, opts)
	})
	in = a.addInputFlags(cmd)
	cmd.Flags().StringVarP(&opts.Output, "output", "o", "", a.T("flag.output-package"))
	a.addSealFlags(cmd.Flags(), &opts)
	return cmd
}

// addSealFlags declares what `encrypt` and `submit` share. The passwords'
// places are settings and read as such.
func (a *app) addSealFlags(fs *pflag.FlagSet, opts *workflow.SealOptions) {
	fs.BoolVar(&opts.Force, "force", false, a.T("flag.force"))
	fs.BoolVar(&opts.AcceptIncomplete, "accept-incomplete", false, a.T("flag.accept-incomplete"))
	fs.BoolVar(&opts.Resend, "resend", false, a.T("flag.resend"))
	fs.String("feedback-password-file", "", a.T("flag.feedback-password-file"))
	fs.String("feedback-password-command", "", a.T("flag.feedback-password-command"))
	fs.String("vault", "", a.T("flag.vault"))
}

func (a *app) runEncrypt(cmd *cobra.Command, in *inputFlags, opts workflow.SealOptions) error {
	r, err := a.run(cmd, workflow.Secure)
	if err != nil {
		return err
	}
	src, err := a.source(cmd, r, in)
	if err != nil {
		return err
	}
	if opts.Output == "" {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "output")
	}
	pkg, err := r.Encrypt(cmd.Context(), src, opts)
	if pkg == nil || pkg.Inspection == nil {
		return err
	}
	return a.answer(packageJSON(pkg), func() { a.printPackage(pkg) }, err)
}

func packageJSON(pkg *workflow.Package) map[string]any {
	in := pkg.Inspection
	value := map[string]any{
		"verdict": in.Verdict, "input": in.Input, "summary": in.Counts(), "account": in.Account,
		"municipality": in.Municipality, "district": in.District, "year": in.Year,
	}
	if s := pkg.Sealed; s != nil {
		value["submission_id"], value["package"], value["files"] = s.Manifest.SubmissionID, s.Path, s.Files
		value["message"], value["separation"], value["keys"] = s.Manifest.Message, s.Manifest.Separation, pkg.Keys
		value["content_sha256"] = s.ContentSHA256
	}
	return value
}

func (a *app) printPackage(pkg *workflow.Package) {
	in := pkg.Inspection
	a.Say("seal.read", "persons", in.Totals.Persons, "bytes", a.Bytes(in.Input.Bytes), "sha256", in.Input.SHA256)
	a.printVerdict(in)
	if s := pkg.Sealed; s != nil {
		m := s.Manifest
		a.Say("seal.done", "package", s.Path, "parts", len(m.Parts), "submission", m.SubmissionID)
		a.Say("seal.separation." + string(m.Separation))
	}
}

func (a *app) printVerdict(in *workflow.Inspection) {
	a.Say("verdict."+string(in.Verdict)+".line", counts(in.Summary())...)
}

// counts are the arguments of a text that tells how much was found.
func counts(s *finding.Summary) []any {
	n := s.BySeverity
	return []any{"errors", n[finding.Error], "minimum", n[finding.Minimum], "warnings", n[finding.Warning], "info", n[finding.Info]}
}
