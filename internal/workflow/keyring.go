package workflow

import (
	"context"
	"os"
	"os/user"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
)

// ImportOptions say which key to import and who vouches for it.
type ImportOptions struct {
	File            string
	Role            string
	Fingerprint     string
	ConfirmedBy     string
	AcceptEarly     bool
	AcceptUnchanged bool
	Replace         bool
	Trust           Trust
}

// Trust are files from IT to check certificates with, offline: roots and
// revocation lists. Without any, those of the configuration are used.
type Trust struct{ Roots, CRLs []string }

// keyUse begins a check as of now, with the files from IT.
func (r *Run) keyUse(t Trust) (keyfile.Use, error) {
	use := keyfile.Use{Now: r.Now()}
	if file := r.Config.Key.RootFile; len(t.Roots) == 0 && file != "" {
		t.Roots = []string{file}
	}
	if file := r.Config.Key.CRLFile; len(t.CRLs) == 0 && file != "" {
		t.CRLs = []string{file}
	}
	var err error
	if use.Roots, err = readEach(t.Roots, keyfile.ParseRoots); err != nil {
		return use, err
	}
	if use.CRLs, err = readEach(t.CRLs, keyfile.ParseCRLs); err != nil {
		return use, err
	}
	if len(use.CRLs) > 0 && len(use.Roots) == 0 {
		return use, fault.New(fault.Usage, "key.crl-alone")
	}
	return use, nil
}

// readEach reads files and returns what they hold together.
func readEach[T any](files []string, parse func(data []byte, name string) ([]T, error)) ([]T, error) {
	var all []T
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found, err := parse(data, file)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Imported is a key taken into use.
type Imported struct {
	Pin      keyfile.Pin
	Concerns []keyfile.Concern
}

// ImportKey reads a public key, examines it and pins it to the data year.
func (r *Run) ImportKey(ctx context.Context, o ImportOptions) (*Imported, error) {
	if err := r.Config.Require("municipality"); err != nil {
		return nil, err
	}
	role, ok := keyfile.ParseRole(o.Role)
	if !ok {
		return nil, fault.New(fault.Usage, "cli.bad-value", "flag", "role", "value", o.Role, "allowed", "register, pseudonymiser")
	}
	data, err := os.ReadFile(o.File)
	if err != nil {
		return nil, err
	}
	key, err := keyfile.Parse(data, o.File)
	if err != nil {
		return nil, err
	}
	use, err := r.keyUse(o.Trust)
	if err != nil {
		return nil, err
	}
	store, err := keyfile.OpenStore(r.folder())
	if err != nil {
		return nil, err
	}
	if o.Fingerprint == "" && o.ConfirmedBy == "" && r.Person.Interactive() {
		if o.ConfirmedBy, err = r.askConfirmation(ctx, key); err != nil {
			return nil, err
		}
	}
	use.Year, use.Role, use.Fingerprint = r.Config.Year, role, o.Fingerprint
	use.AcceptEarly, use.AcceptUnchanged = o.AcceptEarly, o.AcceptUnchanged
	concerns, err := store.Import(key, use, keyfile.Confirmation{By: account(), Text: o.ConfirmedBy, File: o.File, Replace: o.Replace})
	if err != nil {
		return nil, err
	}
	pin, err := store.Find(r.Config.Year, role)
	if err != nil {
		return nil, err
	}
	return &Imported{*pin, concerns}, nil
}

func (r *Run) askConfirmation(ctx context.Context, key *keyfile.Key) (string, error) {
	r.Person.Note("ask.key-fingerprint", "fingerprint", keyfile.Groups(key.SPKISHA256()), "sha1", keyfile.Groups(key.CertificateSHA1()))
	return r.Person.Ask(ctx, "", "ask.key-confirmed")
}

// Keys returns the municipality's pins and what should be done about them.
func (r *Run) Keys() (*keyfile.Store, []keyfile.Concern, error) {
	if err := r.Config.Require("municipality"); err != nil {
		return nil, nil, err
	}
	store, err := keyfile.OpenStore(r.folder())
	if err != nil {
		return nil, nil, err
	}
	return store, store.Reminders(r.Config.Year, r.Now()), nil
}

// KeyReminders returns what should be done about the data year's keys while
// there is something to send, where keys are kept.
func (r *Run) KeyReminders() ([]keyfile.Concern, error) {
	if r.Config.Zone == string(Outside) || journal.Over(r.campaign(), r.Now()) {
		return nil, nil
	}
	_, concerns, err := r.Keys()
	return concerns, err
}

// VerifyKeys returns the warnings about the data year's keys; a key that
// cannot be used is the error.
func (r *Run) VerifyKeys() ([]keyfile.Pin, []keyfile.Concern, error) {
	store, concerns, err := r.Keys()
	if err != nil {
		return nil, nil, err
	}
	if _, err := r.pinnedKeys(); err != nil {
		return nil, concerns, err
	}
	use, err := r.keyUse(Trust{})
	if err != nil {
		return nil, nil, err
	}
	var pins []keyfile.Pin
	for _, p := range store.Pins() {
		if p.Year != r.Config.Year {
			continue
		}
		found, err := store.Verify(&p, use)
		if err != nil {
			return nil, nil, err
		}
		pins, concerns = append(pins, p), append(concerns, found...)
	}
	return pins, concerns, nil
}

// account is who runs the program, for audit lines.
func account() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
