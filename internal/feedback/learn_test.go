package feedback_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iplos/internal/feedback"
	"iplos/internal/finding"
	"iplos/internal/ident"
)

func own(findings ...*finding.Finding) *finding.Baseline {
	return finding.NewSent(slices.Values(findings))
}

// learnOptions open an archive of these files and say where they lie.
func learnOptions(t *testing.T, files map[string][]byte) feedback.LearnOptions {
	t.Helper()
	to := filepath.Join(t.TempDir(), "ut")
	opened, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: archive(t, files), To: to, Passwords: give(zipPassword)})
	if err != nil {
		t.Fatal(err)
	}
	return feedback.LearnOptions{Folder: to, Files: opened.Files}
}

// learn returns what the lists said, and each finding.
func learn(t *testing.T, o feedback.LearnOptions) (*feedback.Learned, []finding.Finding) {
	t.Helper()
	var log finding.Log
	o.Sink = &log
	got, err := feedback.Learn(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var list []finding.Finding
	for f := range log.All() {
		c := *f
		c.Args = slices.Clone(f.Args)
		list = append(list, c)
	}
	if got.Summary.Total() != len(list) {
		t.Errorf("counted %d of %d findings", got.Summary.Total(), len(list))
	}
	return got, list
}

func TestLearn(t *testing.T) {
	o := learnOptions(t, sample(t))
	o.Own = own(
		&finding.Finding{Rule: "ORG-MISSING", Severity: finding.Minimum, Person: "17", Row: "51"},
		&finding.Finding{Rule: "ORG-MISSING", Severity: finding.Minimum, Person: "99", Row: "1"},
		&finding.Finding{Rule: "ONLY-OURS", Severity: finding.Warning, Person: "17", Row: "51"},
		&finding.Finding{Rule: "JUST-INFO", Severity: finding.Info},
		&finding.Finding{Rule: "SRV-HOURS", Severity: finding.Warning, Person: "18", Row: "52"})
	got, listed := learn(t, o)
	wantMatches := []finding.Match{
		{Rule: "ONLY-OURS", OursAlone: 1},
		{Rule: "ORG-MISSING", Foretold: 1, Unforetold: 1, OursAlone: 1},
		{Rule: "REG-ADDRESS", Unforetold: 1},
		{Rule: "SRV-HOURS", Foretold: 1},
	}
	if diff := cmp.Diff(wantMatches, got.Matches); diff != "" {
		t.Error(diff)
	}
	wantLists := []feedback.List{
		{File: "feilliste.csv", Table: "feilliste", Rows: 4, Hidden: 1},
		{File: "feilliste.xlsx", Table: "Feilliste", Same: true, SameAs: "feilliste.csv"},
	}
	if diff := cmp.Diff(wantLists, got.Lists); diff != "" {
		t.Error(diff)
	}
	wantTitles := map[string]string{
		"ORG-MISSING": "Orgnr mangler", "REG-ADDRESS": ident.Redact("Person 01887340036 bor et annet sted"), "SRV-HOURS": "Timer; uvanlig",
	}
	if diff := cmp.Diff(wantTitles, got.Titles); diff != "" {
		t.Errorf("titles: %s", diff)
	}
	if got.Summary.Total() != 4 || got.Summary.ByRule["ORG-MISSING"] != 2 || got.Summary.BySeverity[finding.Minimum] != 2 {
		t.Errorf("%+v", got.Summary)
	}
	for _, f := range listed {
		if f.Rule == "SRV-HOURS" && (f.Line != 4720 || f.Class != "TJENESTE" || f.Field != "tjTimer" || f.Args[1] != "Timer; uvanlig") {
			t.Errorf("%+v", f)
		}
	}
}

func TestLearnWorkbookAlone(t *testing.T) {
	got, _ := learn(t, learnOptions(t, map[string][]byte{"lister/alt.xlsx": workbook(t, "Feilliste 2017")}))
	if got.Summary.Total() != 1 || got.Matches != nil {
		t.Errorf("%+v", got)
	}
}

// TestTitlesAreTheSameInEveryRow: a text that tells of one row is no title.
func TestTitlesAreTheSameInEveryRow(t *testing.T) {
	list := "kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding\n" +
		"A;feil;PERSON;;1;;1;Person 1 er ukjent\nB;feil;PERSON;;1;;1;Ukjent\nA;feil;PERSON;;2;;2;Person 2 er ukjent\n" +
		"B;feil;PERSON;;2;;2;Ukjent\nC;feil;PERSON;;2;;2;\n"
	got, _ := learn(t, learnOptions(t, map[string][]byte{"feilliste.csv": []byte(list)}))
	if diff := cmp.Diff(map[string]string{"B": "Ukjent"}, got.Titles); diff != "" {
		t.Error(diff)
	}
}

// TestLearnHidesIdentities has a list with identity numbers where ids and
// words should be.
func TestLearnHidesIdentities(t *testing.T) {
	const number = "01887340036"
	list := "kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding\n" +
		"X;feil;PERSON;peFnr;" + number + ";;1;Se " + number + "\n"
	got, listed := learn(t, learnOptions(t, map[string][]byte{"feilliste.csv": []byte(list)}))
	for _, f := range listed {
		text, _ := json.Marshal(f)
		if bytes.Contains(text, []byte(number)) {
			t.Errorf("%s", text)
		}
	}
	if got.Lists[0].Hidden != 2 {
		t.Errorf("%+v", got.Lists)
	}
}

// TestLearnForeignLayout reads a list that looks otherwise, by a profile.
func TestLearnForeignLayout(t *testing.T) {
	profile, err := feedback.ReadListProfile("annen", []byte(`
profile: annen
defaults: {encoding: windows-1252, delimiter: "|"}
header: {severity: minimum}
tables:
  - table: kontroll_*
    class: FEILLISTE
    fields:
      rule: {column: Kode, codes: {K01: ORG-MISSING}}
      person: Løpenr
`))
	if err != nil {
		t.Fatal(err)
	}
	o := learnOptions(t, map[string][]byte{"kontroll_0403.txt": []byte("Kode|L\xf8penr\nK01|17\nK99|18\n")})
	o.Profile = profile
	got, listed := learn(t, o)
	var seen []string
	for _, f := range listed {
		seen = append(seen, f.Rule+" "+f.Person+" "+f.Severity.String())
	}
	slices.Sort(seen)
	if diff := cmp.Diff([]string{"K99 18 minimum", "ORG-MISSING 17 minimum"}, seen); diff != "" {
		t.Error(diff, got)
	}
}

// TestLearnOfManyRules: a list that has a new control in every row costs no
// more than one with a thousand; each row still counts.
func TestLearnOfManyRules(t *testing.T) {
	var list strings.Builder
	list.WriteString("kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding\n")
	for i := range 1500 {
		fmt.Fprintf(&list, "K%d;feil;PERSON;;%d;;%d;Ukjent\n", i, i, i)
	}
	got, listed := learn(t, learnOptions(t, map[string][]byte{"feilliste.csv": []byte(list.String())}))
	if len(listed) != 1500 || len(got.Summary.ByRule) != 1001 || got.Summary.ByRule["?"] != 500 || listed[1499].Person != "1499" {
		t.Errorf("%d rows, %d rules, %d of them as ?", len(listed), len(got.Summary.ByRule), got.Summary.ByRule["?"])
	}
}
