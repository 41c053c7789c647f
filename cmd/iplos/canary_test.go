package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/journal"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
	"iplos/internal/ui"
)

// desk is a folder, a sandbox and a clock for runs of the program in this
// process.
type desk struct {
	t       *testing.T
	dir     string
	sandbox *sandbox.Sandbox
	environ map[string]string
	at      time.Time
	// said is everything the runs wrote to their streams.
	said bytes.Buffer
}

func newDesk(t *testing.T, o sandbox.Options) *desk {
	t.Helper()
	dir := t.TempDir()
	d := &desk{t: t, dir: dir, at: time.Date(2018, time.January, 3, 10, 0, 0, 0, journal.Oslo())}
	d.environ = map[string]string{"HOME": d.path("home"), "APPDATA": d.path("home"), "LOCALAPPDATA": d.path("home"), "IPLOS_LANG": "nb"}
	for _, sub := range []string{"tmp", "home"} {
		if err := os.Mkdir(d.path(sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", d.path("tmp"))
	o.Dir, o.Now = d.path("ssb"), func() time.Time { return d.at }
	d.serve(o)
	t.Cleanup(func() { _ = d.sandbox.Close() }) // the test's outcome is what counts
	return d
}

// serve starts the sandbox, in place of the one that runs.
func (d *desk) serve(o sandbox.Options) {
	d.t.Helper()
	if d.sandbox != nil {
		if err := d.sandbox.Close(); err != nil {
			d.t.Fatal(err)
		}
	}
	o.Dir, o.Now = d.path("ssb"), func() time.Time { return d.at }
	var err error
	if d.sandbox, err = sandbox.Start(d.t.Context(), o); err != nil {
		d.t.Fatal(err)
	}
	if d.environ["IPLOS_CONFIG"] == "" {
		d.environ["IPLOS_CONFIG"] = d.sandbox.Info().Config
	}
}

func (d *desk) path(elements ...string) string {
	return filepath.Join(append([]string{d.dir}, elements...)...)
}

func (d *desk) write(name, text string) string {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return d.path(name)
}

func (d *desk) read(path string) string {
	d.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(data)
}

func (d *desk) run(args ...string) (code int, out string) {
	d.t.Helper()
	var environ []string
	for k, v := range d.environ {
		environ = append(environ, k+"="+v)
	}
	var stdout, stderr bytes.Buffer
	code = run(d.t.Context(), host{
		args: args, environ: environ, now: func() time.Time { return d.at },
		streams: ui.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr},
	})
	out = stdout.String() + stderr.String()
	fmt.Fprintf(&d.said, "$ iplos %s\n%s", strings.Join(args, " "), out)
	return code, out
}

func (d *desk) must(args ...string) string {
	d.t.Helper()
	code, out := d.run(args...)
	if code != 0 {
		d.t.Fatalf("iplos %v: exit %d\n%s", args, code, out)
	}
	return out
}

// export writes a synthetic message.
func (d *desk) export(name string, o synth.Options) string {
	d.t.Helper()
	o.Year = 2017
	g, err := synth.New(o)
	if err != nil {
		d.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := g.WriteMessage(&b); err != nil {
		d.t.Fatal(err)
	}
	return d.write(name, b.String())
}

// search looks for words in every file of a folder and in the files' names.
func (d *desk) search(folder string, words []string) {
	d.t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		text := path
		if !e.IsDir() {
			text += "\n" + d.read(path)
		}
		for _, w := range words {
			if at := strings.Index(text, w); at >= 0 {
				d.t.Errorf("%s holds %q: %q", path, w, around(text, at))
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func around(text string, at int) string {
	return text[max(0, at-120):min(len(text), at+60)]
}

// numbers are the identity numbers of a message.
func numbers(message string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`<peFnr>([0-9]{11})<`).FindAllStringSubmatch(message, -1) {
		all = append(all, m[1])
	}
	return all
}

// planted puts a number in the first occurrence of every field of a message,
// but for those without which nothing is read.
func planted(message, number string) string {
	seen := map[string]bool{}
	message = regexp.MustCompile(`<([a-z]{2}[A-Z][A-Za-z]*)>[^<]*</`).ReplaceAllStringFunc(message, func(field string) string {
		name := field[1:strings.IndexByte(field, '>')]
		if seen[name] || name == "iiKomnr" || name == "iiInnhType" {
			return field
		}
		seen[name] = true
		return "<" + name + ">" + number + "</"
	})
	return regexp.MustCompile(` ([a-z]{2}[A-Z][A-Za-z]*)="[^"]*"`).ReplaceAllStringFunc(message, func(id string) string {
		name := id[1:strings.IndexByte(id, '=')]
		if seen[name] {
			return id
		}
		seen[name] = true
		return " " + name + `="` + number + `"`
	})
}

// secrets are what no run may show or keep.
type secrets struct{ words []string }

func (d *desk) secrets() *secrets {
	a := d.sandbox.Info().Accounts[0]
	s := &secrets{words: []string{"KANARI-tilbakemelding-passord", "KANARI-hvelv-frase"}}
	for _, file := range []string{a.PINFile, a.PasswordFile} {
		s.words = append(s.words, strings.TrimSpace(d.read(file)))
	}
	d.environ["IPLOS_FEEDBACK_PASSWORD"], d.environ["IPLOS_VAULT_PASSPHRASE"] = s.words[0], s.words[1]
	return s
}

// TestCanaries runs the commands at the most talkative log level, against
// servers that work and servers that do not, and looks for identity numbers
// and secrets in everything that was said and kept.
func TestCanaries(t *testing.T) {
	d := newDesk(t, sandbox.Options{})
	words := d.secrets().words
	good := d.export("eksport.xml", synth.Options{Persons: 8, Seed: 3, Municipality: "0403"})
	words = append(words, numbers(d.read(good))...)
	other := numbers(d.read(d.export("annen.xml", synth.Options{Persons: 1, Seed: 99, Municipality: "0403"})))
	words = append(words, other...)
	bad := d.write("kanari.xml", planted(d.read(good), other[0]))
	if n := strings.Count(d.read(bad), other[0]); n < 40 {
		t.Fatalf("the number stands in %d fields only", n)
	}
	d.runAll(good, bad)
	// Each use of the vault costs a second: it was used above.
	delete(d.environ, "IPLOS_VAULT_PASSPHRASE")
	for _, scenario := range []string{"pin-refused", "error-after-store", "session-expires", "upload-status=503", "vague", "feedback-api-off", "feedback-wrong-bytes", "feedback-locked"} {
		d.serve(sandbox.Options{Scenarios: []string{scenario}})
		again := d.write("igjen.xml", strings.Replace(d.read(good), "<iiSysVersjon>1", "<iiSysVersjon>"+scenario[:3], 1))
		for _, args := range [][]string{
			{"submit", "-i", again},
			{"submit", "-i", again, "--format", "json"},
			{"feedback", "list"},
			{"feedback", "pull", "--all", "--to", d.path("feil", scenario)},
			{"status", "--format", "json"},
		} {
			d.run(append(args, "--log-level", "trace")...)
		}
	}
	for _, w := range words {
		if text := d.said.String(); strings.Contains(text, w) {
			t.Errorf("the runs said %q: %q", w, around(text, strings.Index(text, w)))
		}
	}
	for _, folder := range []string{"tmp", "home", "rapporter", "feil", filepath.Join("ssb", "state")} {
		if err := os.MkdirAll(d.path(folder), 0o700); err != nil {
			t.Fatal(err)
		}
		d.search(d.path(folder), words)
	}
}

// runAll runs each command that reads or shows something, on an export that is
// as it should be and on one with a number in every field.
func (d *desk) runAll(good, bad string) {
	info := d.sandbox.Info()
	if err := os.Mkdir(d.path("rapporter"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	report := func(name string) string { return d.path("rapporter", name) }
	for _, args := range [][]string{
		{"key", "import", info.RegisterKey, "--confirmed-by", "Kari"},
		{"key", "import", info.PseudonymiserKey, "--role", "pseudonymiser", "--confirmed-by", "Kari"},
		{"key", "show"},
		{"validate", "-i", bad},
		{"validate", "-i", bad, "--format", "json"},
		{"validate", "-i", bad, "--report", report("a.html"), "--report", report("a.csv"), "--report", report("a.json")},
		{"validate", "-i", bad, "--report-shareable", report("b.html"), "--report-shareable", report("b.json"), "--baseline", report("base.json")},
		{"validate", "-i", good, "--report", report("c.html")},
		{"extract", "-i", bad, "-o", d.path("ut.xml")},
		{"extract", "-i", bad, "--describe"},
		{"encrypt", "-i", bad, "-o", d.path("kanari.tar")},
		{"submit", "-i", bad, "--dry-run"},
		{"submit", "-i", bad, "--accept-incomplete"},
		{"submit", "-i", good, "--dry-run", "--format", "json"},
		{"encrypt", "-i", good, "-o", d.path("ssb", "state", "pakke.tar")},
		{"submit", "-i", good},
		{"submit", "-i", good},
		{"status"},
		{"journal", "show"},
		{"journal", "show", "--format", "json"},
		{"journal", "export"},
		{"journal", "verify"},
		{"password", "verify"},
		{"check-network", "--target", "all", "--timeout", "2s"},
		{"config", "show"},
		{"config", "check"},
		{"doctor"},
		{"open", d.path("ssb", "state", "pakke.tar"), "--key", info.RegisterPrivate, "--key", info.PseudonymiserPrivate, "-o", d.path("hel.xml")},
	} {
		d.run(append(args, "--log-level", "trace")...)
	}
	if _, err := d.sandbox.Settled(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	for _, args := range [][]string{
		{"feedback", "check"}, {"feedback", "list"}, {"feedback", "pull", "--to", d.path("hentet")},
	} {
		d.run(append(args, "--log-level", "trace")...)
	}
	zips, err := filepath.Glob(d.path("hentet", "*.zip"))
	if err != nil || len(zips) == 0 {
		d.t.Fatalf("no feedback came: %v\n%s", err, d.said.String())
	}
	d.run("feedback", "open", zips[0], "--to", d.path("tilbake"), "-i", good, "--report", report("d.html"), "--report", report("d.json"), "--log-level", "trace")
}

// TestMunicipalitiesApart runs a host company's list and looks for what is one
// municipality's among another's.
func TestMunicipalitiesApart(t *testing.T) {
	d := newDesk(t, sandbox.Options{More: []string{"0301-00"}})
	info := d.sandbox.Info()
	var list strings.Builder
	own := map[string][]string{}
	for i, a := range info.Accounts {
		m := a.Municipality
		mark := "KANARI-" + m
		file := d.export("eksport-"+m+".xml", synth.Options{Persons: 4, Seed: uint64(10 + i), Municipality: m})
		password := d.write("passord-"+m+".txt", mark+"-passord-2018\n")
		frase := d.write("frase-"+m+".txt", mark+"-frase-2018\n")
		fmt.Fprintf(&list, `  - municipality: %q
    organisation_number: %q
    contact: {email: "%s@kommune.example", name: %q}
    pin_file: %q
    feedback_password_file: %q
    vault: %q
    vault_passphrase_file: %q
    export: %q
`, m, a.OrganisationNumber, mark, mark, a.PINFile, password, d.path("hvelv-"+m), frase, file)
		own[m] = append(numbers(d.read(file)), mark, a.OrganisationNumber, strings.TrimSpace(d.read(a.PINFile)), "eksport-"+m)
	}
	d.environ["IPLOS_CONFIG"] = d.write("vert.yaml", fmt.Sprintf("state_dir: tilstand\nallow_synthetic: true\nsendemodul: {url: %q, ca_file: %q}\nmunicipalities:\n%s", info.SendemodulURL, info.CAFile, list.String()))

	if code, out := d.run("submit"); code != 2 || !strings.Contains(out, "--municipality") {
		t.Errorf("submit without a municipality: exit %d\n%s", code, out)
	}
	// Only one has its key: the other is told apart in the table, and the exit
	// code is its.
	d.must("--municipality", "0403", "key", "import", info.RegisterKey, "--confirmed-by", "KANARI-0403")
	code, out := d.run("submit", "--all")
	if code != 2 || !strings.Contains(out, "0403-00") || !strings.Contains(out, "0301-00") {
		t.Errorf("submit --all: exit %d\n%s", code, out)
	}
	d.must("--municipality", "0301", "key", "import", info.RegisterKey, "--confirmed-by", "KANARI-0301")
	d.must("--municipality", "0301", "submit")
	if code, out := d.run("--format", "json", "submit", "--all"); code != 8 || strings.Count(out, `"kind":"duplicate"`) != 3 {
		t.Errorf("submit --all once more: exit %d\n%s", code, out)
	}
	table := d.must("status", "--all")
	for m := range own {
		if strings.Count(table, m+"-00") != 1 {
			t.Errorf("status --all has no row of its own for %s:\n%s", m, table)
		}
	}
	d.environ["IPLOS_PIN"] = "12345678"
	if code, out := d.run("submit", "--all"); code != 2 || !strings.Contains(out, "IPLOS_PIN") {
		t.Errorf("one PIN for all: exit %d\n%s", code, out)
	}
	delete(d.environ, "IPLOS_PIN")
	if n := len(d.sandbox.Deliveries()); n != 2 {
		t.Errorf("%d deliveries", n)
	}
	for m, words := range own {
		for other := range own {
			if other != m {
				d.search(journal.Dir(d.path("tilstand"), other), append(words, `"`+m+`"`))
			}
		}
		d.checkPackage(m, own)
	}
}

// checkPackage opens a municipality's package and looks for the others in it.
func (d *desk) checkPackage(m string, own map[string][]string) {
	d.t.Helper()
	packages, err := filepath.Glob(filepath.Join(journal.Dir(d.path("tilstand"), m), "packages", "*.tar"))
	if err != nil || len(packages) != 1 {
		d.t.Fatalf("packages of %s: %v, %v", m, packages, err)
	}
	key, err := readPrivate(d.sandbox.Info().RegisterPrivate)
	if err != nil {
		d.t.Fatal(err)
	}
	message := d.path("apnet-" + m + ".xml")
	o := crypt.OpenOptions{Message: message, Identities: d.path("apnet-" + m + ".csv")}
	o.Keys = append(o.Keys, key)
	opened, err := crypt.Open(d.t.Context(), packages[0], o)
	if err != nil {
		d.t.Fatal(err)
	}
	manifest := opened.Manifest
	all := fmt.Sprintf("%+v %s %s", manifest, manifest.FeedbackPassword.Reveal(), d.read(message))
	if manifest.Municipality != m || !strings.Contains(all, "KANARI-"+m+"-passord") {
		d.t.Errorf("the package of %s is of %s", m, manifest.Municipality)
	}
	for other, words := range own {
		for _, w := range words {
			if other != m && strings.Contains(all, w) {
				d.t.Errorf("the package of %s holds %q of %s", m, w, other)
			}
		}
	}
}
