package sandbox_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	yekazip "github.com/yeka/zip"

	"iplos/internal/crypt"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/peertest"
	"iplos/internal/record"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
	"iplos/internal/secret"
)

const feedbackPassword = "prøve-passord-1234"

func january() time.Time { return time.Date(2018, 1, 5, 10, 0, 0, 0, time.UTC) }

func start(t testing.TB, opts sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	opts.Now = january
	giveKeys(t, opts.Dir)
	s, err := sandbox.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// madeKeys are key pairs made once: RSA generation takes a while.
var madeKeys = sync.OnceValues(func() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range []string{"register", "pseudonymiser"} {
		p, err := keyfile.Generate(keyfile.GenerateOptions{
			CommonName: name, Bits: 2048, NotBefore: january().AddDate(0, -1, 0), NotAfter: january().AddDate(1, 0, 0),
		})
		if err != nil {
			return nil, err
		}
		files[name+".cer"], files[name+"-private.pem"] = p.CertificatePEM, p.PrivatePEM
	}
	return files, nil
})

func giveKeys(t testing.TB, dir string) {
	t.Helper()
	files, err := madeKeys()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// client trusts the sandbox's authority.
func client(t testing.TB, s *sandbox.Sandbox) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(s.Info().CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	jar, _ := cookiejar.New(nil)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: tr}
}

