package sendemodul_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
)

const pin = "73810462"

type site struct {
	*httptest.Server
	s     *sendemodul.Server
	trail *trail.Trail
	dir   string
	c     *http.Client
	now   time.Time
	got   []sendemodul.Delivery
}

func start(t *testing.T, opts sendemodul.Options) *site {
	t.Helper()
	st := &site{dir: t.TempDir(), now: time.Date(2018, 1, 3, 10, 0, 0, 0, time.UTC)}
	now := func() time.Time { return st.now }
	st.trail = trail.New(now)
	opts.Dir, opts.Now, opts.Trail = st.dir, now, st.trail
	opts.Accounts = []sendemodul.Account{{Municipality: "0403", District: "00", OrganisationNumber: "800000009", PIN: secret.FromString(pin)}}
	opts.Delivered = func(d sendemodul.Delivery) { st.got = append(st.got, d) }
	var err error
	if st.s, err = sendemodul.New(opts); err != nil {
		t.Fatal(err)
	}
	st.Server = httptest.NewTLSServer(st.s)
	st.c = st.Client()
	st.c.Jar, _ = cookiejar.New(nil)
	t.Cleanup(func() { st.s.Close(); st.Close() })
	return st
}

// page is what a browser would keep of an answer.
type page struct {
	code  int
	text  string
	url   *url.URL
	forms []webForm
	links map[string]string
}

type webForm struct {
	action string
	values url.Values
	names  []string // visible fields in order
	file   string
}

