package feedback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"github.com/yeka/zip"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/secret"
)

const zipPassword = "blåbær-2018"

const errorList = "\ufeffkommunenr;bydelsnr;kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding\r\n" +
	"0403;00;ORG-MISSING;mangel;TJENESTE;tjInstOrgnr;17;51;4711;Orgnr mangler\r\n" +
	"0403;00;ORG-MISSING;mangel;TJENESTE;tjInstOrgnr;17;51;4711;Orgnr mangler\r\n" +
	"0403;00;SRV-HOURS;advarsel;TJENESTE;tjTimer;18;52;4720;\"Timer; uvanlig\"\r\n" +
	"0403;00;REG-ADDRESS;advarsel;PERSON;peKomnr;19;;4800;Person 01887340036 bor et annet sted\r\n"

// archive writes a feedback zip as the sandbox does.
func archive(t *testing.T, entries map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range entries {
		f, err := w.Encrypt(name, zipPassword, zip.AES256Encryption)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "IPLOS_2017_0403_00.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func workbook(t *testing.T, sheet string) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		t.Fatal(err)
	}
	for i, line := range []string{"kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding", "SRV-HOURS;advarsel;TJENESTE;tjTimer;18;52;4720;Timer"} {
		cells := strings.Split(line, ";")
		if err := book.SetSheetRow(sheet, []string{"A1", "A2"}[i], &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sample(t *testing.T) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		"lesmeg.txt":         []byte("Hei. Dette er en tilbakemelding, med komma.\r\nHilsen\r\n"),
		"feilliste.csv":      []byte(errorList),
		"mappe/brev.pdf":     []byte("%PDF-1.4\n..."),
		"side.html":          []byte("<!DOCTYPE html><html></html>"),
		"tom.txt":            nil,
		"feilliste.xlsx":     workbook(t, "Feilliste"),
		"ukjent.bin":         {0, 1, 2, 3},
		"kontrolltabell.csv": []byte("tjeneste;navn;brukere\r\n1;Praktisk;4\r\n"),
	}
}

func give(passwords ...string) func(context.Context) ([]secret.Value, error) {
	return func(context.Context) ([]secret.Value, error) {
		var out []secret.Value
		for _, p := range passwords {
			out = append(out, secret.FromString(p))
		}
		return out, nil
	}
}

func TestOpen(t *testing.T) {
	path := archive(t, sample(t))
	to := filepath.Join(t.TempDir(), "åpnet")
	got, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: to, Passwords: give("feil", zipPassword+"\n")})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]feedback.Kind{}
	for _, f := range got.Files {
		kinds[f.Name] = f.Kind
	}
	want := map[string]feedback.Kind{
		"lesmeg.txt": feedback.KindText, "feilliste.csv": feedback.KindCSV, "mappe/brev.pdf": feedback.KindPDF,
		"side.html": feedback.KindHTML, "tom.txt": feedback.KindEmpty, "feilliste.xlsx": feedback.KindXLSX,
		"ukjent.bin": feedback.KindOther, "kontrolltabell.csv": feedback.KindCSV,
	}
	if diff := cmp.Diff(want, kinds); diff != "" || got.Manifest != nil {
		t.Error(diff, got.Manifest)
	}
	onDisk := map[string]bool{}
	filepath.WalkDir(to, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(to, p)
			onDisk[filepath.ToSlash(rel)] = true
		}
		return err
	})
	if len(onDisk) != len(want) {
		t.Errorf("the folder holds %v", onDisk)
	}
	_, err = feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: to, Passwords: give(zipPassword)})
	if err == nil || len(mustList(t, filepath.Dir(to))) != 1 {
		t.Errorf("a second time without force: %v, %q", err, mustList(t, filepath.Dir(to)))
	}
	if _, err = feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: to, Force: true, Passwords: give(zipPassword)}); err != nil {
		t.Error(err)
	}
}

