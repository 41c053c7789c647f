package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

func TestTextOrderAndWidth(t *testing.T) {
	out := render(t, format(t, "text"), sample(), lang.Bokmal)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "Kan ikke sendes: 1 feil") {
		t.Errorf("the last line is %q", last)
	}
	at := -1
	for _, rule := range []string{"XML-UNEXPECTED", "ORG-MISSING", "SRV-HOURS", "DATE-INVALID", "FUN-MISSING"} {
		i := strings.Index(out, " "+rule+" ·")
		if i <= at {
			t.Errorf("%s does not stand after the more serious", rule)
		}
		at = i
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l) > textWidth && !strings.Contains(l, "<script>") {
			t.Errorf("%d columns: %s", utf8.RuneCountInString(l), l)
		}
	}
	if !strings.Contains(out, "linje 4711 · person 17 · TJENESTE 51 · tjInstOrgnr") {
		t.Errorf("the place of a finding is missing in\n%s", out)
	}
}

func TestTextLimits(t *testing.T) {
	r := sample()
	r.Limits.MaxFindings = 6
	out := render(t, format(t, "text"), r, lang.Bokmal)
	if !strings.Contains(out, "Vist 6 av 93 funn.") || strings.Count(out, "\n  linje ") != 5 {
		t.Errorf("six of them are not what this shows:\n%s", out)
	}
	r.Limits = Limits{SummaryOnly: true}
	out = render(t, format(t, "text"), r, lang.Bokmal)
	if strings.Contains(out, "person 17") || !strings.Contains(out, "Vist 0 av 93 funn.") || !strings.Contains(out, "ORG-MISSING · 23 funn") {
		t.Errorf("the summary alone is not what this shows:\n%s", out)
	}
}

func TestTextIsPaintedOnlyWhenAsked(t *testing.T) {
	r := sample()
	if out := render(t, format(t, "text"), r, lang.Bokmal); strings.Contains(out, "\x1b[") {
		t.Error("colour without asking")
	}
	r.Paint = func(_ Tone, s string) string { return "\x1b[1m" + s + "\x1b[0m" }
	if out := render(t, format(t, "text"), r, lang.Bokmal); !strings.Contains(out, "\x1b[1mKan ikke sendes") {
		t.Error("no colour though asked")
	}
}

func TestVerdictLines(t *testing.T) {
	for _, c := range []struct {
		severity finding.Severity
		want     string
	}{
		{finding.Info, "Klar til å sendes: ingen feil eller mangler (0 varsler, 1 til orientering)."},
		{finding.Warning, "Klar til å sendes: ingen feil eller mangler (1 varsel, 0 til orientering)."},
		{finding.Minimum, "Ufullstendig: 1 mangel i minimumskravene."},
		{finding.Error, "Kan ikke sendes: 1 feil, 0 mangler."},
	} {
		l := &finding.Log{}
		l.Add(&finding.Finding{Rule: "R", Severity: c.severity})
		if got := (words{Printer: lang.New(lang.Bokmal)}).line(&Report{Findings: l}); got != c.want {
			t.Errorf("%s: %q, want %q", c.severity, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("a bb ccc dddddddddd e", 6)
	if strings.Join(got, "|") != "a bb|ccc|dddddddddd|e" {
		t.Errorf("%q", got)
	}
}

// A set of tables has its findings in the file they are of.
func TestPlaceInASetOfFiles(t *testing.T) {
	r := sample()
	r.Place = func(line int) (string, int) {
		if line > 4000 {
			return "tjeneste.csv", line - 4000
		}
		return "person.csv", line
	}
	for name, want := range map[string]string{
		"text": "tjeneste.csv linje 711 ·", "json": `"file":"tjeneste.csv","line":711,`, "csv": ";711;", "html": "tjeneste.csv linje 711 ·",
	} {
		if out := render(t, format(t, name), r, lang.Bokmal); !strings.Contains(out, want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}

// A verdict told as a failure is told once; another failure is told beside
// what is known.
func TestFailureBesideVerdict(t *testing.T) {
	for kind, shown := range map[string]bool{"incomplete": false, "blocked": false, "integrity": true} {
		r := sample()
		r.Verdict = finding.Blocked
		r.Failure = &Failure{Code: 3, Kind: kind, Message: "MELDING", Hint: "RÅD"}
		for _, f := range Formats() {
			if f.Name == "json" {
				continue
			}
			if out := render(t, f, r, lang.Bokmal); strings.Contains(out, "MELDING") != shown {
				t.Errorf("%s, %s: the failure is shown: %v, want %v", f.Name, kind, !shown, shown)
			}
		}
	}
}

// Feedback has findings but no verdict: nothing is about to be sent.
func TestFeedbackHasNoVerdict(t *testing.T) {
	r := sample()
	r.Feedback = true
	r.Matches = []finding.Match{{Rule: "ID-SEX", Foretold: 3, Unforetold: 1, OursAlone: 2}}
	for _, f := range Formats() {
		out := render(t, f, r, lang.Bokmal)
		if strings.Contains(out, "Kan ikke sendes") || strings.Contains(out, `"verdict"`) {
			t.Errorf("%s gives a verdict", f.Name)
		}
		if f.Name == "text" && !strings.HasSuffix(out, "\nTilbakemeldingen har 93 funn.\n") {
			t.Errorf("the last line is not the feedback's: %s", out[len(out)-80:])
		}
	}
}

// The terminal names the rules that changed; the line above counts all.
func TestTextComparison(t *testing.T) {
	out := render(t, format(t, "text"), sample(), lang.Bokmal)
	if !strings.Contains(out, "2 nye, 5 rettede, 28 gjenstår") || !strings.Contains(out, "\n  ORG-MISSING: 2 nye") ||
		strings.Contains(out, "\n  SRV-HOURS: 0 nye") {
		t.Errorf("the comparison is not what it should be:\n%s", out)
	}
}
