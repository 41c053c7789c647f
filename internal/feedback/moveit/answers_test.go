package moveit

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// said is what a server answers.
type said struct {
	status int
	kind   string // Content-Type
	body   string
	header [2]string
	hangup bool
}

func (s said) write(w http.ResponseWriter) {
	if s.hangup {
		panic(http.ErrAbortHandler)
	}
	if s.header[0] != "" {
		w.Header().Set(s.header[0], s.header[1])
	}
	w.Header().Set("Content-Type", s.kind)
	w.WriteHeader(s.status)
	if s.status != http.StatusNoContent {
		fmt.Fprint(w, s.body)
	}
}

const (
	jsonType  = "application/json; charset=utf-8"
	goodToken = `{"access_token":"t","token_type":"bearer","expires_in":1000,"refresh_token":"r"}`
)

// server answers by method and path below /api/v1/ and keeps what it was
// asked; what has no answer is a 404 without a word.
type server struct {
	*httptest.Server
	answers map[string]said

	mu    sync.Mutex
	asked []string
}

// times counts what was asked since the last sign-in.
func (s *server) times(what string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, asked := range s.asked {
		if asked == what {
			n++
		}
	}
	return n
}

func serve(t *testing.T, answers map[string]said) *server {
	t.Helper()
	s := &server{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v1/")
		s.mu.Lock()
		s.asked = append(s.asked, what)
		s.mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		a, ok := s.answers[what]
		if !ok {
			a = said{status: http.StatusNotFound}
		}
		a.write(w)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) client(t *testing.T, change func(*Options)) *Client {
	t.Helper()
	opts := Options{BaseURL: s.URL, HTTP: s.Client()}
	if change != nil {
		change(&opts)
	}
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *server) signedIn(t *testing.T, change func(*Options)) *Client {
	t.Helper()
	s.answers["POST token"] = said{status: 200, kind: jsonType, body: goodToken}
	c := s.client(t, change)
	if err := c.SignIn(t.Context(), "a@b.no", secret.FromString("p")); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.asked = nil
	s.mu.Unlock()
	return c
}

// memory remembers in the test, or cannot.
type memory struct {
	added []string
	err   error
}

func (m *memory) Known(string, string, secret.Value) (string, error) { return "", nil }

func (m *memory) Add(_, username string, _ secret.Value) error {
	m.added = append(m.added, username)
	return m.err
}

// TestTokenAnswers: the password goes once whatever comes back, and only one
// answer says no to the password itself.
func TestTokenAnswers(t *testing.T) {
	cases := []struct {
		name     string
		answer   said
		want     string
		kind     fault.Kind
		remember bool
	}{
		{"invalid_grant", said{status: 400, kind: jsonType, body: `{"error":"invalid_grant"}`}, "feedback.login.refused", fault.Refused, true},
		{"invalid_grant in a 401", said{status: 401, kind: jsonType, body: `{"error":"invalid_grant"}`}, "feedback.login.refused", fault.Refused, true},
		{"307", said{status: 307, header: [2]string{"Location", "/api/v1/token"}}, "feedback.login.unclear", fault.Refused, false},
		{"302", said{status: 302, header: [2]string{"Location", "/login"}}, "feedback.login.unclear", fault.Refused, false},
		{"429", said{status: 429, kind: jsonType, body: `{"message":"slow down"}`}, "feedback.busy", fault.Network, false},
		{"408", said{status: 408}, "feedback.login.unclear", fault.Refused, false},
		{"413", said{status: 413, kind: "text/plain"}, "feedback.login.unclear", fault.Refused, false},
		{"204", said{status: 204}, "feedback.login.unclear", fault.Refused, false},
		{"201 with a token", said{status: 201, kind: jsonType, body: goodToken}, "feedback.login.unclear", fault.Refused, false},
		{"400 in plain text", said{status: 400, kind: "text/plain", body: "Bad Request"}, "feedback.login.unclear", fault.Refused, false},
		{"unsupported grant", said{status: 400, kind: jsonType, body: `{"error":"unsupported_grant_type"}`}, "feedback.login.unclear", fault.Refused, false},
		{"negotiate", said{status: 401, header: [2]string{"WWW-Authenticate", "Negotiate"}}, "feedback.login.unclear", fault.Refused, false},
		{"a page", said{status: 400, kind: "text/html", body: "<html>"}, "feedback.api.absent", fault.Refused, false},
		{"405", said{status: 405, kind: jsonType, body: `{"message":"no"}`}, "feedback.api.absent", fault.Refused, false},
		{"503 with the API's words", said{status: 503, kind: jsonType, body: `{"error":"invalid_grant"}`}, "feedback.server", fault.Network, false},
		{"403", said{status: 403, kind: jsonType, body: `{"detail":"no"}`}, "feedback.login.forbidden", fault.Refused, false},
		{"unauthorized_client", said{status: 400, kind: jsonType, body: `{"error":"unauthorized_client"}`}, "feedback.login.forbidden", fault.Refused, false},
		{"change by number", said{status: 400, kind: jsonType, body: `{"error_code":3988}`}, "feedback.login.change", fault.Refused, false},
		{"notice by number", said{status: 400, kind: jsonType, body: `{"error_code":3985}`}, "feedback.login.notice", fault.Refused, false},
		{"code by number", said{status: 401, kind: jsonType, body: `{"error_code":2028}`}, "feedback.login.mfa.email", fault.Refused, false},
		{"name before number", said{status: 400, kind: jsonType, body: `{"error":"invalid_grant","error_code":3988}`}, "feedback.login.refused", fault.Refused, true},
		{"app alone", said{status: 401, kind: jsonType, body: `{"error":"mfa_required","mfa_supported_methods":{"is_mfa_authenticator_enabled":true}}`}, "feedback.login.mfa.app", fault.Refused, false},
		{"app or mail", said{status: 401, kind: jsonType, body: `{"error":"mfa_required","mfa_supported_methods":{"is_mfa_authenticator_enabled":true,"is_mfa_email_enabled":true}}`}, "feedback.login.mfa.email", fault.Refused, false},
		{"412", said{status: 412}, "feedback.login.mfa.setup", fault.Refused, false},
		{"200 without a token", said{status: 200, kind: jsonType, body: `{}`}, "feedback.answer", fault.Refused, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, m := serve(t, map[string]said{"POST token": c.answer}), &memory{}
			client := s.client(t, func(o *Options) { o.Rejected = m })
			err := client.SignIn(t.Context(), "a@b.no", secret.FromString("p"))
			if idOf(err) != c.want || fault.KindOf(err) != c.kind {
				t.Errorf("%v, want %s", err, c.want)
			}
			if (len(m.added) == 1) != c.remember {
				t.Errorf("remembered %v", m.added)
			}
			if n := s.times("POST token"); n != 1 {
				t.Errorf("the password went %d times", n)
			}
		})
	}
}