// TestOpenLeavesNothing fails in every way after the staging folder was made.
func TestOpenLeavesNothing(t *testing.T) {
	path := archive(t, map[string][]byte{"a.txt": bytes.Repeat([]byte("x"), 1<<20), "b.txt": []byte("y")})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "d.zip")
	flipped := bytes.Clone(whole)
	flipped[bytes.LastIndex(whole, []byte("PK\x01\x02"))/2] ^= 1
	if err := os.WriteFile(damaged, flipped, 0o600); err != nil {
		t.Fatal(err)
	}
	journal := func(used, known bool) func() (bool, bool) { return func() (bool, bool) { return used, known } }
	cases := []struct {
		name, archive, want string
		passwords           []string
		used                func() (used, known bool)
	}{
		{"wrong password", path, "zip.password", []string{"feil"}, nil},
		{"not the one used", path, "feedback.open.unused", []string{"feil"}, journal(false, true)},
		{"an empty journal", path, "zip.password", []string{"feil"}, journal(false, false)},
		{"the one used, another archive", path, "feedback.open.other", []string{"feil", "brukt"}, journal(true, true)},
		{"no password", path, "zip.password", nil, journal(false, true)},
		{"damaged", damaged, "", []string{zipPassword}, nil},
	}
	for _, c := range cases {
		dir := t.TempDir()
		_, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: c.archive, To: filepath.Join(dir, "ut"), Passwords: give(c.passwords...), Used: c.used})
		if fault.KindOf(err) != fault.Integrity || c.want != "" && id(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if left := mustList(t, dir); len(left) != 0 {
			t.Errorf("%s left %q", c.name, left)
		}
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = feedback.Open(ctx, feedback.OpenOptions{
		Archive: path, To: filepath.Join(dir, "ut"), Passwords: give(zipPassword), Progress: func(int64, int64) { cancel() },
	})
	if err == nil || len(mustList(t, dir)) != 0 {
		t.Errorf("interrupted: %v, left %q", err, mustList(t, dir))
	}
}

// TestTwoZones pulls outside, carries the archive and its manifest, and opens
// inside; a changed archive is refused before a password is asked for.
func TestTwoZones(t *testing.T) {
	r := start(t)
	data, err := os.ReadFile(archive(t, sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	r.put(t, "IPLOS.zip", data)
	pulled, err := r.pull(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := pulled.Files[0].Path
	inside := t.TempDir()
	got, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: filepath.Join(inside, "ut"), Passwords: give(zipPassword)})
	if err != nil || got.Manifest == nil || got.Manifest.SHA256 != pulled.Files[0].SHA256 {
		t.Fatal(got, err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := false
	_, err = feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: filepath.Join(inside, "ut2"), Passwords: func(context.Context) ([]secret.Value, error) {
		asked = true
		return nil, nil
	}})
	if id(err) != "feedback.manifest.differs" || asked {
		t.Error(err, asked)
	}
	if err := os.WriteFile(feedback.ManifestPath(path), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = feedback.Open(t.Context(), feedback.OpenOptions{Archive: path, To: filepath.Join(inside, "ut3"), Passwords: give(zipPassword)}); id(err) != "feedback.manifest.bad" {
		t.Error(err)
	}
}

func own(findings ...*finding.Finding) *finding.Baseline {
	return finding.NewSent(slices.Values(findings))
}

func TestLearn(t *testing.T) {
	to := filepath.Join(t.TempDir(), "ut")
	opened, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: archive(t, sample(t)), To: to, Passwords: give(zipPassword)})
	if err != nil {
		t.Fatal(err)
	}
	var log finding.Log
	got, err := feedback.Learn(t.Context(), feedback.LearnOptions{
		Folder: to, Files: opened.Files, Sink: &log,
		Own: own(
			&finding.Finding{Rule: "ORG-MISSING", Severity: finding.Minimum, Person: "17", Row: "51"},
			&finding.Finding{Rule: "ORG-MISSING", Severity: finding.Minimum, Person: "99", Row: "1"},
			&finding.Finding{Rule: "ONLY-OURS", Severity: finding.Warning, Person: "17", Row: "51"},
			&finding.Finding{Rule: "JUST-INFO", Severity: finding.Info},
			&finding.Finding{Rule: "SRV-HOURS", Severity: finding.Warning, Person: "18", Row: "52"}),
	})
	if err != nil {
		t.Fatal(err)
	}
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
		{File: "feilliste.xlsx", Table: "Feilliste", Same: true},
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
	if got.Summary.Total() != 4 || log.Len() != 4 || got.Summary.ByRule["ORG-MISSING"] != 2 || got.Summary.BySeverity[finding.Minimum] != 2 {
		t.Errorf("%+v", got.Summary)
	}
	for f := range log.All() {
		if f.Rule == "SRV-HOURS" && (f.Line != 4720 || f.Class != "TJENESTE" || f.Field != "tjTimer" || f.Args[1] != "Timer; uvanlig") {
			t.Errorf("%+v", f)
		}
	}
}

