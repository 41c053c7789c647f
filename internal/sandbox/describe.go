package sandbox

import (
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"iplos/internal/atomicfile"
	"iplos/internal/ui/lang"
)

// describe writes what a person and a program need to use the sandbox: a
// short text, a configuration file and sandbox.json.
func (s *Sandbox) describe() error {
	if err := writeJSON(filepath.Join(s.opts.Dir, "sandbox.json"), s.info); err != nil {
		return err
	}
	if err := s.writeConfig(); err != nil {
		return err
	}
	p := lang.New(lang.Bokmal)
	var b strings.Builder
	a := s.info.Accounts[0]
	for _, line := range []string{
		p.T("sandbox.readme.title"), "",
		p.T("sandbox.readme.send", "url", s.info.SendemodulURL, "municipality", a.Municipality, "district", a.District,
			"orgnumber", a.OrganisationNumber, "pinfile", a.PINFile),
		p.T("sandbox.readme.fetch", "url", s.info.FilsluseURL, "username", a.Mailbox, "passwordfile", a.PasswordFile),
		p.T("sandbox.readme.ca", "file", s.info.CAFile),
		p.T("sandbox.readme.keys", "register", s.info.RegisterKey, "pseudonymiser", s.info.PseudonymiserKey),
		p.T("sandbox.readme.receipts", "folder", s.info.Receipts),
		p.T("sandbox.readme.trail", "file", s.info.Trail),
		p.T("sandbox.readme.try", "config", s.info.Config, "year", fmt.Sprint(s.opts.Year)),
	} {
		b.WriteString(line + "\n")
	}
	return atomicfile.WriteFile(filepath.Join(s.opts.Dir, "LESMEG.txt"), []byte(b.String()), atomicfile.Options{Force: true})
}

// writeConfig writes a configuration that reaches this sandbox. It is written
// anew at each start, since addresses change: it is the sandbox's own, not the
// user's.
func (s *Sandbox) writeConfig() error {
	a := s.info.Accounts[0]
	text := func(v string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v, Style: yaml.DoubleQuotedStyle}
	}
	doc := map[string]any{
		"municipality": text(a.Municipality), "district": text(a.District), "organisation_number": text(a.OrganisationNumber),
		"year":      text(fmt.Sprint(s.opts.Year)),
		"contact":   map[string]any{"name": text("Prøve Kontakt"), "email": text("iplos@kommune.example"), "phone": text("00000000")},
		"pin_file":  text(a.PINFile),
		"state_dir": text(filepath.Join(s.opts.Dir, "state")),
		"vault":     text(filepath.Join(s.opts.Dir, "vault")),
		"sendemodul": map[string]any{
			"url": text(s.info.SendemodulURL), "ca_file": text(s.info.CAFile),
		},
		"filsluse": map[string]any{
			"url": text(s.info.FilsluseURL), "ca_file": text(s.info.CAFile),
			"username": text(a.Mailbox), "password_file": text(a.PasswordFile),
		},
		"allow_synthetic": true,
	}
	data, err := yaml.Marshal(doc)
	if err != nil {
		return fmt.Errorf("writing the sandbox's configuration: %w", err)
	}
	return atomicfile.WriteFile(s.info.Config, data, atomicfile.Options{Force: true})
}
