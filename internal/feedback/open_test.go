package feedback_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"github.com/yeka/zip"

	"iplos/internal/fault"
	"iplos/internal/feedback"
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