func TestLearnWorkbookAlone(t *testing.T) {
	to := filepath.Join(t.TempDir(), "ut")
	opened, err := feedback.Open(t.Context(), feedback.OpenOptions{
		Archive: archive(t, map[string][]byte{"lister/alt.xlsx": workbook(t, "Feilliste 2017")}), To: to, Passwords: give(zipPassword),
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := feedback.Learn(t.Context(), feedback.LearnOptions{Folder: to, Files: opened.Files})
	if err != nil || got.Summary.Total() != 1 || got.Matches != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTitlesAreTheSameInEveryRow: a text that tells of one row is no title.
func TestTitlesAreTheSameInEveryRow(t *testing.T) {
	list := "kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding\n" +
		"A;feil;PERSON;;1;;1;Person 1 er ukjent\nB;feil;PERSON;;1;;1;Ukjent\nA;feil;PERSON;;2;;2;Person 2 er ukjent\n" +
		"B;feil;PERSON;;2;;2;Ukjent\nC;feil;PERSON;;2;;2;\n"
	to := filepath.Join(t.TempDir(), "ut")
	opened, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: archive(t, map[string][]byte{"feilliste.csv": []byte(list)}), To: to, Passwords: give(zipPassword)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := feedback.Learn(t.Context(), feedback.LearnOptions{Folder: to, Files: opened.Files})
	if err != nil {
		t.Fatal(err)
	}
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
	to := filepath.Join(t.TempDir(), "ut")
	opened, err := feedback.Open(t.Context(), feedback.OpenOptions{Archive: archive(t, map[string][]byte{"feilliste.csv": []byte(list)}), To: to, Passwords: give(zipPassword)})
	if err != nil {
		t.Fatal(err)
	}
	var log finding.Log
	got, err := feedback.Learn(t.Context(), feedback.LearnOptions{Folder: to, Files: opened.Files, Sink: &log})
	if err != nil {
		t.Fatal(err)
	}
	for f := range log.All() {
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
	to := filepath.Join(t.TempDir(), "ut")
	opened, err := feedback.Open(t.Context(), feedback.OpenOptions{
		Archive: archive(t, map[string][]byte{"kontroll_0403.txt": []byte("Kode|L\xf8penr\nK01|17\nK99|18\n")}), To: to, Passwords: give(zipPassword),
	})
	if err != nil {
		t.Fatal(err)
	}
	var log finding.Log
	got, err := feedback.Learn(t.Context(), feedback.LearnOptions{Folder: to, Files: opened.Files, Profile: profile, Sink: &log})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for f := range log.All() {
		seen = append(seen, f.Rule+" "+f.Person+" "+f.Severity.String())
	}
	slices.Sort(seen)
	if diff := cmp.Diff([]string{"K99 18 minimum", "ORG-MISSING 17 minimum"}, seen); diff != "" {
		t.Error(diff, got)
	}
}
