package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/ui/lang"
)

// hostile is what a file may hold to break out of a report.
const hostile = "<script>alert(1)</script>\x1b[31m\u202e\"';=1+1"

// sample is a report with something of everything.
func sample() *Report {
	l := &finding.Log{}
	add := func(f finding.Finding) { l.Add(&f) }
	for i := range 23 {
		add(finding.Finding{
			Rule: "ORG-MISSING", Severity: finding.Minimum, Line: 4711 + 40*i, Class: "TJENESTE",
			Field: "tjInstOrgnr", Person: strconv.Itoa(17 + i/3), Row: strconv.Itoa(51 + i),
			Message: "rule.ORG-MISSING.message", Args: []any{"code", 15, "service", "Helsetjenester i hjemmet"},
		})
	}
	for i := range 7 {
		add(finding.Finding{
			Rule: "SRV-HOURS", Severity: finding.Warning, Line: 9000 + i, Class: "TJENESTE", Field: "tjTimerUke",
			Person: strconv.Itoa(100 + i), Row: strconv.Itoa(300 + i), Message: "rule.SRV-HOURS.message",
			Args: []any{"hours", "170", "value", "170"},
		})
	}
	add(finding.Finding{
		Rule: "XML-UNEXPECTED", Severity: finding.Error, Line: 12, Column: 5, Class: "PERSON", Field: hostile,
		Person: hostile, Row: hostile, Message: "rule.XML-UNEXPECTED.message", Args: []any{"name", hostile},
	})
	add(finding.Finding{
		Rule: "DATE-INVALID", Severity: finding.Warning, Line: 77, Class: "TJENESTE", Field: "tjFraDato",
		Person: "3", Row: "9", Message: "rule.DATE-INVALID.message", Args: []any{"date", record.MakeDate(2017, 2, 31), "value", "20170231"},
	})
	for i := range 60 {
		add(finding.Finding{
			Rule: "FUN-MISSING", Severity: finding.Info, Line: 100 + i, Class: "PERSON", Person: strconv.Itoa(i),
			Message: "rule.FUN-MISSING.message", Args: []any{"count", 2, "missing", "Syn, Hørsel"},
		})
	}
	add(finding.Finding{Rule: "STAT-NONE", Severity: finding.Warning, Message: "rule.STAT-NONE.message", Args: []any{"code", 9, "service", "Støttekontakt", "before", 31}})
	from := finding.Minimum
	return &Report{
		ToolVersion: "1.2.3", RulePack: "2017.1",
		Input:        finding.Input{Path: "eksport/iplos-2017.xml", SHA256: strings.Repeat("ab", 32), Bytes: 1_911_460},
		Municipality: "0403", MunicipalitySet: "5001", District: "00", Year: 2017,
		Totals: &finding.Totals{
			Persons: 400, Rows: map[string]int{"PERSONOPPL": 400, "FUNKSJON": 6800, "TJENESTE": 1182, "DIAGNOSE": 242, "DOGNTILBUD": 18},
			ServiceUsers: map[int]int{1: 210, 2: 14, 6: 187, 12: 64, 15: 231, 21: 78, 25: 3}, Assessed: 340,
		},
		Previous: &finding.Totals{
			Persons: 391, Rows: map[string]int{"TJENESTE": 1150},
			ServiceUsers: map[int]int{1: 204, 2: 12, 6: 192, 9: 31, 12: 60, 15: 226, 21: 80}, Assessed: 310,
		},
		PreviousYear: 2016,
		Settings:     []Setting{{Key: "rules.checksum", Value: "2032", Text: "Kontrollsifre etter reglene fra 2032."}},
		Overrides: []Override{{
			Rule: "SRV-HOURS", From: &from, To: finding.Warning,
			Reason: "Avtalt med IPLOS-kontakten 3. november: to tjenester føres samlet.",
		}},
		Findings: l,
		Comparison: &finding.Comparison{
			Previous: "3. januar 2018 kl. 02.00",
			ByRule:   map[string]finding.Change{"ORG-MISSING": {New: 2, Fixed: 5, Remaining: 21}, "SRV-HOURS": {Remaining: 7}},
			IsNew:    func(f *finding.Finding) bool { return f.Rule == "ORG-MISSING" && f.Line < 4760 },
		},
		Account: []AccountLine{
			{Key: "read", Text: "Personer lest", Count: 412},
			{Key: "taken", Text: "Personer tatt med", Count: 400, Minor: true},
			{Key: "outside_period", Text: "Utelatt: ingen registrering i 2017", Count: 12},
		},
	}
}

func render(t testing.TB, f Format, r *Report, l lang.Lang) string {
	t.Helper()
	var buf bytes.Buffer
	if err := f.Write(&buf, r, lang.New(l)); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return buf.String()
}

