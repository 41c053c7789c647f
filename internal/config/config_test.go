package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/finding"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "iplos.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestValuesKeepTheirZeros(t *testing.T) {
	path := write(t, "municipality: 0403\ndistrict: 00\norganisation_number: 970540008\nyear: 2017\ncontact:\n  phone: 09012345\n")
	c, err := config.Load(config.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if c.Municipality != "0403" || c.District != "00" || c.Contact.Phone != "09012345" || c.Year != 2017 {
		t.Errorf("got %q %q %q %d", c.Municipality, c.District, c.Contact.Phone, c.Year)
	}
	if o := c.Origin("contact.phone"); o.Line != 6 || o.Kind != "file" {
		t.Errorf("origin %+v", o)
	}
}

func TestPrecedence(t *testing.T) {
	path := write(t, "municipality: \"0403\"\nyear: 2016\n")
	env := []string{"IPLOS_MUNICIPALITY=0301", "IPLOS_YEAR=2015", "IPLOS_CONTACT_EMAIL=a@b.no"}
	load := func(flags map[string]string, env []string) *config.Config {
		t.Helper()
		c, err := config.Load(config.Options{Path: path, Environ: env, Flags: flags})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := load(nil, nil); c.Municipality != "0403" || c.Year != 2016 || c.District != "00" {
		t.Errorf("file: %q %d", c.Municipality, c.Year)
	}
	if c := load(nil, env); c.Municipality != "0301" || c.Year != 2015 || c.Contact.Email != "a@b.no" {
		t.Errorf("environment: %q %d %q", c.Municipality, c.Year, c.Contact.Email)
	}
	c := load(map[string]string{"municipality": "1601"}, env)
	if c.Municipality != "1601" || c.Year != 2015 || c.Origin("municipality").String() != "--municipality" {
		t.Errorf("flag: %q %d %v", c.Municipality, c.Year, c.Origin("municipality"))
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct{ name, text, id string }{
		{"unknown key", "municipality: \"0403\"\ncontact:\n  emial: a@b.no\n", "config.unknown-key-likely"},
		{"twice", "year: 2017\nyear: 2016\n", "config.duplicate-key"},
		{"section twice", "contact:\n  name: a\ncontact:\n  phone: b\n", "config.duplicate-key"},
		{"not yaml", "year: [2017\n", "config.syntax-line"},
		{"not a character of yaml", "year: \x01\n", "config.syntax"},
		{"a list", "- year\n", "config.not-a-map"},
		{"an alias", "year: &a 2017\nvault: *a\n", "config.alias"},
		{"map for value", "year:\n  x: 1\n", "config.not-a-value"},
		{"short number", "municipality: 403\n", "config.municipality"},
		{"district", "district: 030101\n", "config.district"},
		{"zone", "zone: inne\n", "config.one-of"},
		{"http", "sendemodul:\n  url: http://iplos.nhn.no/\n", "config.url"},
		{"user in address", "sendemodul:\n  url: https://a:b@iplos.nhn.no/\n", "config.url"},
		{"regexp", "sendemodul:\n  success: \"(\"\n", "config.regexp"},
		{"email", "contact:\n  email: kari\n", "config.email"},
		{"switch", "allow_synthetic: ja\n", "config.switch"},
		{"number", "part_size: mye\n", "config.number"},
		{"share", "rules:\n  stat_change_share: 0\n", "config.share"},
		{"year", "year: 17\n", "config.year"},
		{"checksum", "rules:\n  checksum: slapp\n", "config.one-of"},
		{"date", "campaign:\n  window_to: 15.01.2018\n", "config.date"},
		{"no such day", "campaign:\n  window_to: 2018-02-30\n", "config.date"},
		{"week", "campaign:\n  feedback_week: 60\n", "config.week"},
		{"own key at top", "vault: v\nmunicipalities:\n  - municipality: 0403\n", "config.own-key-at-top"},
		{"list without number", "municipalities:\n  - district: 00\n", "config.list-without-number"},
		{"listed twice", "municipalities:\n  - municipality: 0403\n  - municipality: 0403\n", "config.list-twice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := config.Load(config.Options{Path: write(t, tc.text), Flags: map[string]string{}})
			assertFault(t, err, tc.id)
		})
	}
}

func assertFault(t *testing.T, err error, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != id || f.Kind != fault.Usage {
		t.Errorf("error %v, want %s", err, id)
	}
}

func TestLikelyName(t *testing.T) {
	for name, want := range map[string]string{
		"contact.emial": "contact.email", "municipallity": "municipality", "email": "contact.email", "qqqqqqqqqqqq": "",
	} {
		if got := config.Likely(name); got != want {
			t.Errorf("Likely(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestMissingFileIsAnErrorOnlyWhenNamed(t *testing.T) {
	dir := t.TempDir()
	if _, err := config.Load(config.Options{UserConfigDir: dir}); err != nil {
		t.Errorf("no file anywhere: %v", err)
	}
	_, err := config.Load(config.Options{Path: filepath.Join(dir, "x.yaml")})
	assertFault(t, err, "config.not-found")
}

// A file beside the call is never read.
func TestFileBesideTheCallIsIgnored(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("iplos.yaml", []byte("sendemodul:\n  url: https://evil.example/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Options{UserConfigDir: t.TempDir()})
	if err != nil || c.Sendemodul.URL != config.SendemodulURL {
		t.Errorf("url %q, %v", c.Sendemodul.URL, err)
	}
}

func TestListKeepsMunicipalitiesApart(t *testing.T) {
	path := write(t, `contact:
  email: drift@example.no
municipalities:
  - municipality: 0403
    organisation_number: 970540008
    pin_file: hamar/pin
    vault: hamar/hvelv
  - municipality: "1601"
    pin_file: trondheim/pin
`)
	c, err := config.Load(config.Options{Path: path, Flags: map[string]string{"municipality": "1601"}, UserStateDir: "/state"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Vault != "" || c.OrganisationNumber != "" || c.Contact.Email != "drift@example.no" {
		t.Errorf("1601 got %q %q %q", c.Vault, c.OrganisationNumber, c.Contact.Email)
	}
	if want := filepath.Join(filepath.Dir(path), "trondheim", "pin"); c.PINFile != want {
		t.Errorf("pin file %q, want %q", c.PINFile, want)
	}
	all, err := config.All(config.Options{Path: path, UserStateDir: "/state"})
	if err != nil || len(all) != 2 {
		t.Fatalf("All: %v %v", all, err)
	}
	none, err := config.Load(config.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	assertFault(t, none.Require("municipality"), "config.choose")
	_, err = config.Load(config.Options{Path: path, Flags: map[string]string{"municipality": "0301"}})
	assertFault(t, err, "config.not-in-list")
}

func TestOverridesNeedReasons(t *testing.T) {
	load := func(text string) *config.Config {
		t.Helper()
		c, err := config.Load(config.Options{Path: write(t, text)})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := load("rules:\n  severity:\n    org-missing: warning\n  reason:\n    ORG-MISSING: Avtalt med SSB\n")
	got, err := c.Overrides()
	if err != nil || len(got) != 1 || got[0] != (config.Override{Rule: "ORG-MISSING", Severity: finding.Warning, Reason: "Avtalt med SSB"}) {
		t.Errorf("Overrides = %v, %v", got, err)
	}
	_, err = load("rules:\n  severity:\n    ORG-MISSING: warning\n").Overrides()
	assertFault(t, err, "config.reason-missing")
	_, err = load("rules:\n  reason:\n    ORG-MISSING: x\n").Overrides()
	assertFault(t, err, "config.severity-missing")
	_, err = load("rules:\n  severity:\n    ORG-MISSING: fatal\n  reason:\n    ORG-MISSING: x\n").Overrides()
	assertFault(t, err, "config.severity")
}

func TestShowMasksCommands(t *testing.T) {
	c, err := config.Load(config.Options{Path: write(t, "pin_command: pass show hemmelig\n")})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Show() {
		if strings.Contains(s.Value, "hemmelig") {
			t.Errorf("%s shows %q", s.Key, s.Value)
		}
	}
}

func TestUnknownVariableIsAWarning(t *testing.T) {
	c, err := config.Load(config.Options{Environ: []string{"IPLOS_KOMMUNE=0403", "IPLOS_PIN=1", "IPLOS_QUIET=1"}, KnownVariables: []string{"IPLOS_QUIET"}})
	if err != nil || len(c.Warnings) != 1 || c.Warnings[0].Args[1] != "IPLOS_KOMMUNE" {
		t.Errorf("warnings %v, %v", c.Warnings, err)
	}
}

// The prefix, which all have, makes no name like another.
func TestLikelyVariable(t *testing.T) {
	for name, want := range map[string]string{
		"IPLOS_TULL": "", "IPLOS_MUNICIPALTY": "IPLOS_MUNICIPALITY", "IPLOS_VALT": "IPLOS_VAULT",
	} {
		c, err := config.Load(config.Options{Environ: []string{name + "=x"}})
		if err != nil || len(c.Warnings) != 1 {
			t.Fatalf("%s: %v, %v", name, c, err)
		}
		if got := c.Warnings[0]; (got.ID == "config.unknown-variable-likely") != (want != "") || want != "" && got.Args[3] != want {
			t.Errorf("%s: %v, want %q", name, got, want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte("municipality: 0403\n"))
	f.Add([]byte("municipalities:\n  - municipality: 0403\n"))
	f.Add([]byte("rules:\n  severity:\n    a: b\n"))
	f.Add([]byte("contacts:\n  - name: x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "iplos.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(config.Options{Path: path})
		if err != nil && fault.KindOf(err) != fault.Usage {
			t.Errorf("error %v is of kind %s", err, fault.KindOf(err))
		}
	})
}

func TestNewFileReadsBack(t *testing.T) {
	set := map[string]string{"municipality": "0403", "organisation_number": "970540008", "contact.email": "a@b.no", "export": `C:\Eksport mappe\æøå "x".xml`}
	data := config.New(set, func(key string) string { return "om " + key + "\nto linjer" })
	c, err := config.Load(config.Options{Path: write(t, string(data))})
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	for _, section := range []string{"contact:", "sendemodul:", "  fields:", "filsluse:", "key:", "rules:"} {
		if strings.Count(string(data), "\n"+section+"\n") != 1 {
			t.Errorf("section %q does not stand once:\n%s", section, data)
		}
	}
	for key, want := range set {
		if key != "export" && c.Value(key) != want {
			t.Errorf("%s = %q, want %q", key, c.Value(key), want)
		}
	}
	if !strings.HasSuffix(c.Export, set["export"]) {
		t.Errorf("export = %q", c.Export)
	}
}

func TestEditKeepsComments(t *testing.T) {
	old := "# min egen kommentar\nmunicipality: 0403 # Hamar\ncontact:\n  # viktig\n  email: a@b.no\n"
	data, err := config.Edit("x", []byte(old), map[string]string{"municipality": "0403", "contact.email": "c@d.no", "vault": "hvelv"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# min egen kommentar", "# Hamar", "# viktig", "c@d.no", "vault"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("lost %q:\n%s", want, data)
		}
	}
	c, err := config.Load(config.Options{Path: write(t, string(data))})
	if err != nil || c.Contact.Email != "c@d.no" || c.Municipality != "0403" {
		t.Errorf("%+v %v", c.Contact, err)
	}
}

func TestEditInAList(t *testing.T) {
	old := "municipalities:\n  - municipality: 0403\n    vault: a\n  - municipality: 1601\n    vault: b\n"
	data, err := config.Edit("x", []byte(old), map[string]string{"municipality": "1601", "vault": "c"})
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, string(data))
	for number, want := range map[string]string{"0403": "a", "1601": "c"} {
		c, err := config.Load(config.Options{Path: path, Flags: map[string]string{"municipality": number}})
		if err != nil || filepath.Base(c.Vault) != want {
			t.Errorf("%s: vault %q, %v", number, c.Vault, err)
		}
	}
}

// A file that init made keeps every line but those of what is named.
func TestEditLeavesOtherLinesAlone(t *testing.T) {
	doc := func(key string) string { return "om " + key }
	for _, end := range []string{"\n", "\r\n"} {
		old := strings.ReplaceAll(string(config.New(map[string]string{"municipality": "0403", "contact.email": "a@b.no"}, doc)), "\n", end)
		set := map[string]string{
			"contact.email": "c@d.no", "contact.name": "Kari Æ", "year": "2018", "sendemodul.fields.pin": "kode", "filsluse.url": "https://x.no/",
		}
		data, err := config.Edit("x", []byte(old), set)
		if err != nil {
			t.Fatal(err)
		}
		was, is := strings.Split(old, end), strings.Split(string(data), end)
		if len(was) != len(is) {
			t.Fatalf("%d lines became %d:\n%s", len(was), len(is), data)
		}
		changed := 0
		for i := range was {
			if was[i] != is[i] {
				changed++
			}
		}
		if changed != len(set) {
			t.Errorf("%d lines changed, want %d:\n%s", changed, len(set), data)
		}
		c, err := config.Load(config.Options{Path: write(t, string(data))})
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range set {
			if c.Value(key) != want {
				t.Errorf("%s = %q, want %q", key, c.Value(key), want)
			}
		}
	}
}

func TestEditCopesWithHandwrittenFiles(t *testing.T) {
	for _, old := range []string{
		"", "# bare en kommentar\n", "contact: {email: a@b.no}\n", "contact:\nyear: 2017\n", "contact:\n    email: a@b.no\n    phone: 90000000\n",
		"contact:\n  email: >-\n    a@b.no\n", "contact:\n  email:\n", "\"contact\":\n  'email': a@b.no # til SSB\nvault: x",
		"contact:\n  email: 'a@b.no'\n\n\n", "year: 2017\ncontact:\n  email: \"a@b.no\"",
	} {
		set := map[string]string{"municipality": "0403", "contact.email": "c@d.no", "vault": "hvelv # 1"}
		data, err := config.Edit("x", []byte(old), set)
		if err != nil {
			t.Errorf("%q: %v", old, err)
			continue
		}
		c, err := config.Parse("x", data, config.Options{})
		if err != nil || c.Contact.Email != "c@d.no" || c.Municipality != "0403" || filepath.Base(c.Vault) != "hvelv # 1" {
			t.Errorf("%q became %q: %v", old, data, err)
		}
		if strings.Contains(old, "til SSB") && !strings.Contains(string(data), "# til SSB") {
			t.Errorf("lost the comment: %q", data)
		}
	}
}

func FuzzEdit(f *testing.F) {
	f.Add([]byte("municipality: 0403 # Hamar\ncontact:\n  # email: \n"), "a@b.no")
	f.Add([]byte("municipalities:\n  - municipality: 0403\n"), "a@b.no")
	f.Add([]byte("contact: {}\n"), "x\ny: z")
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		set := map[string]string{"municipality": "0403", "contact.name": value}
		edited, err := config.Edit("x", data, set)
		if err != nil {
			return
		}
		if c, err := config.Parse("x", edited, config.Options{Flags: map[string]string{"municipality": "0403"}}); err == nil && c.Value("contact.name") != value && value != "" {
			t.Errorf("%q with %q became %q, name %q", data, value, edited, c.Value("contact.name"))
		}
	})
}

// What init is about to put right does not stop it.
func TestDraftPassesOverBadValues(t *testing.T) {
	path := write(t, "municipality: 403\ncontact:\n  email: tull\nexport: e.xml\n")
	opts := config.Options{Path: path}
	if _, err := config.Load(opts); err == nil {
		t.Fatal("the file is good")
	}
	c, err := config.Draft(opts)
	if err != nil || c.Value("contact.email") != "" || c.Municipality != "" || filepath.Base(c.Export) != "e.xml" {
		t.Errorf("%+v %v", c, err)
	}
	opts.Flags = map[string]string{"year": "x"}
	_, err = config.Draft(opts)
	assertFault(t, err, "config.number")
	opts = config.Options{Path: filepath.Join(t.TempDir(), "nei.yaml")}
	if c, err := config.Draft(opts); err != nil || c.Year != 2017 {
		t.Errorf("%+v %v", c, err)
	}
}