// TestRefusalBeforeMemory: what cannot be remembered is a warning, and the
// refusal is told all the same.
func TestRefusalBeforeMemory(t *testing.T) {
	s := serve(t, map[string]said{"POST token": {status: 400, kind: jsonType, body: `{"error":"invalid_grant"}`}})
	var warned []string
	c := s.client(t, func(o *Options) {
		o.Rejected = &memory{err: io.ErrShortWrite}
		o.Warn = func(id string, _ ...any) { warned = append(warned, id) }
	})
	if err := c.SignIn(t.Context(), "a@b.no", secret.FromString("p")); idOf(err) != "feedback.login.refused" {
		t.Error(err)
	}
	if !slices.Equal(warned, []string{"feedback.login.forgotten"}) {
		t.Errorf("warned of %q", warned)
	}
}

// TestDeleteAnswers: 204 alone says that a file is gone; for anything else
// the file itself does.
func TestDeleteAnswers(t *testing.T) {
	var (
		there = said{status: 200, kind: jsonType, body: `{"id":"1","name":"a.zip"}`}
		gone  = said{status: 404, kind: jsonType, body: `{"title":"File not found"}`}
		page  = said{status: 200, kind: "text/html", body: "<html>login</html>"}
		wall  = said{status: 404, kind: "text/html", body: "<html>404</html>"}
	)
	cases := []struct {
		name         string
		answer, look said
		want         string
		kind         fault.Kind
	}{
		{"done", said{status: 204}, there, "<nil>", ""},
		{"200 with a page, still there", page, there, "feedback.delete.failed", fault.Refused},
		{"200 with a page, gone", page, gone, "<nil>", ""},
		{"200 with an error", said{status: 200, kind: jsonType, body: `{"detail":"no"}`}, there, "feedback.delete.failed", fault.Refused},
		{"202", said{status: 202}, there, "feedback.delete.failed", fault.Refused},
		{"302", said{status: 302, header: [2]string{"Location", "/login"}}, there, "feedback.delete.failed", fault.Refused},
		{"307", said{status: 307, header: [2]string{"Location", "/api/v1/files/2"}}, there, "feedback.delete.failed", fault.Refused},
		{"404, gone", gone, gone, "<nil>", ""},
		{"404, still there", gone, there, "feedback.delete.failed", fault.Refused},
		{"page everywhere", page, page, "feedback.delete.unknown", fault.Unknown},
		{"firewall's 404", wall, wall, "feedback.delete.unknown", fault.Unknown},
		{"404 without a word", said{status: 404}, said{status: 404}, "feedback.delete.unknown", fault.Unknown},
		{"404 as null", said{status: 500}, said{status: 404, kind: jsonType, body: "null"}, "feedback.delete.unknown", fault.Unknown},
		{"403, still there", said{status: 403}, there, "feedback.delete.forbidden", fault.Refused},
		{"403 for both", said{status: 403}, said{status: 403}, "feedback.delete.unknown", fault.Unknown},
		{"cut, still there", said{hangup: true}, there, "feedback.delete.cut", fault.Network},
		{"cut, gone", said{hangup: true}, gone, "<nil>", ""},
		{"cut twice", said{hangup: true}, said{hangup: true}, "feedback.delete.unknown", fault.Unknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, map[string]said{"DELETE files/1": c.answer, "GET files/1": c.look, "GET login": {status: 200, kind: "text/html"}})
			err := s.signedIn(t, nil).Delete(t.Context(), "1")
			if idOf(err) != c.want || fault.KindOf(err) != c.kind {
				t.Errorf("%v, want %s", err, c.want)
			}
			if n := s.times("DELETE files/1"); n != 1 {
				t.Errorf("%d deletions", n)
			}
		})
	}
}

