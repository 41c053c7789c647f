package validate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/register"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// render shows a finding as the reports do.
func render(p *lang.Printer, f *finding.Finding) string {
	args := append([]any(nil), f.Args...)
	for i, a := range args {
		if d, ok := a.(record.Date); ok {
			args[i] = p.Date(time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, time.UTC))
		}
	}
	return p.T(f.Message, args...)
}

// TestEveryMessageIsWhole renders every finding of every fixture in every
// language: no text is missing and no placeholder is left.
func TestEveryMessageIsWhole(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.bad.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lang.Languages() {
		p := lang.New(l)
		for _, path := range files {
			f := readFixture(t, path)
			found, _ := validateText(t, f.text, f.options)
			for i := range found {
				checkText(t, render(p, &found[i]), &found[i])
			}
		}
	}
}

func checkText(t *testing.T, text string, f *finding.Finding) {
	t.Helper()
	if strings.ContainsAny(text, "{}<>") || strings.Contains(text, "%!") || text == "" {
		t.Errorf("%s is shown as %q (%v)", f.Message, text, f.Args)
	}
}

// TestMessagesInTheCode proves that the code and the catalogue have the same
// messages, and that the three languages have the same texts.
func TestMessagesInTheCode(t *testing.T) {
	used := map[string]bool{}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`"rule\.([A-Z0-9-]+\.message[a-z.]*|override\.[a-z]+|family\.[a-z]+|got\.[a-z]+)"`)
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range id.FindAllStringSubmatch(string(source), -1) {
			used[m[1]] = true
		}
	}
	for _, r := range validate.Rules() {
		for _, part := range []string{"title", "what", "why", "where", "good", "bad"} {
			used[r.ID+"."+part] = true
		}
	}
	texts := catalogue(t, "rule")
	for name := range used {
		if _, ok := texts[lang.Bokmal][name]; !ok {
			t.Errorf("the catalogue has no rule.%s", name)
		}
	}
	other := regexp.MustCompile(`^(place$|decimal$|unit\.|source\.|doc\.|override\.[a-z]+\.hint$)`)
	for name := range texts[lang.Bokmal] {
		if !used[name] && !other.MatchString(name) {
			t.Errorf("nothing asks for rule.%s", name)
		}
	}
	sameTexts(t, "rule", texts)
}

// TestRegisterTexts proves that every code and field has a name, and nothing
// else does.
func TestRegisterTexts(t *testing.T) {
	want := map[string]bool{"service.0": true}
	for _, s := range register.Services() {
		want[strings.TrimPrefix(s.TextID(), "register.")] = true
	}
	for _, f := range register.Functions() {
		want[strings.TrimPrefix(f.TextID(), "register.")] = true
	}
	for f := record.NoField + 1; f < record.NumFields; f++ {
		want["field."+f.Name()] = true
	}
	texts := catalogue(t, "register")
	for name := range want {
		if texts[lang.Bokmal][name] == "" {
			t.Errorf("register.%s is missing", name)
		}
	}
	for name := range texts[lang.Bokmal] {
		if !want[name] {
			t.Errorf("nothing asks for register.%s", name)
		}
	}
	sameTexts(t, "register", texts)
}

