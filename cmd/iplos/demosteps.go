package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/password"
	"iplos/internal/fault"
	"iplos/internal/sandbox"
)

// start makes the folder and starts SSB's side.
func (d *demo) start(ctx context.Context) error {
	for _, sub := range []string{"sikker-sone", "utenfor"} {
		if err := os.MkdirAll(d.path(sub), 0o700); err != nil {
			return err
		}
	}
	if err := os.WriteFile(d.path(demoMark), []byte(d.app.T("demo.mark")+"\n"), 0o600); err != nil {
		return err
	}
	var err error
	d.sandbox, err = sandbox.Start(ctx, sandbox.Options{Dir: d.path("ssb"), Municipality: demoMunicipality, Now: d.now})
	if err != nil {
		return err
	}
	info := d.sandbox.Info()
	d.say("demo.sandbox", "sendemodul", info.SendemodulURL, "filsluse", info.FilsluseURL)
	return d.configure()
}

// configure writes the configuration of both zones, and the feedback password
// where a municipality would keep it.
func (d *demo) configure() error {
	info := d.sandbox.Info()
	account := info.Accounts[0]
	secret := password.Generate()
	defer secret.Wipe()
	line := append(append([]byte{}, secret.Reveal()...), '\n')
	defer clear(line)
	if err := atomicfile.WriteFile(d.path("sikker-sone", "tilbakemelding-passord.txt"), line, atomicfile.Options{}); err != nil {
		return err
	}
	secure := fmt.Sprintf(`zone: secure
municipality: %q
district: "00"
organisation_number: %q
year: 2017
contact:
  email: iplos@kommune.example
  phone: "00000000"
state_dir: tilstand
pin_file: %q
feedback_password_file: tilbakemelding-passord.txt
sendemodul:
  url: %q
  ca_file: %q
allow_synthetic: true
`, account.Municipality, account.OrganisationNumber, account.PINFile, info.SendemodulURL, info.CAFile)
	outside := fmt.Sprintf(`zone: outside
municipality: %q
district: "00"
state_dir: tilstand
filsluse:
  url: %q
  ca_file: %q
  username: %q
  password_file: %q
`, account.Municipality, info.FilsluseURL, info.CAFile, account.Mailbox, account.PasswordFile)
	if err := atomicfile.WriteFile(d.path("sikker-sone", "iplos.yaml"), []byte(secure), atomicfile.Options{}); err != nil {
		return err
	}
	return atomicfile.WriteFile(d.path("utenfor", "iplos.yaml"), []byte(outside), atomicfile.Options{})
}

func (d *demo) export(ctx context.Context) error {
	return d.iplos(ctx, "sikker-sone", "sandbox", "export", "--persons", fmt.Sprint(d.flags.persons), "--seed", "2017",
		"--as", "message", "--sendable-defects", "-o", d.exportFile())
}

func (d *demo) exportFile() string { return d.path("sikker-sone", "eksport.xml") }

func (d *demo) keys(ctx context.Context) error {
	info := d.sandbox.Info()
	if err := d.iplos(ctx, "sikker-sone", "key", "import", info.RegisterKey, "--role", "register", "--confirmed-by", "demo"); err != nil {
		return err
	}
	return d.iplos(ctx, "sikker-sone", "key", "import", info.PseudonymiserKey, "--role", "pseudonymiser", "--confirmed-by", "demo")
}

// validate shows the report; an incomplete file is what most have.
func (d *demo) validate(ctx context.Context) error {
	return d.iplos(ctx, "sikker-sone", "validate", "-i", d.exportFile(), "--report", d.path("sikker-sone", "rapport.html"),
		"--summary-only", "--fail-on", "blocked")
}

func (d *demo) submit(ctx context.Context) error {
	return d.iplos(ctx, "sikker-sone", "submit", "-i", d.exportFile(), "--accept-incomplete")
}

func (d *demo) status(ctx context.Context) error { return d.iplos(ctx, "sikker-sone", "status") }

// receipt lets the receivers open and check the package, and records the
// e-mail they send.
func (d *demo) receipt(ctx context.Context) error {
	outcomes, err := d.sandbox.Settled(ctx)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		d.say("demo.received", "persons", o.Persons, "reference", o.Reference)
	}
	mails, err := filepath.Glob(filepath.Join(d.sandbox.Info().Receipts, "*.eml"))
	if err != nil {
		return err
	}
	if len(mails) == 0 {
		return fault.New(fault.Internal, "demo.no-receipt")
	}
	return d.iplos(ctx, "sikker-sone", "receipt", "add", "--eml", mails[len(mails)-1])
}

func (d *demo) pull(ctx context.Context) error {
	if err := d.iplos(ctx, "utenfor", "feedback", "pull", "--to", d.path("utenfor", "hentet")); err != nil {
		return err
	}
	return d.carry()
}

// carry takes what was fetched into the secure zone, as a person would with
// whatever IT has agreed on.
func (d *demo) carry() error {
	entries, err := os.ReadDir(d.path("utenfor", "hentet"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := os.ReadFile(d.path("utenfor", "hentet", e.Name()))
		if err != nil {
			return err
		}
		if err := atomicfile.WriteFile(d.path("sikker-sone", e.Name()), data, atomicfile.Options{}); err != nil {
			return err
		}
		if strings.HasSuffix(e.Name(), ".zip") {
			d.fetched = d.path("sikker-sone", e.Name())
		}
	}
	if d.fetched == "" {
		return fault.New(fault.Internal, "demo.no-feedback")
	}
	d.say("demo.carried", "file", filepath.Base(d.fetched))
	return nil
}

func (d *demo) open(ctx context.Context) error {
	return d.iplos(ctx, "sikker-sone", "feedback", "open", d.fetched, "--to", d.path("sikker-sone", "tilbakemelding"), "-i", d.exportFile())
}