func (st *site) read(t *testing.T, res *http.Response, err error) page {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := html.Parse(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	p := page{code: res.StatusCode, url: res.Request.URL, links: map[string]string{}}
	p.walk(doc)
	return p
}

func (p *page) walk(n *html.Node) {
	attr := func(name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	switch {
	case n.Type == html.TextNode:
		p.text += n.Data
	case n.Data == "form":
		p.forms = append(p.forms, webForm{action: attr("action"), values: url.Values{}})
	case n.Data == "a" && n.FirstChild != nil:
		p.links[n.FirstChild.Data] = attr("href")
	case (n.Data == "input" || n.Data == "button") && len(p.forms) > 0:
		f := &p.forms[len(p.forms)-1]
		switch attr("type") {
		case "hidden", "submit":
			if attr("name") != "" {
				f.values.Set(attr("name"), attr("value"))
			}
		case "file":
			f.file = attr("name")
		default:
			f.names = append(f.names, attr("name"))
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.walk(c)
	}
}

func (p page) resolve(t *testing.T, ref string) string {
	t.Helper()
	u, err := p.url.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

func (st *site) get(t *testing.T, address string) page {
	t.Helper()
	res, err := st.c.Get(address)
	return st.read(t, res, err)
}

func (st *site) login(t *testing.T, code string) page {
	t.Helper()
	p := st.get(t, st.URL+sendemodul.Base)
	f := p.forms[len(p.forms)-1]
	if len(f.names) != 4 {
		t.Fatalf("login fields: %q", f.names)
	}
	for i, v := range []string{"0403", "00", "800000009", code} {
		f.values.Set(f.names[i], v)
	}
	res, err := st.c.PostForm(p.resolve(t, f.action), f.values)
	return st.read(t, res, err)
}

func (st *site) uploadPage(t *testing.T) page {
	t.Helper()
	p := st.login(t, pin)
	if href, ok := p.links["Send inn fil"]; ok && len(p.forms) < 2 {
		p = st.get(t, p.resolve(t, href))
	} else if href, ok := p.links["Upload a file"]; ok {
		p = st.get(t, p.resolve(t, href))
	}
	return p
}

func (st *site) send(p page, files map[string]string) (*http.Response, error) {
	f := p.forms[len(p.forms)-1]
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name := range f.values {
		_ = m.WriteField(name, f.values.Get(name))
	}
	for name, content := range files {
		w, _ := m.CreateFormFile(f.file, name)
		_, _ = io.WriteString(w, content)
	}
	_ = m.Close()
	u, _ := p.url.Parse(f.action)
	return st.c.Post(u.String(), m.FormDataContentType(), &body)
}

func TestEveryVariantTakesAFile(t *testing.T) {
	for _, name := range sendemodul.Variants() {
		t.Run(name, func(t *testing.T) {
			st := start(t, sendemodul.Options{Variant: name})
			res, err := st.send(st.uploadPage(t), map[string]string{"iplos.tar": "sealed bytes"})
			p := st.read(t, res, err)
			if p.code != 200 || !strings.Contains(p.text, "S180103-0001") || !strings.Contains(p.text, "iplos.tar") {
				t.Fatalf("answer %d: %s", p.code, p.text)
			}
			if len(st.got) != 1 || len(st.got[0].Files) != 1 {
				t.Fatalf("delivered: %+v", st.got)
			}
			f := st.got[0].Files[0]
			sum := sha256.Sum256([]byte("sealed bytes"))
			data, err := os.ReadFile(st.got[0].Path(f))
			if err != nil || string(data) != "sealed bytes" || f.SHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("stored %q (%v), %+v", data, err, f)
			}
			st.assertNoSecret(t)
		})
	}
}

func (st *site) assertNoSecret(t *testing.T) {
	t.Helper()
	for _, e := range st.trail.Entries() {
		if strings.Contains(e.Detail+e.Object+e.Who+e.Event, pin) {
			t.Errorf("PIN in the trail: %+v", e)
		}
	}
}

func TestSeveralFilesInOneForm(t *testing.T) {
	st := start(t, sendemodul.Options{Variant: "multiple"})
	res, err := st.send(st.uploadPage(t), map[string]string{"part-0001.p7m": "a", "manifest.p7m": "b"})
	p := st.read(t, res, err)
	if len(st.got) != 1 || len(st.got[0].Files) != 2 || !strings.Contains(p.text, "part-0001.p7m") {
		t.Fatalf("delivered %+v; page %s", st.got, p.text)
	}
	plain := start(t, sendemodul.Options{})
	res, err = plain.send(plain.uploadPage(t), map[string]string{"a": "a", "b": "b"})
	if p := plain.read(t, res, err); len(plain.got) != 0 || !strings.Contains(p.text, "Bare én fil") {
		t.Errorf("a form for one file took two: %s", p.text)
	}
}

func TestLoginNeedsAllFour(t *testing.T) {
	st := start(t, sendemodul.Options{})
	p := st.login(t, "wrong")
	if !strings.Contains(p.text, "avvist") || st.trail.Count("sendemodul", "login") != 1 {
		t.Fatalf("page: %s", p.text)
	}
	for i := range 3 {
		p := st.get(t, st.URL+sendemodul.Base)
		f := p.forms[0]
		right := []string{"0403", "00", "800000009", pin}
		right[i] = "9" + right[i][1:]
		for k, v := range right {
			f.values.Set(f.names[k], v)
		}
		res, err := st.c.PostForm(p.resolve(t, f.action), f.values)
		if q := st.read(t, res, err); !strings.Contains(q.text, "avvist") {
			t.Errorf("field %d wrong, yet: %s", i, q.text)
		}
	}
	st.assertNoSecret(t)
}

func TestFormsNeedTheirToken(t *testing.T) {
	for _, variant := range []string{"plain", "aspnet", "jsf"} {
		st := start(t, sendemodul.Options{Variant: variant})
		p := st.uploadPage(t)
		for name := range p.forms[len(p.forms)-1].values {
			if strings.Contains(name, "oken") || strings.Contains(name, "iew") || strings.Contains(name, "VIEWSTATE") {
				p.forms[len(p.forms)-1].values.Set(name, "forged")
			}
		}
		res, err := st.send(p, map[string]string{"a": "a"})
		if q := st.read(t, res, err); q.code != 403 || len(st.got) != 0 {
			t.Errorf("%s: forged token answered %d, delivered %d", variant, q.code, len(st.got))
		}
	}
}

func TestSessionRunsOut(t *testing.T) {
	st := start(t, sendemodul.Options{})
	p := st.uploadPage(t)
	st.now = st.now.Add(time.Hour)
	res, err := st.send(p, map[string]string{"a": "a"})
	if q := st.read(t, res, err); !strings.Contains(q.text, "utløpt") || len(st.got) != 0 {
		t.Errorf("after an hour: %s", q.text)
	}
}

func TestLogout(t *testing.T) {
	for _, variant := range []string{"plain", "aspnet"} {
		st := start(t, sendemodul.Options{Variant: variant})
		p := st.uploadPage(t)
		address, post := p.links["Logg ut"], url.Values{}
		if address == "" {
			address, post = p.forms[0].action, p.forms[0].values
		}
		res, err := st.c.PostForm(p.resolve(t, address), post)
		if q := st.read(t, res, err); !strings.Contains(q.text, "logget ut") {
			t.Fatalf("%s: %s", variant, q.text)
		}
		res, err = st.send(p, map[string]string{"a": "a"})
		if st.read(t, res, err); len(st.got) != 0 {
			t.Errorf("%s: took a file after log-out", variant)
		}
	}
}

func TestFaults(t *testing.T) {
	big := strings.Repeat("x", 300_000)
	tests := []struct {
		fault  scenario.Use
		code   int    // 0: no answer
		text   string // on the page
		stored int
	}{
		{scenario.Use{Name: sendemodul.SessionExpires}, 200, "utløpt", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 403}, 403, "403 Forbidden", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 413}, 413, "413", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 429}, 429, "429", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 503}, 503, "503", 0},
		{scenario.Use{Name: sendemodul.UploadLate, N: 502}, 502, "502", 0},
		{scenario.Use{Name: sendemodul.TooLarge, N: 1000}, 200, "for stor", 0},
		{scenario.Use{Name: sendemodul.UploadCut, N: 1000}, 0, "", 0},
		{scenario.Use{Name: sendemodul.ErrorAfterStore}, 500, "500", 1},
		{scenario.Use{Name: sendemodul.AnswerCut, N: 0}, 0, "", 1},
		{scenario.Use{Name: sendemodul.AnswerCut, N: 100}, 0, "", 1},
		{scenario.Use{Name: sendemodul.Vague}, 200, "Takk for besøket", 1},
	}
	for _, tt := range tests {
		t.Run(string(tt.fault.Name), func(t *testing.T) {
			st := start(t, sendemodul.Options{Scenarios: []scenario.Use{tt.fault}})
			res, err := st.send(st.uploadPage(t), map[string]string{"f.tar": big})
			if tt.code == 0 {
				if err == nil {
					_, err = io.ReadAll(res.Body)
				}
				if err == nil {
					t.Error("a whole answer came")
				}
			} else if p := st.read(t, res, err); p.code != tt.code || !strings.Contains(p.text, tt.text) {
				t.Errorf("answer %d: %s", p.code, p.text)
			}
			if len(st.got) != tt.stored {
				t.Errorf("stored %d, want %d", len(st.got), tt.stored)
			}
			st.assertOnlyDeliveries(t)
		})
	}
}