// TestDeleteAfterTheSession sends nothing, and says so.
func TestDeleteAfterTheSession(t *testing.T) {
	now := time.Now()
	s := serve(t, map[string]said{})
	c := s.signedIn(t, func(o *Options) { o.Now = func() time.Time { return now } })
	now = now.Add(1000 * time.Second)
	if err := c.Delete(t.Context(), "1"); idOf(err) != "feedback.session.expired" || s.times("DELETE files/1") != 0 {
		t.Errorf("%v, %d deletions", err, s.times("DELETE files/1"))
	}
}

func TestCheckAnswers(t *testing.T) {
	cases := []struct {
		answer said
		want   string
		kind   fault.Kind
		status int
	}{
		{said{status: 405, kind: jsonType, body: `{"message":"no GET"}`}, "<nil>", "", 405},
		{said{status: 400, kind: jsonType, body: `{}`}, "<nil>", "", 400},
		{said{status: 403, kind: jsonType, body: `{"message":"no"}`}, "feedback.check.forbidden", fault.Refused, 403},
		{said{status: 404, kind: jsonType, body: `{"message":"no"}`}, "feedback.api.absent", fault.Refused, 404},
		{said{status: 200, kind: "text/html", body: "<html>"}, "feedback.api.absent", fault.Refused, 200},
		{said{status: 500, kind: jsonType, body: `{}`}, "feedback.check.down", fault.Network, 500},
		{said{status: 429, kind: jsonType, body: `{"message":"slow down"}`}, "feedback.busy", fault.Network, 429},
		{said{hangup: true}, "feedback.net.cut", fault.Network, 0},
	}
	for _, c := range cases {
		s := serve(t, map[string]said{"GET token": c.answer})
		status, err := s.client(t, nil).Check(t.Context())
		if idOf(err) != c.want || fault.KindOf(err) != c.kind || status != c.status {
			t.Errorf("%+v: %d, %v", c.answer, status, err)
		}
	}
}

