package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/journal"
	"iplos/internal/workflow"
)

func (a *app) newKey() *cobra.Command {
	return a.group("key", "key", a.newKeyImport(), a.newKeyShow(), a.newKeyVerify())
}

func (a *app) newKeyImport() *cobra.Command {
	var o workflow.ImportOptions
	cmd := a.command("import FILE", "key-import", a.exactArgs("FILE"), func(cmd *cobra.Command, args []string) error {
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		o.File = args[0]
		imported, err := r.ImportKey(cmd.Context(), o)
		if err != nil {
			return err
		}
		value := map[string]any{"key": keyJSON(imported.Pin), "warnings": a.concernTexts(imported.Concerns)}
		return a.answer(value, func() {
			a.Say("cli.key.imported", "year", imported.Pin.Year, "role", a.T("cli.key.role."+string(imported.Pin.Role)))
			a.printPin(imported.Pin)
			a.printConcerns(imported.Concerns)
		}, nil)
	})
	fs := cmd.Flags()
	fs.StringVar(&o.Role, "role", string(keyfile.Register), a.T("flag.role"))
	fs.StringVar(&o.Fingerprint, "fingerprint", "", a.T("flag.fingerprint"))
	fs.StringVar(&o.ConfirmedBy, "confirmed-by", "", a.T("flag.confirmed-by"))
	fs.StringArrayVar(&o.Trust.Roots, "root", nil, a.T("flag.root"))
	fs.StringArrayVar(&o.Trust.CRLs, "crl", nil, a.T("flag.crl"))
	fs.BoolVar(&o.AcceptEarly, "accept-early-key", false, a.T("flag.accept-early-key"))
	fs.BoolVar(&o.AcceptUnchanged, "accept-unchanged-key", false, a.T("flag.accept-unchanged-key"))
	fs.BoolVar(&o.Replace, "force", false, a.T("flag.force"))
	_ = cmd.RegisterFlagCompletionFunc("role", completeWords(string(keyfile.Register), string(keyfile.Pseudonymiser))) // fails only for a flag that is not there
	return cmd
}

func (a *app) newKeyShow() *cobra.Command {
	return a.command("show", "key-show", a.noArgs("iplos key show"), func(cmd *cobra.Command, _ []string) error {
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		store, concerns, err := r.Keys()
		if err != nil {
			return err
		}
		keys := []map[string]any{}
		for _, p := range store.Pins() {
			keys = append(keys, keyJSON(p))
		}
		value := map[string]any{"keys": keys, "audit": store.Audit(), "warnings": a.concernTexts(concerns)}
		return a.answer(value, func() {
			if len(keys) == 0 {
				a.Say("cli.key.nothing")
			}
			for _, p := range store.Pins() {
				a.printPin(p)
			}
			a.printConcerns(concerns)
		}, nil)
	})
}

func (a *app) newKeyVerify() *cobra.Command {
	return a.command("verify", "key-verify", a.noArgs("iplos key verify"), func(cmd *cobra.Command, _ []string) error {
		r, err := a.run(cmd, workflow.Either)
		if err != nil {
			return err
		}
		pins, concerns, err := r.VerifyKeys()
		value := map[string]any{"ok": err == nil, "warnings": a.concernTexts(concerns)}
		return a.answer(value, func() {
			for _, p := range pins {
				a.Say("cli.key.verified", "year", p.Year, "role", a.T("cli.key.role."+string(p.Role)))
			}
			a.printConcerns(concerns)
		}, err)
	})
}

func keyJSON(p keyfile.Pin) map[string]any {
	return map[string]any{
		"year": p.Year, "role": p.Role, "spki_sha256": p.SPKISHA256, "certificate_sha1": p.CertificateSHA1,
		"subject": p.Subject, "not_before": p.NotBefore, "not_after": p.NotAfter, "bits": p.Bits,
		"imported_at": p.ImportedAt, "by": p.By, "confirmed": p.Confirmed, "checked": append([]string{}, p.Checked...),
	}
}

func (a *app) concernTexts(concerns []keyfile.Concern) []string {
	texts := []string{}
	for _, c := range concerns {
		texts = append(texts, a.concernText(c))
	}
	return texts
}

func (a *app) concernText(c keyfile.Concern) string {
	if c.Role == "" {
		return a.T(c.ID, c.Args...)
	}
	return a.T("cli.key.role."+string(c.Role)) + ": " + a.T(c.ID, c.Args...)
}

// printConcerns says each, and once what can be done about its kind.
func (a *app) printConcerns(concerns []keyfile.Concern) {
	for i, c := range concerns {
		fmt.Fprintln(a.OutText(), "  ! "+a.concernText(c))
		last := !slices.ContainsFunc(concerns[i+1:], func(o keyfile.Concern) bool { return o.ID == c.ID })
		if last {
			fmt.Fprintln(a.OutText(), "    "+a.T(c.ID+".hint", c.Args...))
		}
	}
}

func (a *app) printPin(p keyfile.Pin) {
	a.Say("cli.key.line", "year", p.Year, "role", a.T("cli.key.role."+string(p.Role)), "bits", fmt.Sprint(p.Bits))
	line := func(id, value string) { fmt.Fprintf(a.OutText(), "  %-22s %s\n", a.T(id), value) }
	line("cli.key.label.spki", keyfile.Groups(p.SPKISHA256))
	if p.CertificateSHA1 != "" {
		line("cli.key.label.sha1", keyfile.Groups(p.CertificateSHA1))
		line("cli.key.label.subject", p.Subject)
		line("cli.key.label.until", a.Date(p.NotAfter.In(journal.Oslo())))
	}
	line("cli.key.label.confirmed", p.Confirmed)
	for _, check := range p.Checked {
		line("key.checked", a.T("key.checked."+check))
	}
	line("cli.key.label.imported", a.Date(p.ImportedAt.In(journal.Oslo()))+", "+p.By)
}
