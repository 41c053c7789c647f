package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// realReport is the report on a synthetic municipality's file with planted defects,
// read and checked as a user's is.
func realReport(t testing.TB, defects synth.Defects) *Report {
	t.Helper()
	g, err := synth.New(synth.Options{Persons: 300, Defects: defects})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := g.WriteMessage(&buf); err != nil {
		t.Fatal(err)
	}
	data := thin(buf.Bytes())
	log := &finding.Log{}
	previous := &finding.Totals{Persons: 291, Assessed: 201, ServiceUsers: map[int]int{1: 90, 4: 12, 6: 120, 10: 7, 15: 130, 21: 40}}
	v, err := validate.New(validate.Options{Year: 2017, Municipality: "0403", AllowSynthetic: true, Previous: previous}, log)
	if err != nil {
		t.Fatal(err)
	}
	r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{})
	header, profile, err := r.Header()
	if err != nil {
		t.Fatal(err)
	}
	v.Header(profile, header)
	for p, err := range r.Persons() {
		if err != nil {
			t.Fatal(err)
		}
		v.Person(p)
	}
	v.Problems(r.Problems())
	v.Finish()
	sum := sha256.Sum256(data)
	from := finding.Warning
	return &Report{
		ToolVersion: "1.2.3", RulePack: "2017.1", Municipality: "0403", District: "00", Year: 2017,
		Input:    finding.Input{Path: "eksport/iplos-2017.xml", SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))},
		Findings: log, Totals: v.Totals(), Previous: previous,
		Overrides: []Override{{Rule: "ORG-OWNER", From: &from, To: finding.Info, Reason: "Avklart med SSB 3. november: én felles enhet."}},
		Comparison: &finding.Comparison{
			Previous: "3. januar 2018 kl. 02.15",
			ByRule:   map[string]finding.Change{"ORG-MISSING": {New: 2, Fixed: 5, Remaining: 21}, "SRV-HOURS": {Remaining: 7}},
			IsNew:    func(f *finding.Finding) bool { return f.Line%7 == 0 },
		},
	}
}

// thin takes out every fortieth organisation number and makes every
// sixtieth number of hours impossible.
func thin(data []byte) []byte {
	n := 0
	data = regexp.MustCompile(`<tjInstOrgnr>\d+</tjInstOrgnr>\s*`).ReplaceAllFunc(data, func(m []byte) []byte {
		if n++; n%40 == 0 {
			return nil
		}
		return m
	})
	return regexp.MustCompile(`<tjTimerUke>[\d.]+</tjTimerUke>`).ReplaceAllFunc(data, func(m []byte) []byte {
		if n++; n%60 == 0 {
			return []byte("<tjTimerUke>172.00</tjTimerUke>")
		}
		return m
	})
}

// Every finding the rules give has its texts in every language and format:
// none is shown as an id, and no placeholder stays empty.
func TestRealFindingsHaveTheirTexts(t *testing.T) {
	r := realReport(t, synth.All)
	for _, l := range lang.Languages() {
		w := words{Printer: lang.New(l)}
		for f := range r.Findings.All() {
			text := w.message(f)
			if !w.Has(f.Message) || strings.ContainsAny(text, "{}<") || text == "" {
				t.Errorf("%s: %s is told as %q", l, f.Message, text)
			}
			for _, part := range []string{".title", ".why", ".where"} {
				if w.rule(f.Rule, part, "") == "" {
					t.Errorf("%s: rule.%s%s is missing", l, f.Rule, part)
				}
			}
		}
		for _, f := range Formats() {
			if out := render(t, f, r, l); strings.Contains(out, "<rule.") || strings.Contains(out, "&lt;rule.") || strings.Contains(out, "<register.") {
				t.Errorf("%s %s: a text is missing", f.Name, l)
			}
		}
	}
}