// seal makes a package for the sandbox's first account.
func seal(t testing.TB, s *sandbox.Sandbox, path string, kind container.Kind, g *synth.Generator) *crypt.Sealed {
	t.Helper()
	recipient := func(file string, role keyfile.Role) crypt.Recipient {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		key, err := keyfile.Parse(data, file)
		if err != nil {
			t.Fatal(err)
		}
		return crypt.Recipient{Role: role, Key: key}
	}
	a := s.Info().Accounts[0]
	sealer, err := crypt.NewSealer(t.Context(), crypt.Options{
		Path: path, Package: kind, PartSize: 20_000, Profile: g.Profile(), DataYear: g.Options().Year,
		Municipality: a.Municipality, District: a.District, OrganisationNumber: a.OrganisationNumber,
		Contact:          crypt.Contact{Name: "Prøve", Email: "iplos@kommune.example", Phone: "00000000"},
		FeedbackPassword: secret.FromString(feedbackPassword), Tool: "test",
		Recipients: []crypt.Recipient{
			recipient(s.Info().RegisterKey, keyfile.Register), recipient(s.Info().PseudonymiserKey, keyfile.Pseudonymiser),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sealer.Abort()
	if err := sealer.Header(g.Header()); err != nil {
		t.Fatal(err)
	}
	for p := range g.Persons() {
		if err := sealer.Person(p); err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := sealer.Seal(finding.Input{SHA256: strings.Repeat("0", 64), Bytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func generator(t testing.TB, o synth.Options) *synth.Generator {
	t.Helper()
	g, err := synth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var tokenField = regexp.MustCompile(`name="_token" value="([^"]+)"`)

func page(t testing.TB, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// login logs in to the plain pages and returns the upload form's token.
func login(t testing.TB, s *sandbox.Sandbox, c *http.Client) string {
	t.Helper()
	return loginAs(t, s, c, s.Info().Accounts[0])
}

func loginAs(t testing.TB, s *sandbox.Sandbox, c *http.Client, a sandbox.Account) string {
	t.Helper()
	base := s.Info().SendemodulURL
	pin, err := a.PIN()
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Get(base)
	text := page(t, res, err)
	res, err = c.PostForm(base+"logginn", url.Values{
		"_token": {tokenField.FindStringSubmatch(text)[1]}, "komnr": {a.Municipality}, "bydel": {a.District},
		"orgnr": {a.OrganisationNumber}, "pin": {string(pin.Reveal())},
	})
	m := tokenField.FindStringSubmatch(page(t, res, err))
	if m == nil {
		t.Fatal("no upload form after login")
	}
	return m[1]
}

func upload(t testing.TB, s *sandbox.Sandbox, c *http.Client, token, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("_token", token)
	w, _ := m.CreateFormFile("fil", filepath.Base(path))
	_, _ = w.Write(data)
	_ = m.Close()
	res, err := c.Post(s.Info().SendemodulURL+"send", m.FormDataContentType(), &body)
	return page(t, res, err)
}

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

// fetchFirst gets the first file by the REST API.
func fetchFirst(t *testing.T, s *sandbox.Sandbox, c *http.Client) []byte {
	t.Helper()
	a := s.Info().Accounts[0]
	password, err := a.Password()
	if err != nil {
		t.Fatal(err)
	}
	api := s.Info().FilsluseURL + "api/v1/"
	res, err := c.PostForm(api+"token", url.Values{
		"grant_type": {"password"}, "username": {a.Mailbox}, "password": {string(password.Reveal())},
	})
	var token struct {
		AccessToken string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(page(t, res, err)), &token)
	get := func(path string) string {
		req, _ := http.NewRequest(http.MethodGet, api+path, nil)
		req.Header.Set("Authorization", "Bearer "+token.AccessToken)
		res, err := c.Do(req)
		return page(t, res, err)
	}
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(get("files")), &list); err != nil || len(list.Items) == 0 {
		t.Fatalf("files: %+v, %v", list, err)
	}
	return []byte(get("files/" + list.Items[0].ID + "/download"))
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

func TestPackageInSeveralUploads(t *testing.T) {
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir})
	folder := filepath.Join(t.TempDir(), "package")
	seal(t, s, folder, container.Folder, generator(t, synth.Options{Persons: 300}))
	c := client(t, s)
	token := login(t, s, c)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 5 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for i, e := range entries {
		if i == 2 { // go on in another sandbox on the same folder
			if _, err := s.Settled(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = start(t, sandbox.Options{Dir: dir})
			c = client(t, s)
			token = login(t, s, c)
		}
		upload(t, s, c, token, filepath.Join(folder, e.Name()))
	}
	out, err := s.Settled(t.Context())
	if err != nil || len(out) != 1 || out[0].Persons != 300 {
		t.Fatalf("%+v, %v", out, err)
	}
}

func TestForeignPackageIsRefusedByMail(t *testing.T) {
	s := start(t, sandbox.Options{})
	other, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Now: january}) // with keys of its own
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, other, path, container.Tar, generator(t, synth.Options{Persons: 20}))
	c := client(t, s)
	upload(t, s, c, login(t, s, c), path)
	out, err := s.Settled(t.Context())
	if err == nil || len(out) != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	mails, _ := filepath.Glob(filepath.Join(s.Info().Receipts, "*.eml"))
	if len(mails) != 1 {
		t.Fatalf("mails: %q", mails)
	}
	if len(s.Trail()) == 0 {
		t.Error("nothing in the trail")
	}
}

func TestForAnotherMunicipalityIsRefused(t *testing.T) {
	s := start(t, sandbox.Options{More: []string{"0301-01"}})
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, s, path, container.Tar, generator(t, synth.Options{Persons: 20}))
	c := client(t, s)
	upload(t, s, c, loginAs(t, s, c, s.Info().Accounts[1]), path)
	if out, err := s.Settled(t.Context()); err == nil || len(out) != 0 {
		t.Errorf("0301-01 delivered for 0403-00: %+v", out)
	}
	if n := len(s.Names(s.Info().Accounts[0].Mailbox)); n != 0 {
		t.Errorf("%d files of feedback", n)
	}
}

func TestRestartGoesOn(t *testing.T) {
	dir := t.TempDir()
	first := start(t, sandbox.Options{Dir: dir})
	before := first.Info()
	pin, _ := before.Accounts[0].PIN()
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, first, path, container.Tar, generator(t, synth.Options{Persons: 20}))
	c := client(t, first)
	upload(t, first, c, login(t, first, c), path)
	if _, err := first.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, sandbox.Options{Dir: dir})
	if out, err := second.Settled(t.Context()); err != nil || len(out) != 0 || len(second.Names(before.Accounts[0].Mailbox)) != 1 {
		t.Errorf("dealt with again after a restart: %+v, %v", out, err)
	}
	again, _ := second.Info().Accounts[0].PIN()
	if second.Info().SendemodulURL != before.SendemodulURL || second.Info().FilsluseURL != before.FilsluseURL || !pin.Equal(again) {
		t.Errorf("before %+v\nafter %+v", before, second.Info())
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, addr := range []string{l.Addr().String(), "0.0.0.0:0", "nonsense"} {
		dir := t.TempDir()
		giveKeys(t, dir)
		_, err := sandbox.Start(t.Context(), sandbox.Options{Dir: dir, Addr: addr})
		if fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestScenariosAreChecked(t *testing.T) {
	for _, text := range []string{"no-such", "upload-status=x", "pages=none", "upload-cut=-1"} {
		_, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Scenarios: []string{text}})
		if fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", text, err)
		}
	}
	seen := map[string]bool{}
	for _, k := range sandbox.Scenarios() {
		if seen[string(k.Name)] {
			t.Errorf("%s stands twice", k.Name)
		}
		seen[string(k.Name)] = true
	}
}

func TestEveryScenarioStarts(t *testing.T) {
	dir := t.TempDir() // keys are made once
	for _, k := range sandbox.Scenarios() {
		s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{string(k.Name)}})
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
}

func TestTLSScenarios(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{"feedback-unknown-ca": "unknown authority", "feedback-old-tls": "protocol version"} {
		s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{name}})
		_, err := client(t, s).Get(s.Info().FilsluseURL)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		res, err := client(t, s).Get(s.Info().SendemodulURL)
		page(t, res, err)
		s.Close()
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	dir := t.TempDir()
	start(t, sandbox.Options{Dir: dir}).Close()
	before := runtime.NumGoroutine()
	s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{"silent"}})
	c := client(t, s)
	login(t, s, c)
	s.Close()
	c.CloseIdleConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