// TestFilesElsewhere: an account that may not list all gets its own folder's
// files, by the refusal of the API and not of a firewall.
func TestFilesElsewhere(t *testing.T) {
	list := func(id string) said {
		return said{status: 200, kind: jsonType, body: `{"items":[{"id":"` + id + `"}],"paging":{"totalItems":1,"totalPages":1}}`}
	}
	self := func(home, other int) said {
		return said{status: 200, kind: jsonType, body: fmt.Sprintf(`{"homeFolderID":%d,"defaultFolderID":%d}`, home, other)}
	}
	no := said{status: 403, kind: jsonType, body: `{"detail":"no"}`}
	cases := []struct {
		name       string
		all, self  said
		want, file string
	}{
		{"all", list("0"), self(7, 8), "<nil>", "0"},
		{"home", no, self(7, 8), "<nil>", "7"},
		{"no home", no, self(0, 8), "<nil>", "8"},
		{"neither", no, self(0, 0), "feedback.forbidden", ""},
		{"404", said{status: 404, kind: jsonType, body: `{}`}, self(7, 8), "<nil>", "7"},
		{"no account", no, said{status: 500}, "feedback.server", ""},
		{"firewall", said{status: 403, kind: "text/html", body: "<html>"}, self(7, 8), "feedback.blocked", ""},
		{"busy", said{status: 429}, self(7, 8), "feedback.busy", ""},
	}
	for _, c := range cases {
		s := serve(t, map[string]said{"GET files": c.all, "GET users/self": c.self, "GET folders/7/files": list("7"), "GET folders/8/files": list("8")})
		files, err := s.signedIn(t, nil).Files(t.Context())
		if idOf(err) != c.want || (c.file != "") != (len(files) == 1 && files[0].ID == c.file) {
			t.Errorf("%s: %v, %v", c.name, files, err)
		}
	}
}

// TestEmptyPageEnds: the pages end with an empty one, whatever the count says.
func TestEmptyPageEnds(t *testing.T) {
	s := serve(t, map[string]said{"GET files": {status: 200, kind: jsonType, body: `{"items":[],"paging":{"totalItems":0,"totalPages":9}}`}})
	if files, err := s.signedIn(t, nil).Files(t.Context()); err != nil || len(files) != 0 || s.times("GET files") != 1 {
		t.Errorf("%v, %v, asked %d times", files, err, s.times("GET files"))
	}
}

func TestDownloadAnswers(t *testing.T) {
	for want, a := range map[string]said{
		"<nil>":              {status: 200, kind: "application/octet-stream", body: "PK"},
		"feedback.refused":   {status: 206, kind: "application/octet-stream", body: "PK"}, // not asked for
		"feedback.blocked":   {status: 200, kind: "text/html", body: "<html>"},
		"feedback.busy":      {status: 429},
		"feedback.forbidden": {status: 403, kind: jsonType, body: `{"detail":"no"}`},
	} {
		s := serve(t, map[string]said{"GET files/1/download": a})
		d, err := s.signedIn(t, nil).Download(t.Context(), "1")
		if idOf(err) != want {
			t.Errorf("%d: %v, want %s", a.status, err, want)
		}
		if d != nil {
			d.Close()
		}
	}
}

// TestLongDownload: a body that takes longer than the token renews it on the
// way, once for each half life.
func TestLongDownload(t *testing.T) {
	now := time.Now()
	s := serve(t, map[string]said{"GET files/1/download": {status: 200, kind: "application/octet-stream", body: strings.Repeat("x", 10)}})
	c := s.signedIn(t, func(o *Options) { o.Now = func() time.Time { return now } })
	d, err := c.Download(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 10 {
		now = now.Add(300 * time.Second)
		if _, err := io.ReadFull(d, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.times("POST token"); n != 5 {
		t.Errorf("renewed %d times in 3000 s of a token that lasts 1000 s, want 5", n)
	}
	s.answers["GET files"] = said{status: 200, kind: jsonType, body: `{"items":[],"paging":{}}`}
	if _, err := c.Files(t.Context()); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestLine(t *testing.T) {
	for body, want := range map[string]string{
		`{"title":"T","message":"M","error":"E","error_description":"B","detail":"D"}`: "D",
		`{"title":"T","message":"M","error":"E","error_description":"B"}`:              "B",
		`{"title":"T","message":"M","error":"E"}`:                                      "M",
		`{"title":"T","error":"E"}`:                                                    "T",
		`{"error":"E"}`:                                                                "E",
		`{"detail":" a\r\n\tb\u001b[31m\u0007 c "}`:                                    "a b [31m c",
		`{"detail":"` + strings.Repeat("æ", 200) + `"}`:                                strings.Repeat("æ", 200),
		`{"detail":"` + strings.Repeat("æ", 201) + `"}`:                                strings.Repeat("æ", 200) + "…",
	} {
		if got := readError(answer{data: []byte(body)}).line(); got != want {
			t.Errorf("%.60s: %q, want %q", body, got, want)
		}
	}
}