// assertOnlyDeliveries checks that a failed upload leaves nothing on disk.
func (st *site) assertOnlyDeliveries(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(st.dir)
	if err != nil || len(entries) != len(st.got) {
		t.Errorf("%d folders for %d deliveries (%v)", len(entries), len(st.got), err)
	}
}

func TestAddressWithoutItsLastSlash(t *testing.T) {
	st := start(t, sendemodul.Options{})
	for _, path := range []string{"", "/", "/Sendemodul", "/Sendemodul/", "/Sendemodul/logginn"} {
		if p := st.get(t, st.URL+path); !strings.Contains(p.text, "Kommunenummer") {
			t.Errorf("%q: %d %s", path, p.code, p.text)
		}
	}
}

func TestFaultsAtLogin(t *testing.T) {
	refused := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.PINRefused, Times: 1}}})
	if p := refused.login(t, pin); !strings.Contains(p.text, "avvist") {
		t.Errorf("pin-refused: %s", p.text)
	}
	if p := refused.login(t, pin); !strings.Contains(p.text, "Kryptert fil") {
		t.Errorf("the second time: %s", p.text)
	}
	closed := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.Closed}}})
	if p := closed.get(t, closed.URL+sendemodul.Base); !strings.Contains(p.text, "stengt") || len(p.forms) != 0 {
		t.Errorf("window-closed: %s", p.text)
	}
	down := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.LoginStatus, N: 502}}})
	if p := down.login(t, pin); p.code != 502 {
		t.Errorf("login-status: %d", p.code)
	}
}

func TestSilentHoldsTheAnswerUntilClose(t *testing.T) {
	st := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.Silent}}})
	p := st.uploadPage(t)
	st.c.Timeout = 300 * time.Millisecond
	if _, err := st.send(p, map[string]string{"a": "a"}); err == nil {
		t.Error("an answer came")
	}
	if len(st.s.Deliveries()) != 1 {
		t.Error("the file was not stored")
	}
}

func TestForeignRedirectIsNotFollowedByUs(t *testing.T) {
	st := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.UploadRedirect}}})
	p := st.uploadPage(t)
	st.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := st.send(p, map[string]string{"a": "a"})
	if err != nil || res.StatusCode != http.StatusTemporaryRedirect || len(st.got) != 0 {
		t.Errorf("%v, %v", res, err)
	}
}

func TestRestartKnowsWhatCame(t *testing.T) {
	st := start(t, sendemodul.Options{})
	_, _ = st.send(st.uploadPage(t), map[string]string{"a.tar": "a"})
	if err := os.Mkdir(st.dir+"/incoming-torn", 0o700); err != nil {
		t.Fatal(err)
	}
	again, err := sendemodul.New(sendemodul.Options{Dir: st.dir, Now: func() time.Time { return st.now }, Trail: st.trail})
	if err != nil {
		t.Fatal(err)
	}
	got := again.Deliveries()
	if len(got) != 1 || got[0].Reference != "S180103-0001" || got[0].Files[0].Name != "a.tar" {
		t.Errorf("after a restart: %+v", got)
	}
	if _, err := os.Stat(st.dir + "/incoming-torn"); err == nil {
		t.Error("a torn upload was kept")
	}
}

// A form that ends without its last boundary is a connection that was cut,
// not a small form.
func TestFormCutShortIsNotStored(t *testing.T) {
	st := start(t, sendemodul.Options{})
	p := st.uploadPage(t)
	f := p.forms[len(p.forms)-1]
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("_token", f.values.Get("_token"))
	w, _ := m.CreateFormFile(f.file, "f.tar")
	_, _ = io.WriteString(w, "half of it")
	res, err := st.c.Post(p.resolve(t, f.action), m.FormDataContentType(), &body)
	if q := st.read(t, res, err); q.code != 400 || len(st.got) != 0 {
		t.Errorf("answer %d, delivered %d", q.code, len(st.got))
	}
	st.assertOnlyDeliveries(t)
}
