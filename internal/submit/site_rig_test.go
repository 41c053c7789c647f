package submit_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"iplos/internal/submit"
)

// site is a small Sendemodul of the test's own, each page to be replaced.
type site struct {
	t       testing.TB
	web     *httptest.Server
	login   string // the start page
	inside  string // the page after login
	upload  http.HandlerFunc
	mu      sync.Mutex
	posts   []string // "path field=value,…" of each form
	uploads int
	stored  map[string]int
	paths   []string
}

const loginForm = `<form method="post" action="inn"><input type="hidden" name="tok" value="t1"><input name="komnr"><input name="bydel"><input name="orgnr"><input name="pin" type="password"><button name="go" value="1">Logg inn</button></form>`

const uploadForm = `<form method="post" action="last" enctype="multipart/form-data"><input type="hidden" name="tok" value="t2"><input type="file" name="fil"><button name="send" value="ja">Send</button></form><a href="ut">Logg ut</a>`

func startSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, login: loginForm, inside: uploadForm, stored: map[string]int{}}
	s.upload = func(w http.ResponseWriter, r *http.Request) {
		s.store(r)
		_, _ = io.WriteString(w, "<p>Filen er mottatt. Referanse: R-1</p>")
	}
	s.web = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() { s.web.CloseClientConnections(); s.web.Close() })
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.paths = append(s.paths, r.Method+" "+r.URL.String())
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch r.URL.Path {
	case "/s/":
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "c1", Secure: true, HttpOnly: true})
		_, _ = io.WriteString(w, s.login)
	case "/s/inn":
		_ = r.ParseForm()
		s.posts = append(s.posts, r.PostForm.Encode())
		if c, err := r.Cookie("sid"); err != nil || c.Value != "c1" {
			s.t.Errorf("no cookie at login: %v", err)
		}
		_, _ = io.WriteString(w, s.inside)
	case "/s/last":
		s.mu.Lock()
		s.uploads++
		s.mu.Unlock()
		s.upload(w, r)
	case "/s/ut":
		http.Error(w, "loggut feilet", http.StatusInternalServerError)
	case "/s/ferdig":
		_, _ = io.WriteString(w, "<p>Filen er mottatt</p>")
	default:
		http.NotFound(w, r)
	}
}

// store reads the whole form and counts its files.
func (s *site) store(r *http.Request) {
	if err := r.ParseMultipartForm(32 << 20); err != nil {
		s.t.Errorf("upload: %v", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append(s.posts, fmt.Sprintf("tok=%s send=%s", r.FormValue("tok"), r.FormValue("send")))
	for _, hs := range r.MultipartForm.File {
		for _, h := range hs {
			s.stored[h.Filename]++
		}
	}
}

func (s *site) options() submit.Options { return testOptions(s.t, s.web, "/s/") }

func (s *site) send(t *testing.T, opts submit.Options, names ...string) (*submit.Outcome, *recorder, error) {
	t.Helper()
	ev := &recorder{}
	if opts.Events == nil {
		opts.Events = ev
	}
	if len(names) == 0 {
		names = []string{"a.tar"}
	}
	out, err := submit.Send(t.Context(), opts, consignment(t, 3000, names...))
	return out, ev, err
}
