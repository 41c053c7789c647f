package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	yekazip "github.com/yeka/zip"

	"iplos/internal/crypt/container"
	"iplos/internal/finding"
	"iplos/internal/peertest"
	"iplos/internal/record"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
)

func TestFromUploadToReceiptAndFeedback(t *testing.T) {
	s := start(t, sandbox.Options{})
	g := generator(t, synth.Options{Persons: 500, Seed: 9, Defects: synth.Sendable})
	path := filepath.Join(t.TempDir(), "iplos.tar")
	sealed := seal(t, s, path, container.Tar, g)
	c := client(t, s)
	if text := upload(t, s, c, login(t, s, c), path); !strings.Contains(text, "Filen er mottatt") {
		t.Fatal(text)
	}
	outcomes, err := s.Settled(t.Context())
	if err != nil || len(outcomes) != 1 {
		t.Fatalf("%+v, %v", outcomes, err)
	}
	o := outcomes[0]
	if o.SubmissionID != sealed.Manifest.SubmissionID || o.Persons != 500 || o.FeedbackID == "" {
		t.Errorf("outcome %+v", o)
	}
	checkReceipt(t, o.Receipt, o.Reference, sealed.Manifest.SubmissionID)
	checkFeedback(t, s, c, g)
	assertSealedOnDisk(t, s, g)
	assertNoSecretInTrail(t, s)
}

func assertNoSecretInTrail(t *testing.T, s *sandbox.Sandbox) {
	t.Helper()
	data, err := os.ReadFile(s.Info().Trail)
	if err != nil || !bytes.Contains(data, []byte(`"event":"password-grant"`)) {
		t.Fatalf("trail: %s, %v", data, err)
	}
	pin, _ := s.Info().Accounts[0].PIN()
	password, _ := s.Info().Accounts[0].Password()
	for _, secret := range [][]byte{pin.Reveal(), password.Reveal(), []byte(feedbackPassword)} {
		if len(secret) < 8 || bytes.Contains(data, secret) {
			t.Errorf("a secret in the trail, or none at all: %q", secret)
		}
	}
}

func TestMessageOf2018(t *testing.T) {
	s := start(t, sandbox.Options{Year: 2018})
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, s, path, container.Tar, generator(t, synth.Options{Persons: 50, Year: 2018}))
	c := client(t, s)
	upload(t, s, c, login(t, s, c), path)
	out, err := s.Settled(t.Context())
	if err != nil || len(out) != 1 || out[0].Persons != 50 || out[0].Summary.BySeverity[finding.Error] != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
}

// 7-Zip opens the archive with the password of the submission, which has
// letters outside ASCII, and with no other.
func checkWith7z(t *testing.T, archive []byte) {
	t.Helper()
	program := peertest.Need(t, "7zz")
	path := filepath.Join(t.TempDir(), "f.zip")
	if err := os.WriteFile(path, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "t", "-p"+feedbackPassword, path).CombinedOutput(); err != nil {
		t.Errorf("7z: %s", out)
	}
	if out, err := exec.Command(program, "t", "-pfeil", path).CombinedOutput(); err == nil {
		t.Errorf("7z with a wrong password: %s", out)
	}
}

func checkReceipt(t *testing.T, path string, wants ...string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		t.Fatal(err)
	}
	// Friday 5 January: the next working day is Monday.
	if at, err := m.Header.Date(); err != nil || at.Format(time.RFC3339) != "2018-01-08T08:00:00+01:00" {
		t.Errorf("date %v, %v", at, err)
	}
	body, _ := io.ReadAll(m.Body)
	for _, want := range wants {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("receipt lacks %q:\n%s", want, body)
		}
	}
}

func checkFeedback(t *testing.T, s *sandbox.Sandbox, c *http.Client, g *synth.Generator) {
	t.Helper()
	archive := fetchFirst(t, s, c)
	t.Run("7z", func(t *testing.T) { checkWith7z(t, archive) }) // it may be missing
	lists := map[string]string{}
	z, err := yekazip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		f.SetPassword(feedbackPassword)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		lists[f.Name] = string(data)
	}
	list := lists["feilliste.csv"]
	services := sheetText(t, lists["feilliste_tjenester.xlsx"], "feilliste_tjenester")
	for _, d := range g.Planted() {
		inCSV, inBook := strings.Contains(list, ";"+d.Rule+";"), strings.Contains(services, ";"+d.Rule+";")
		if d.Severity == finding.Info {
			if inCSV || inBook {
				t.Errorf("%s is sent back, though it is no fault", d.Rule)
			}
			continue
		}
		if inCSV == inBook || (d.Class == record.Tjeneste && inCSV) {
			t.Errorf("%s: in the CSV list %t, in the workbook %t", d.Rule, inCSV, inBook)
		}
	}
	for _, want := range []string{"REG-ELSEWHERE", "REG-ADDRESS", "\r\n", "\ufeffkommunenr;bydelsnr;kontroll;"} {
		if !strings.Contains(list, want) {
			t.Errorf("the error list lacks %q", want)
		}
	}
	if strings.Contains(list, "ID-TEST") || strings.Contains(list+services+lists["kontrolltabell.csv"], "<rule") {
		t.Error("the error list has what it should not")
	}
	if !strings.Contains(lists["kontrolltabell.csv"], "\n15;") {
		t.Errorf("control table: %s", lists["kontrolltabell.csv"])
	}
}

func sheetText(t *testing.T, book, sheet string) string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, ";") + "\n")
	}
	return b.String()
}

// assertSealedOnDisk searches the sandbox's folder for what only the sealed
// message may hold.
func assertSealedOnDisk(t *testing.T, s *sandbox.Sandbox, g *synth.Generator) {
	t.Helper()
	var identity string
	for p := range g.Persons() {
		identity = string(p.Get(record.PeFnr))
		break
	}
	dir := filepath.Dir(s.Info().CAFile)
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, mark := range []string{"<peFnr>", "<PERSON", identity, feedbackPassword} {
			if bytes.Contains(data, []byte(mark)) {
				t.Errorf("%s holds %q", path, mark)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
