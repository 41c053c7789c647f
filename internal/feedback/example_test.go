package feedback_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iplos/internal/feedback"
	"iplos/internal/finding"
)

// TestWorkedExample reads the list in testdata with the profile that the
// documentation shows, and gets the numbers that it gives.
func TestWorkedExample(t *testing.T) {
	const folder = "testdata/liste"
	profile, err := os.ReadFile(filepath.Join(folder, "profil.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/feedback.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), "```yaml\n"+string(profile)+"```\n") {
		t.Error("docs/feedback.md shows another profile than testdata/liste/profil.yaml")
	}
	parsed, err := feedback.ReadListProfile("profil.yaml", profile)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(folder, "avvik_2017.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, listed := learn(t, feedback.LearnOptions{
		Folder: folder, Profile: parsed,
		Files: []feedback.Content{{Name: "avvik_2017.csv", Bytes: info.Size(), Kind: feedback.KindCSV}},
		Own: own(
			&finding.Finding{Rule: "ORG-MISSING", Severity: finding.Minimum, Person: "17", Row: "51"},
			&finding.Finding{Rule: "ORG-MISSING", Severity: finding.Minimum, Person: "44", Row: "9"},
			&finding.Finding{Rule: "SRV-HOURS", Severity: finding.Warning, Person: "17", Row: "52"}),
	})
	want := []finding.Match{
		{Rule: "K40", Unforetold: 1},
		{Rule: "ORG-MISSING", Foretold: 1, Unforetold: 1, OursAlone: 1},
		{Rule: "SRV-HOURS", Foretold: 1},
	}
	if diff := cmp.Diff(want, got.Matches); diff != "" {
		t.Error(diff)
	}
	if s := got.Summary; s.BySeverity[finding.Error] != 1 || s.BySeverity[finding.Minimum] != 2 || s.BySeverity[finding.Warning] != 1 {
		t.Errorf("%+v", s.BySeverity)
	}
	for _, f := range listed {
		if f.Rule == "ORG-MISSING" && (f.Class != "TJENESTE" || f.Args[1] != "Organisasjonsnummer mangler for institusjonen") {
			t.Errorf("%+v", f)
		}
	}
	for _, m := range want {
		if row := "`" + m.Rule + "`"; !strings.Contains(string(doc), row) {
			t.Errorf("docs/feedback.md does not tell of %s", row)
		}
	}
}
