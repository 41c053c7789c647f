package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/submit"
	"iplos/internal/workflow"
)

type submitFlags struct {
	*inputFlags
	opts workflow.SubmitOptions
	all  bool
}

func (a *app) newSubmit() *cobra.Command {
	var f submitFlags
	cmd := a.command("submit", "submit", a.noArgs("iplos submit"), func(cmd *cobra.Command, _ []string) error {
		if f.all {
			return a.runSubmitAll(cmd, f)
		}
		return a.runSubmit(cmd, f)
	})
	f.inputFlags = a.addInputFlags(cmd)
	fs := cmd.Flags()
	a.addSealFlags(fs, &f.opts.SealOptions)
	fs.StringVar(&f.opts.Package, "package", "", a.T("flag.package"))
	fs.BoolVar(&f.opts.DryRun, "dry-run", false, a.T("flag.dry-run"))
	fs.BoolVar(&f.all, "all", false, a.T("flag.submit-all"))
	fs.String("pin-file", "", a.T("flag.pin-file"))
	fs.String("pin-command", "", a.T("flag.pin-command"))
	fs.String("sendemodul-url", "", a.T("flag.sendemodul-url"))
	fs.StringVar(&f.opts.CAFile, "ca-file", "", a.T("flag.ca-file"))
	return cmd
}

func (a *app) runSubmit(cmd *cobra.Command, f submitFlags) error {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	d, err := a.submitOne(cmd, c, f)
	if d == nil {
		return err
	}
	return a.answer(d, func() {
		a.printDelivery(d)
		// Who answered no is told so by the failure itself, and what is damaged
		// is not ready.
		unsent := !d.Earlier && (d.State == string(journal.StateSealed) || d.State == string(journal.StateRefused))
		if kind := fault.KindOf(err); unsent && kind != fault.Interrupted && kind != fault.Integrity {
			a.Say("delivery.unsent", "package", journal.Quoted(d.Package))
		}
	}, err)
}

// submitOne submits for one municipality.
func (a *app) submitOne(cmd *cobra.Command, c *config.Config, f submitFlags) (*workflow.Delivery, error) {
	r := a.runWith(c)
	if err := a.requireZone(r, workflow.Secure); err != nil {
		return nil, err
	}
	if len(c.Listed) > 0 {
		// Whose export it is comes first.
		if err := c.Require("municipality"); err != nil {
			return nil, err
		}
	}
	if f.opts.Package != "" && f.input != "" {
		return nil, fault.New(fault.Usage, "cli.package-and-input")
	}
	opts := f.opts
	opts.Show = func(p *workflow.Plan) {
		// Who wants quiet sees it where it is asked about.
		if !a.global.quiet || a.Interactive() && !p.DryRun {
			a.printPlan(p)
		}
	}
	progress := a.Progress(a.now, "progress.send", 0)
	defer progress.Done()
	opts.Progress = func(p submit.Progress) {
		progress.Total(p.Total)
		progress.Set(p.Sent)
	}
	var src workflow.Source
	if opts.Package == "" {
		var err error
		if src, err = a.source(cmd, r, f.inputFlags); err != nil {
			return nil, err
		}
	}
	return r.Submit(cmd.Context(), src, opts)
}

// printPlan shows everything on one screen before anything is sent.
func (a *app) printPlan(p *workflow.Plan) {
	w := a.ErrText()
	line := func(id, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %-24s %s\n", a.T(id), value)
		}
	}
	title := "plan.title"
	if p.Asks {
		title = "plan.title-asks"
	}
	fmt.Fprintln(w, "\n"+a.T(title))
	line("plan.municipality", fmt.Sprintf("%s %s, %s %s", p.Municipality, p.Name, a.T("plan.district"), p.District))
	line("plan.year", fmt.Sprint(p.Year))
	line("plan.persons", a.Number(int64(p.Persons)))
	line("plan.verdict", a.T("verdict."+string(p.Verdict)+".word"))
	if p.Summary != nil {
		line("plan.findings", a.T("plan.counts", counts(p.Summary)...))
	}
	for _, k := range p.Keys {
		// In two lines: a fingerprint broken in a group is hard to compare.
		groups := keyfile.Groups(k.SPKI)
		line("plan.key."+k.Role, groups[:len(groups)/2])
		line("plan.more", strings.TrimSpace(groups[len(groups)/2:]))
	}
	if p.Separation != "" {
		line("plan.separation", a.T("seal.separation."+p.Separation))
	}
	line("plan.package", p.Package)
	line("plan.bytes", a.Bytes(p.Bytes))
	line("plan.contact", p.Contact)
	line("plan.config", p.ConfigFile)
	line("plan.server", p.Server)
}

// printDelivery says what became of a submission.
func (a *app) printDelivery(d *workflow.Delivery) {
	if d.Inspection != nil {
		a.Say("seal.read", "persons", d.Inspection.Totals.Persons, "bytes", a.Bytes(d.Inspection.Input.Bytes), "sha256", d.Inspection.Input.SHA256)
		a.printVerdict(d.Inspection)
	}
	if d.SubmissionID == "" || d.Earlier { // an error names the earlier one
		return
	}
	a.Say("delivery.id", "submission", d.SubmissionID)
	for _, f := range d.Files {
		fmt.Fprintf(a.OutText(), "  %s  %s  %s\n", f.Name, a.Bytes(f.Bytes), a.T("status.state."+f.State))
	}
	switch {
	case d.Reference != "":
		a.Say("delivery.reference", "reference", d.Reference)
	case d.Said != "" && d.State == "uploaded": // an error quotes the page itself
		a.Say("delivery.confirmation", "text", d.Said)
	}
	switch d.State {
	case "dry-run":
		a.Say("delivery.dry-run", "server", d.Server)
	case "uploaded":
		a.Say("delivery.uploaded", "due", a.dueText(d.ReceiptDue))
	}
}