func catalogue(t *testing.T, domain string) map[lang.Lang]map[string]string {
	t.Helper()
	all := map[lang.Lang]map[string]string{}
	for _, l := range lang.Languages() {
		data, err := os.ReadFile(filepath.Join("..", "ui", "lang", "catalog", string(l), domain+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		all[l] = texts
	}
	return all
}

func sameTexts(t *testing.T, domain string, all map[lang.Lang]map[string]string) {
	t.Helper()
	for l, texts := range all {
		for name := range all[lang.Bokmal] {
			if strings.TrimSpace(texts[name]) == "" {
				t.Errorf("%s: %s.%s is missing", l, domain, name)
			}
		}
		if len(texts) != len(all[lang.Bokmal]) {
			t.Errorf("%s: %s has %d texts, bokmål %d", l, domain, len(texts), len(all[lang.Bokmal]))
		}
	}
}

// changed returns the ok fixture of a rule with some texts replaced.
func changed(t *testing.T, rule string, pairs ...string) fixture {
	t.Helper()
	f := readFixture(t, filepath.Join("testdata", "rules", rule+".ok.xml"))
	text := string(f.text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s has no %q", rule, pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	f.text = []byte(text)
	return f
}

// only returns the one finding there should be.
func only(t *testing.T, found list, rule string) *finding.Finding {
	t.Helper()
	if len(found) != 1 || found[0].Rule != rule {
		t.Fatalf("got %+v, want one finding of %s", found, rule)
	}
	return &found[0]
}

func TestMunicipalityNamesTheRightNumber(t *testing.T) {
	nb := lang.New(lang.Bokmal)
	tests := []struct {
		number, configured string
		year               int
		want               string
	}{
		{"5001", "", 2017, "1601 ble 5001 1. januar 2018; for 2017-data gjelder 1601 Trondheim."},
		{"5001", "1601", 2017, "1601 ble 5001 1. januar 2018; for 2017-data gjelder 1601 Trondheim."},
		{"5054", "", 2017, "5054 gjelder ikke for 2017-data. Da gjaldt 1624 Rissa, 1718 Leksvik. Lag og send én fil for hvert av dem."},
		{"3103", "", 2017, "3103 gjelder ikke for 2017-data. Da gjaldt 0104 Moss."},
		{"9999", "", 2017, "Kommunenummeret finnes ikke i 2017: det står «9999»."},
		{"ABCD", "", 2017, "Kommunenummeret finnes ikke i 2017: det står 4 tegn."},
		{"0301", "1601", 2017, "Filen er for 0301 Oslo, men oppsettet sier 1601 Trondheim."},
		{"0301", "9999", 2017, "Filen er for 0301 Oslo, men oppsettet sier 9999, som ikke er nummeret til noen kommune."},
		{"1624", "5054", 2017, "Filen er for 1624, som er ett av numrene 5054 Indre Fosen rapporterer 2017-data under (1624 Rissa, 1718 Leksvik). Send én fil for hvert av dem; kjør denne med --municipality 1624."},
		{"1601", "5001", 2017, "Filen er for 1601, som er riktig for 2017-data, men oppsettet sier 5001, som er samme kommunes nummer i et annet år. Rett oppsettet til 1601."},
	}
	for _, tt := range tests {
		f := changed(t, "MIN-KOMNR", "<iiKomnr>1601<", "<iiKomnr>"+tt.number+"<")
		f.options.Municipality, f.options.Year = tt.configured, tt.year
		found, _ := validateText(t, f.text, f.options)
		if got := render(nb, only(t, found, "MIN-KOMNR")); got != tt.want {
			t.Errorf("%s: %q\nwant %q", tt.number, got, tt.want)
		}
	}
}

func TestPlaceIsNamed(t *testing.T) {
	f := changed(t, "SRV-HOURS", "168.00", "169.5")
	f.options.ServicePlaces = map[string]string{"800000009": "Solsiden sykehjem"}
	found, _ := validateText(t, f.text, f.options)
	got := render(lang.New(lang.Bokmal), only(t, found, "SRV-HOURS"))
	want := "169,50 timer i uken på tjeneste 15 (helsetjenester i hjemmet); en uke har 168. Tjenestested: Solsiden sykehjem."
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestDamage(t *testing.T) {
	nb := lang.New(lang.Bokmal)
	for text, want := range map[string]string{
		"":                       "XML-SYNTAX",
		"hello":                  "XML-SYNTAX",
		"<IPLOS versjon='3.3'><": "XML-SYNTAX",
		"<a/>":                   "XML-VERSION",
		"<IPLOS/>":               "XML-VERSION",
		"<IPLOS versjon='9'/>":   "XML-VERSION",
		"<IPLOS xmlns='http://example.no/x' versjon='3.3'/>": "XML-VERSION",
	} {
		found, v := validateText(t, []byte(text), everyRule())
		f := only(t, found, want)
		checkText(t, render(nb, f), f)
		if v.Summary().Verdict() != finding.Blocked || f.Line == 0 {
			t.Errorf("%q: %+v", text, f)
		}
	}
	v, err := validate.New(everyRule(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.Damage(errors.New("disk on fire")) || v.Summary().Total() != 0 {
		t.Error("an error of the disk became a finding")
	}
}

func TestSeverityOverride(t *testing.T) {
	f := changed(t, "SRV-HOURS", "168.00", "169.5")
	f.options.Severity = map[string]finding.Severity{"srv-hours": finding.Error}
	found, v := validateText(t, f.text, f.options)
	if only(t, found, "SRV-HOURS").Severity != finding.Error || v.Summary().Verdict() != finding.Blocked {
		t.Errorf("got %+v", found)
	}
	for id, want := range map[string]string{"NO-SUCH": "rule.override.unknown", "ID-TEST": "rule.override.fixed"} {
		_, err := validate.New(validate.Options{Year: 2017, Severity: map[string]finding.Severity{id: finding.Info}}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	f = changed(t, "XML-MISSING", "  <iiSysID>prøve</iiSysID>\n", "")
	f.options.Severity = map[string]finding.Severity{"XML-MISSING": finding.Warning}
	found, _ = validateText(t, f.text, f.options)
	if only(t, found, "XML-MISSING").Severity != finding.Warning {
		t.Error("an override must reach both severities")
	}
}

func TestTotals(t *testing.T) {
	f := readFixture(t, "testdata/rules/KEY-DUP.ok.xml")
	_, v := validateText(t, f.text, f.options)
	got := fmt.Sprint(*v.Totals())
	want := fmt.Sprint(finding.Totals{
		Persons: 2, Rows: map[string]int{"PERSONOPPL": 2, "FUNKSJON": 34, "TJENESTE": 2, "DIAGNOSE": 1, "DOGNTILBUD": 1},
		ServiceUsers: map[int]int{5: 1, 15: 1}, Assessed: 2,
	})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
