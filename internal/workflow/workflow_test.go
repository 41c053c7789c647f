package workflow_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/config"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/sandbox/synth"
	"iplos/internal/secret"
	"iplos/internal/workflow"
)

// person answers what a test has prepared, and remembers what was said.
type person struct {
	there   bool
	answers map[string]string
	asked   []string
	said    []string
}

func (p *person) Interactive() bool { return p.there }

func (p *person) Ask(_ context.Context, _, id string, _ ...any) (string, error) {
	p.asked = append(p.asked, id)
	return p.answers[id], nil
}

func (p *person) Confirm(_ context.Context, id string, _ ...any) (bool, error) {
	p.asked = append(p.asked, id)
	return p.answers[id] == "yes", nil
}

func (p *person) Secret(_ context.Context, id string, _ ...any) (secret.Value, error) {
	p.asked = append(p.asked, id)
	return secret.New([]byte(p.answers[id])), nil
}

func (p *person) Note(id string, _ ...any) { p.said = append(p.said, id) }
func (p *person) Warn(id string, _ ...any) { p.said = append(p.said, id) }

// office is a municipality with keys, an export and a clock.
type office struct {
	t      *testing.T
	dir    string
	run    *workflow.Run
	person *person
	env    map[string]string
}

func newOffice(t *testing.T, roles ...keyfile.Role) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{t: t, dir: dir, person: &person{answers: map[string]string{}}, env: map[string]string{
		"IPLOS_PIN": "12345678", "IPLOS_FEEDBACK_PASSWORD": "et-langt-passord-til-uke-6",
	}}
	file := filepath.Join(dir, "iplos.yaml")
	text := `municipality: "0403"
organisation_number: "974760673"
contact: {email: "iplos@kommune.example"}
state_dir: tilstand
allow_synthetic: true
sendemodul: {url: "https://sendemodul.invalid/"}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Options{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2018, time.January, 3, 10, 0, 0, 0, journal.Oslo())
	o.run = &workflow.Run{
		Config: c, Person: o.person, Log: zerolog.Nop(), Now: func() time.Time { return at }, Tool: "iplos test",
		Variable: func(name string) string { return o.env[name] },
	}
	for _, role := range roles {
		o.importKey(role, at)
	}
	return o
}

func (o *office) importKey(role keyfile.Role, at time.Time) {
	o.t.Helper()
	pair, err := keyfile.Generate(keyfile.GenerateOptions{
		CommonName: string(role), NotBefore: at.Add(-time.Hour), NotAfter: at.AddDate(1, 0, 0), Bits: 2048,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	file := filepath.Join(o.dir, string(role)+".cer")
	if err := os.WriteFile(file, pair.CertificatePEM, 0o600); err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.run.ImportKey(o.t.Context(), workflow.ImportOptions{File: file, Role: string(role), ConfirmedBy: "Kari"}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) export(defects synth.Defects) workflow.Source {
	o.t.Helper()
	g, err := synth.New(synth.Options{Persons: 20, Seed: 5, Year: 2017, Municipality: "0403", Defects: defects})
	if err != nil {
		o.t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(o.dir, "eksport.xml"))
	if err != nil {
		o.t.Fatal(err)
	}
	if err := errors.Join(g.WriteMessage(f), f.Close()); err != nil {
		o.t.Fatal(err)
	}
	return workflow.Source{Path: f.Name()}
}

// entries are the types of the journal's lines.
func (o *office) entries() []journal.Type {
	o.t.Helper()
	view, err := o.run.Journal()
	if err != nil {
		o.t.Fatal(err)
	}
	var types []journal.Type
	for _, e := range view.Entries {
		types = append(types, e.Type)
	}
	return types
}

func wantFault(t *testing.T, err error, kind fault.Kind, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != kind || f.ID != id {
		t.Errorf("error %v, want %s %s", err, kind, id)
	}
}

// TestSyntheticNeverLeaves: the refusal comes before a package is made.
func TestSyntheticNeverLeaves(t *testing.T) {
	o := newOffice(t, keyfile.Register, keyfile.Pseudonymiser)
	d, err := o.run.Submit(t.Context(), o.export(synth.None), workflow.SubmitOptions{})
	wantFault(t, err, fault.Usage, "submit.synthetic")
	if d == nil || d.State != "" || d.SubmissionID != "" || d.Package != "" {
		t.Errorf("delivery %+v", d)
	}
	if got := o.entries(); len(got) != 0 {
		t.Errorf("journal %v", got)
	}
}

// TestSingleKeyAtResume: a package that `encrypt` made with one key is asked
// about when it is to be sent, and the refusal leaves it where it is.
func TestSingleKeyAtResume(t *testing.T) {
	o := newOffice(t, keyfile.Register)
	pkg := filepath.Join(o.dir, "pakke.tar")
	if _, err := o.run.Encrypt(t.Context(), o.export(synth.None), workflow.SealOptions{Output: pkg}); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(o.person.said, "send.single-key") {
		t.Errorf("encrypt said %v", o.person.said)
	}
	_, err := o.run.Submit(t.Context(), workflow.Source{}, workflow.SubmitOptions{Package: pkg})
	wantFault(t, err, fault.Usage, "send.single-key-reason")
	if got := o.entries(); !slices.Equal(got, []journal.Type{journal.Sealed}) {
		t.Errorf("journal %v", got)
	}
}

// TestPackageOfAnotherDistrict: the login would be another's.
func TestPackageOfAnotherDistrict(t *testing.T) {
	o := newOffice(t, keyfile.Register)
	pkg := filepath.Join(o.dir, "pakke.tar")
	if _, err := o.run.Encrypt(t.Context(), o.export(synth.None), workflow.SealOptions{Output: pkg}); err != nil {
		t.Fatal(err)
	}
	o.run.Config.District = "01"
	_, err := o.run.Submit(t.Context(), workflow.Source{}, workflow.SubmitOptions{Package: pkg})
	wantFault(t, err, fault.Usage, "send.package-district")
}

// TestIncompleteAsks: on a terminal the counts are asked about, a no leaves
// nothing, a yes is in the journal as the terminal's.
func TestIncompleteAsks(t *testing.T) {
	o := newOffice(t, keyfile.Register)
	src := o.export(synth.Sendable)
	o.person.there = true
	pkg := filepath.Join(o.dir, "pakke.tar")
	_, err := o.run.Encrypt(t.Context(), src, workflow.SealOptions{Output: pkg})
	wantFault(t, err, fault.Incomplete, "verdict.incomplete")
	if _, err := os.Stat(pkg); err == nil || len(o.entries()) != 0 {
		t.Errorf("a no left something: %v, journal %v", err, o.entries())
	}
	o.person.answers["ask.incomplete"] = "yes"
	got, err := o.run.Encrypt(t.Context(), src, workflow.SealOptions{Output: pkg})
	if err != nil {
		t.Fatal(err)
	}
	if want := (journal.Answer{Question: "accept-incomplete", Answer: "yes", By: "terminal"}); !slices.Contains(got.Answers, want) {
		t.Errorf("answers %v", got.Answers)
	}
}

// TestPasswordBeforeJournal: a vault that cannot be written leaves neither a
// package nor a line, since its feedback could never be opened.
func TestPasswordBeforeJournal(t *testing.T) {
	o := newOffice(t, keyfile.Register)
	o.run.Config.Vault = filepath.Join(o.dir, "ingen", "mappe", "hvelv")
	if err := os.WriteFile(filepath.Join(o.dir, "ingen"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o.env["IPLOS_VAULT_PASSPHRASE"] = "en-lang-passfrase-til-hvelvet"
	pkg := filepath.Join(o.dir, "pakke.tar")
	got, err := o.run.Encrypt(t.Context(), o.export(synth.None), workflow.SealOptions{Output: pkg})
	if err == nil || got == nil || got.Sealed != nil {
		t.Errorf("Encrypt = %+v, %v", got, err)
	}
	if _, err := os.Stat(pkg); err == nil {
		t.Error("the package is there")
	}
	if lines := o.entries(); len(lines) != 0 {
		t.Errorf("journal %v", lines)
	}
}

// TestDryRunKeepsToTheKey: a key that cannot be used is not silently replaced
// by a throwaway one.
func TestDryRunKeepsToTheKey(t *testing.T) {
	o := newOffice(t, keyfile.Register)
	src := o.export(synth.None)
	store := filepath.Join(journal.Dir(o.run.Config.StateDir, "0403"), "keys.json")
	data, err := os.ReadFile(store)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), `"spki_sha256": "`, `"spki_sha256": "00`, 1)
	if err := os.WriteFile(store, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = o.run.Submit(t.Context(), src, workflow.SubmitOptions{DryRun: true})
	if fault.KindOf(err) != fault.Integrity || slices.Contains(o.person.said, "send.throwaway-key") {
		t.Errorf("%v, said %v", err, o.person.said)
	}
}

// TestEnvironmentOverFile: a secret in the environment goes before the file
// that the configuration names.
func TestEnvironmentOverFile(t *testing.T) {
	o := newOffice(t, keyfile.Register)
	o.run.Config.FeedbackPasswordFile = filepath.Join(o.dir, "ingen-fil")
	if _, err := o.run.Encrypt(t.Context(), o.export(synth.None), workflow.SealOptions{Output: filepath.Join(o.dir, "pakke.tar")}); err != nil {
		t.Fatal(err)
	}
	s, ok, err := o.run.VerifyPassword(t.Context(), "")
	if err != nil || !ok {
		t.Errorf("VerifyPassword = %+v, %v, %v", s, ok, err)
	}
}
