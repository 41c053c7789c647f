package sendemodul_test

import (
	"bytes"
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

func (st *site) assertNoSecret(t *testing.T) {
	t.Helper()
	for _, e := range st.trail.Entries() {
		if strings.Contains(e.Detail+e.Object+e.Who+e.Event, pin) {
			t.Errorf("PIN in the trail: %+v", e)
		}
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