func format(t testing.TB, name string) Format {
	t.Helper()
	f, ok := ByName(Formats(), name)
	if !ok {
		t.Fatalf("no format %q", name)
	}
	return f
}

// No format leaves a text out of the catalogue, lets through what acts on a
// terminal, or panics on a report without anything.
func TestEveryFormatInEveryLanguage(t *testing.T) {
	for _, f := range Formats() {
		for _, l := range lang.Languages() {
			for name, r := range map[string]*Report{
				"sample": sample(), "empty": {}, "clean": {Findings: &finding.Log{}, Totals: &finding.Totals{Persons: 3}},
				"failed": {Failure: &Failure{Code: 2, Kind: "usage", Message: "Filen finnes ikke.", Hint: "Se etter filen."}},
			} {
				out := render(t, f, r, l)
				if i := strings.Index(out, "<report."); i >= 0 {
					t.Errorf("%s %s %s: no text for %s", f.Name, l, name, out[i:min(len(out), i+40)])
				}
				for _, bad := range []string{"\x1b", "\u202e"} {
					if f.Name != "json" && strings.Contains(out, bad) {
						t.Errorf("%s %s %s holds %q", f.Name, l, name, bad)
					}
				}
			}
		}
	}
}

// Every format says which rules it was, and what was changed and why.
func TestEveryFormatNamesPackAndOverrides(t *testing.T) {
	r := sample()
	for _, f := range Formats() {
		out := strings.Join(strings.Fields(render(t, f, r, lang.Bokmal)), " ")
		for _, want := range []string{r.RulePack, r.Overrides[0].Reason} {
			if !strings.Contains(out, want) {
				t.Errorf("%s does not say %q", f.Name, want)
			}
		}
	}
}

// Identities are shown when asked for and at no other time.
func TestIdentityOnlyWhenAsked(t *testing.T) {
	for _, f := range Formats() {
		r := sample()
		if out := render(t, f, r, lang.Bokmal); strings.Contains(out, "12345") {
			t.Fatalf("%s shows an identity", f.Name)
		}
		r.Identity = func(string) string { return "01819912345" }
		if out := render(t, f, r, lang.Bokmal); !strings.Contains(out, "12345") {
			t.Errorf("%s does not show the identity asked for", f.Name)
		}
	}
}

type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n := w.left
		w.left = 0
		return n, io.ErrShortWrite
	}
	w.left -= len(p)
	return len(p), nil
}

// A full disk is an error, wherever it strikes.
func TestWriteErrorIsReported(t *testing.T) {
	for _, f := range Formats() {
		whole := len(render(t, f, sample(), lang.Bokmal))
		for n := 0; n < whole; n += 1 + whole/7 {
			if err := f.Write(&brokenWriter{n}, sample(), lang.New(lang.Bokmal)); err == nil {
				t.Fatalf("%s: no error after %d of %d bytes", f.Name, n, whole)
			}
		}
	}
}

func TestSectionsShareTheLimit(t *testing.T) {
	l := &finding.Log{}
	for rule, n := range map[string]int{"A": 1000, "B": 3, "C": 50} {
		for range n {
			l.Add(&finding.Finding{Rule: rule})
		}
	}
	for _, c := range []struct {
		limit, perGroup int
		want            string
	}{
		{0, 0, "A 1000/1000 C 50/50 B 3/3"},
		{0, 40, "A 40/1000 C 40/50 B 3/3"},
		{10, 0, "A 4/1000 C 3/50 B 3/3"},
		{100, 0, "A 47/1000 C 50/50 B 3/3"},
		{2, 0, "A 1/1000 C 1/50 B 0/3"},
		{2000, 0, "A 1000/1000 C 50/50 B 3/3"},
	} {
		r := &Report{Findings: l}
		list, shown := r.sections(c.limit, c.perGroup)
		var got []string
		sum := 0
		for _, s := range list {
			got = append(got, fmt.Sprintf("%s %d/%d", s.Rule, s.Shown, s.Count))
			sum += s.Shown
		}
		if g := strings.Join(got, " "); sum != shown || c.limit != 10 && c.limit != 100 && g != c.want {
			t.Errorf("limit %d, per group %d: %s (shown %d, sum %d), want %s", c.limit, c.perGroup, g, shown, sum, c.want)
		}
		if c.limit > 0 && shown != min(c.limit, l.Len()) {
			t.Errorf("limit %d shows %d", c.limit, shown)
		}
	}
	r := &Report{Findings: l, Limits: Limits{SummaryOnly: true}}
	if _, shown := r.sections(0, 0); shown != 0 {
		t.Errorf("summary only shows %d", shown)
	}
}

func TestByPath(t *testing.T) {
	for path, want := range map[string]string{"a.JSON": "json", "b.txt": "text"} {
		if f, ok := ByPath(Formats(), path); !ok || f.Name != want {
			t.Errorf("%s is %q, want %s", path, f.Name, want)
		}
	}
	if _, ok := ByPath(Formats(), "c.pdf"); ok {
		t.Error("there is a format for .pdf")
	}
}

// A run that failed before the file was checked never reads as one that found
// nothing.
func TestFailedRunClaimsNothing(t *testing.T) {
	r := &Report{Failure: &Failure{Code: 2, Kind: "usage", Message: "MELDING", Hint: "RÅD"}}
	for _, f := range append(Formats(), ShareableFormats()...) {
		if f.Name == "json" {
			continue // verdict is absent and error present: the schema's test
		}
		out := render(t, f, r, lang.Bokmal)
		for _, claim := range []string{"ingenting å rette", "ingen funn", "0 funn", "Klar", "Antall: Feil", "Funn i alt"} {
			if strings.Contains(out, claim) {
				t.Errorf("%s claims %q:\n%s", f.Name, claim, out)
			}
		}
	}
}

// Minor figures of the account stand in the JSON and nowhere else.
func TestMinorFigures(t *testing.T) {
	for _, f := range Formats() {
		out := render(t, f, sample(), lang.Bokmal)
		if f.Name == "json" && !strings.Contains(out, `"taken":400`) || f.Name != "json" && strings.Contains(out, "tatt med") {
			t.Errorf("%s has it wrong", f.Name)
		}
	}
}

// Whatever text stands anywhere, a report is still what it is: no control or
// direction character reaches the reader, and no markup the browser.
func TestHostileTextEverywhere(t *testing.T) {
	l := &finding.Log{}
	f := finding.Finding{
		Rule: hostile, Severity: finding.Error, Line: 1, Class: hostile, Field: hostile, Person: hostile, Row: hostile,
		Message: hostile, Args: []any{hostile, hostile},
	}
	l.Add(&f)
	f.Message = "rule.XML-UNEXPECTED.message"
	f.Args = []any{"name", hostile}
	l.Add(&f)
	r := &Report{
		ToolVersion: hostile, RulePack: hostile, Input: finding.Input{Path: hostile, SHA256: hostile}, Municipality: hostile,
		MunicipalityName: hostile, District: hostile, Year: 2017, Findings: l, NextStep: hostile,
		MunicipalitySet: hostile, Settings: []Setting{{Key: hostile, Value: hostile, Text: hostile}},
		Overrides:   []Override{{Rule: hostile, Reason: hostile}},
		Totals:      &finding.Totals{Persons: 9, Rows: map[string]int{hostile: 1}, ServiceUsers: map[int]int{15: 9}},
		ServiceName: func(int) string { return hostile },
		Comparison: &finding.Comparison{
			Previous: hostile, ByRule: map[string]finding.Change{hostile: {New: 1}}, IsNew: func(*finding.Finding) bool { return true },
		},
		Account:  []AccountLine{{Key: hostile, Text: hostile}},
		Matches:  []finding.Match{{Rule: hostile}},
		Identity: func(string) string { return hostile },
		Place:    func(line int) (string, int) { return hostile, line },
	}
	failed := *r
	failed.Failure = &Failure{Code: 1, Kind: hostile, Message: hostile, Hint: hostile}
	for _, r := range []*Report{r, &failed} {
		for _, f := range append(Formats(), ShareableFormats()...) {
			out := render(t, f, r, lang.Bokmal)
			if f.Name == "json" {
				continue // a string of JSON; the reader's parser undoes its escapes
			}
			for _, bad := range []string{"\x1b", "\u202e"} {
				if strings.Contains(out, bad) {
					i := strings.Index(out, bad)
					t.Errorf("%s holds %q: %q", f.Name, bad, out[max(0, i-80):i])
				}
			}
			if f.Name == "html" && strings.Contains(out, "<script>alert") {
				t.Error("the page holds a script of the file's")
			}
		}
	}
}

// What the configuration changed, and which file the totals are compared with,
// stand in every form.
func TestEveryFormTellsWhatWasConfigured(t *testing.T) {
	r := sample()
	for _, f := range Formats() {
		text := strings.Join(strings.Fields(render(t, f, r, lang.Bokmal)), " ")
		for _, want := range []string{"5001", "reglene fra 2032", "Avtalt med IPLOS-kontakten"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", f.Name, want)
			}
		}
	}
	if page := render(t, format(t, "html"), r, lang.Bokmal); !strings.Contains(page, "Data for 2016") || strings.Contains(page, "Forrige fil") {
		t.Error("html: the year compared with is not named")
	}
	for _, f := range ShareableFormats() {
		text := strings.Join(strings.Fields(render(t, f, r, lang.Bokmal)), " ")
		if !strings.Contains(text, "reglene fra 2032") {
			t.Errorf("shareable %s: no setting", f.Name)
		}
	}
}
