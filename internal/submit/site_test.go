package submit_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/fault"
	"iplos/internal/httpx"
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

func TestFormsArePostedWhole(t *testing.T) {
	s := startSite(t)
	out, ev, err := s.send(t, s.options())
	if err != nil || out.Reference != "R-1" || s.stored["a.tar"] != 1 {
		t.Fatalf("%v %+v %v", err, out, s.stored)
	}
	want := []string{"bydel=00&go=1&komnr=0403&orgnr=800000009&pin=" + testPIN + "&tok=t1", "tok=t2 send=ja"}
	if fmt.Sprint(s.posts) != fmt.Sprint(want) {
		t.Errorf("posted %q, want %q", s.posts, want)
	}
	if last := s.paths[len(s.paths)-1]; last != "GET /s/ut" {
		t.Errorf("no log-out: %q", s.paths)
	}
	ev.check(t, []string{"a.tar"}, submit.Uploaded)
}

// TestUploadAnswers: what the server answers after it read the whole body.
func TestUploadAnswers(t *testing.T) {
	page := func(status int, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }
	}
	to := func(status int, where string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, where, status) }
	}
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		before fault.Kind // when the body was not asked for
		after  fault.Kind
	}{
		{"302 here", to(302, "/s/ferdig"), fault.Refused, ""},
		{"303 here", to(303, "ferdig"), fault.Refused, ""},
		{"302 to login", to(302, "/s/"), fault.Refused, fault.Refused},
		{"302 to nothing", to(302, "/s/borte"), fault.Refused, fault.Unknown},
		{"302 away", to(302, "https://example.invalid/"), fault.Refused, fault.Unknown},
		{"302 to plain", to(302, "http://127.0.0.1/s/ferdig"), fault.Refused, fault.Unknown},
		{"307 here", to(307, "/s/last"), fault.Refused, fault.Unknown},
		{"308 away", to(308, "https://example.invalid/"), fault.Refused, fault.Unknown},
		{"403", page(403, "Forbidden"), fault.Refused, fault.Refused},
		{"413", page(413, ""), fault.Refused, fault.Refused},
		{"429", page(429, "Too many requests"), fault.Refused, fault.Refused},
		{"409", page(409, ""), fault.Refused, fault.Unknown},
		{"500", page(500, "<h1>Server Error in '/' Application.</h1>"), fault.Network, fault.Unknown},
		{"502", page(502, ""), fault.Network, fault.Unknown},
		{"503", page(503, "Filen er mottatt"), fault.Network, fault.Unknown},
		{"error page with 200", page(200, "<html><body><h1>Error</h1></body></html>"), fault.Refused, fault.Refused},
		{"empty 200", page(200, ""), fault.Refused, fault.Unknown},
		{"binary 200", page(200, "\x00\x01\x02\xff"), fault.Refused, fault.Unknown},
		{"refusal", page(200, "<p>Filen ble avvist</p>"), fault.Refused, fault.Refused},
	} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/body %v", tc.name, whole), func(t *testing.T) {
				s := startSite(t)
				s.upload = func(w http.ResponseWriter, r *http.Request) {
					if whole {
						s.store(r)
					}
					tc.answer(w, r)
				}
				out, ev, err := s.send(t, s.options())
				want := tc.before
				if whole {
					want = tc.after
				}
				if fault.KindOf(err) != want {
					t.Errorf("kind %q, want %q: %v", fault.KindOf(err), want, err)
				}
				if s.uploads != 1 {
					t.Errorf("%d upload requests", s.uploads)
				}
				ev.checkTruth(t, out)
				if len(ev.began) != 1 {
					t.Errorf("journal: began %v", ev.began)
				}
			})
		}
	}
}

// TestExpectationFailed: an old proxy that refuses the Expect header gets the
// upload without it. No byte of the body had left.
func TestExpectationFailed(t *testing.T) {
	s := startSite(t)
	ok := s.upload
	s.upload = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Expect") != "" {
			w.WriteHeader(http.StatusExpectationFailed)
			return
		}
		ok(w, r)
	}
	if _, _, err := s.send(t, s.options()); err != nil || s.stored["a.tar"] != 1 {
		t.Errorf("%v, stored %v", err, s.stored)
	}
}

// TestStartPages: what the tool meets before it sends anything.
func TestStartPages(t *testing.T) {
	for _, tc := range []struct {
		name, login, inside string
		id                  string
		uploads             int
	}{
		{"one form for all", strings.Replace(strings.Replace(loginForm, "inn", "last", 1), `<button`, `<input type="file" name="fil"><button`, 1), "", "", 1},
		{"login one link further", `<a href="/s/side">Logg inn</a>`, uploadForm, "submit.form.login", 0},
		{"frame", `<iframe src="/s/?x" title="Innlogging"></iframe>`, uploadForm, "submit.form.login", 0},
		{"login by GET", strings.Replace(loginForm, "post", "get", 1), uploadForm, "submit.form.get", 0},
		{"login elsewhere", strings.Replace(loginForm, `action="inn"`, `action="https://example.invalid/inn"`, 1), uploadForm, "http.redirect", 0},
		{"login in plain", strings.Replace(loginForm, `action="inn"`, `action="http://127.0.0.1/inn"`, 1), uploadForm, "http.redirect", 0},
		{"unknown fields", `<form method="post"><input name="a"><input name="b"></form>`, uploadForm, "submit.form.login", 0},
		{"wrong PIN", loginForm, `<p>Feil PIN</p>` + loginForm, "submit.login", 0},
		{"closed", loginForm, `<p>Innsendingen er stengt</p>`, "submit.form.upload", 0},
		{"upload elsewhere", loginForm, strings.Replace(uploadForm, `action="last"`, `action="//example.invalid/last"`, 1), "http.redirect", 0},
		{"upload by GET", loginForm, strings.Replace(uploadForm, "post", "get", 1), "submit.form.get", 0},
		{"a field more", loginForm, strings.Replace(uploadForm, "<button", `<input name="saksbehandler" required><button`, 1), "submit.form.required", 0},
		{"a box to tick", loginForm, strings.Replace(uploadForm, "<button", `<input type="checkbox" name="bekreft" required><button`, 1), "submit.form.required", 0},
		{"a list with a choice", loginForm, strings.Replace(uploadForm, "<button", `<select name="aar" required><option value="2017">2017</select><button`, 1), "", 1},
		{"upload one link further", loginForm, `<a href="https://example.invalid/last-opp">Last opp</a><a href="/s/borte">Send</a>`, "submit.form.upload", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := startSite(t)
			s.login, s.inside = tc.login, tc.inside
			out, ev, err := s.send(t, s.options())
			id := ""
			if e, ok := errors.AsType[*fault.Error](err); ok {
				id = e.ID
				if e.Kind != fault.Refused {
					t.Errorf("kind %q", e.Kind)
				}
			}
			if id != tc.id || s.uploads != tc.uploads {
				t.Errorf("%q, %d uploads, want %q, %d: %v", id, s.uploads, tc.id, tc.uploads, err)
			}
			if tc.uploads == 0 && (out.State != submit.NotSent || len(ev.began) > 0) {
				t.Errorf("state %q, journal %v", out.State, ev.began)
			}
			if err != nil && strings.Contains(err.Error(), testPIN) {
				t.Error("the error shows the PIN")
			}
		})
	}
}

func TestUnrecognisedFormIsListed(t *testing.T) {
	s := startSite(t)
	s.login = `<form method="post"><label for="u">Bruker-ID</label><input id="u" name="uid"><input name="hemmelig" value="X"></form>`
	_, _, err := s.send(t, s.options())
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatal(err)
	}
	text := fmt.Sprint(e.Args...)
	if !strings.Contains(text, `name="uid"`) || !strings.Contains(text, "Bruker-ID") || strings.Contains(text, "X") {
		t.Errorf("%s", text)
	}
	opts := s.options()
	opts.Mapping.Fields = map[string]string{"municipality": "uid"}
	if _, _, err := s.send(t, opts); fault.KindOf(err) != fault.Refused {
		t.Errorf("half a mapping: %v", err)
	}
}

func TestConnectionFaults(t *testing.T) {
	s := startSite(t)
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.StartTLS()
	defer old.Close()
	for _, tc := range []struct {
		name  string
		opts  func(*submit.Options)
		class httpx.Class
	}{
		{"refused", func(o *submit.Options) { o.URL = "https://127.0.0.1:1/" }, httpx.Refused},
		{"CA unknown", func(o *submit.Options) { o.HTTP.CAFile = "" }, httpx.TLS},
		{"wrong name", func(o *submit.Options) { o.URL = strings.Replace(o.URL, "127.0.0.1", "localhost", 1) }, httpx.TLS},
	} {
		opts := s.options()
		tc.opts(&opts)
		out, ev, err := s.send(t, opts)
		if fault.KindOf(err) != fault.Network || httpx.ClassOf(err) != tc.class || out.State != submit.NotSent || len(ev.began) > 0 {
			t.Errorf("%s: kind %q class %q state %q (%v)", tc.name, fault.KindOf(err), httpx.ClassOf(err), out.State, err)
		}
	}
}

func TestNameGone(t *testing.T) {
	s := startSite(t)
	opts := s.options()
	opts.URL = "https://no-such-host.invalid/"
	if _, _, err := s.send(t, opts); fault.KindOf(err) != fault.Network || httpx.ClassOf(err) != httpx.DNS {
		t.Errorf("%v", err)
	}
}

// TestNeverSent: what stays here whatever is configured.
func TestNeverSent(t *testing.T) {
	real, loop := "https://iplos.nhn.no/Sendemodul/", "https://127.0.0.1:1/"
	for _, tc := range []struct {
		name      string
		url       string
		year      int
		synthetic bool
		id        string
	}{
		{"2018 to a real one", real, 2018, false, "submit.year"},
		{"2026 to the default", "", 2026, false, "submit.year"},
		{"2018 to a name", "https://sendemodul.example/", 2018, false, "submit.year"},
		{"2018 to a look-alike", "https://localhost.example/", 2018, false, "submit.year"},
		{"2018 rehearsed", loop, 2018, false, "http.refused"},
		{"synthetic to a real one", real, 2017, true, "submit.synthetic"},
		{"synthetic rehearsed", loop, 2017, true, "http.refused"},
		{"plain", "http://iplos.nhn.no/", 2017, false, "submit.url.plain"},
		{"no address", "iplos.nhn.no", 2017, false, "submit.url"},
		{"user in the address", "https://a:b@iplos.nhn.no/", 2017, false, "submit.url"},
		{"file", "file:///etc/passwd", 2017, false, "submit.url"},
	} {
		cons := consignment(t, 10, "a.tar")
		cons.Year, cons.Synthetic = tc.year, tc.synthetic
		ev := &recorder{}
		opts := submit.Options{URL: tc.url, Login: testOptionsLogin(), Events: ev}
		_, err := submit.Send(t.Context(), opts, cons)
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.ID != tc.id || len(ev.began) > 0 {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.id)
		}
	}
}

func TestBadConsignments(t *testing.T) {
	s := startSite(t)
	changed := consignment(t, 100, "a.tar")
	if err := os.WriteFile(changed.Files[0].Path, bytes.Repeat([]byte("x"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	shorter := consignment(t, 100, "a.tar")
	if err := os.Truncate(shorter.Files[0].Path, 99); err != nil {
		t.Fatal(err)
	}
	gone := consignment(t, 100, "a.tar")
	gone.Files[0].Path += ".borte"
	noPIN := s.options()
	noPIN.Login.PIN.Wipe()
	for _, tc := range []struct {
		name string
		opts submit.Options
		cons submit.Consignment
		kind fault.Kind
	}{
		{"changed", s.options(), changed, fault.Integrity},
		{"shorter", s.options(), shorter, fault.Integrity},
		{"gone", s.options(), gone, fault.Usage},
		{"none", s.options(), submit.Consignment{Year: 2017}, fault.Usage},
		{"no PIN", noPIN, consignment(t, 10, "a.tar"), fault.Usage},
	} {
		if _, err := submit.Send(t.Context(), tc.opts, tc.cons); fault.KindOf(err) != tc.kind || len(s.paths) > 0 {
			t.Errorf("%s: %v, asked %v", tc.name, err, s.paths)
		}
	}
}

func TestNothingLeavesWithoutTheJournal(t *testing.T) {
	s := startSite(t)
	opts := s.options()
	opts.Events = &recorder{fail: errJournal}
	if _, _, err := s.send(t, opts); !errors.Is(err, errJournal) || s.uploads != 0 {
		t.Errorf("%v, %d uploads", err, s.uploads)
	}
}

// TestDoubt: what may have arrived is sent again only when asked for, and
// never when the server lists it under a name of its own.
func TestDoubt(t *testing.T) {
	const own, shared = "iplos-0403-00-2017-a1.tar", "part-0001.p7m"
	for _, tc := range []struct {
		name                  string
		file                  string
		doubt, listed, resend bool
		uploads               int
		kind                  fault.Kind
	}{
		{"not listed", own, true, false, false, 0, fault.Unknown},
		{"not listed, resend", own, true, false, true, 1, ""},
		{"listed", own, true, true, false, 0, ""},
		{"listed, resend", own, true, true, true, 0, ""},
		{"another's part listed", shared, true, true, false, 0, fault.Unknown},
		{"another's part listed, resend", shared, true, true, true, 1, ""},
		{"no doubt, another's part listed", shared, false, true, false, 1, ""},
		{"no doubt, listed all the same", own, false, true, false, 0, ""},
		{"sent before, resend", own, false, true, true, 1, ""},
	} {
		s := startSite(t)
		if tc.listed {
			s.inside += "<table><tr><td>" + tc.file + "</td><td>03.01.2018</td></tr></table>"
		}
		opts := s.options()
		opts.Resend = tc.resend
		cons := consignment(t, 100, tc.file)
		cons.Files[0].Doubt = tc.doubt
		_, err := submit.Send(t.Context(), opts, cons)
		if fault.KindOf(err) != tc.kind || s.uploads != tc.uploads {
			t.Errorf("%s: kind %q, %d uploads (%v)", tc.name, fault.KindOf(err), s.uploads, err)
		}
	}
}

// TestSeveralParts: one post each, and after a fault the rest is not sent.
func TestSeveralParts(t *testing.T) {
	names := []string{"part-0001.p7m", "part-0002.p7m", "manifest.p7m"}
	s := startSite(t)
	ok := s.upload
	s.upload = func(w http.ResponseWriter, r *http.Request) {
		if s.uploads == 2 {
			s.store(r)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		ok(w, r)
	}
	var last submit.Progress
	opts := s.options()
	opts.Progress = func(p submit.Progress) {
		if p.Sent < last.Sent || p.Total != 9003 {
			t.Errorf("progress %+v after %+v", p, last)
		}
		last = p
	}
	out, ev, err := s.send(t, opts, names...)
	if fault.KindOf(err) != fault.Unknown || s.uploads != 2 {
		t.Fatalf("%v, %d uploads", err, s.uploads)
	}
	got := fmt.Sprint(out.Files[0].State, out.Files[1].State, out.Files[2].State)
	if got != fmt.Sprint(submit.Uploaded, submit.Unknown, submit.NotSent) {
		t.Errorf("states %s", got)
	}
	if fmt.Sprint(ev.began) != fmt.Sprint(names[:2]) || last.Sent != 6001 || last.Index != 2 {
		t.Errorf("began %v, progress %+v", ev.began, last)
	}
}

func TestSessionExpiresBetweenParts(t *testing.T) {
	s := startSite(t)
	ok := s.upload
	s.upload = func(w http.ResponseWriter, r *http.Request) {
		s.inside = "<p>Økten er utløpt</p>" + loginForm
		ok(w, r)
	}
	out, _, err := s.send(t, s.options(), "a.p7m", "b.p7m")
	if fault.KindOf(err) != fault.Refused || out.Files[0].State != submit.Uploaded || out.Files[1].State != submit.NotSent {
		t.Errorf("%v %+v", err, out.Files)
	}
}

func TestSecretsStayInside(t *testing.T) {
	s := startSite(t)
	s.upload = func(w http.ResponseWriter, r *http.Request) {
		s.store(r)
		_, _ = io.WriteString(w, "<p>Filen er mottatt. PIN "+testPIN+" er brukt.</p>")
	}
	var log bytes.Buffer
	opts := s.options()
	opts.HTTP.Logger = zerolog.New(&log).Level(zerolog.TraceLevel)
	out, ev, err := s.send(t, opts)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"log": log.String(), "outcome": fmt.Sprintf("%+v", out), "journal": fmt.Sprintf("%+v", ev), "addresses": strings.Join(s.paths, " ")} {
		if strings.Contains(text, testPIN) {
			t.Errorf("the PIN stands in the %s: %s", what, text)
		}
	}
	if !strings.Contains(log.String(), `"path":"/s/last"`) {
		t.Errorf("the log lacks the upload: %s", log.String())
	}
}

func TestInterrupted(t *testing.T) {
	s := startSite(t)
	release := make(chan struct{})
	s.upload = func(_ http.ResponseWriter, r *http.Request) { s.store(r); <-release }
	t.Cleanup(func() { close(release) })
	ctx, cancel := contextWithCancel(t)
	opts := s.options()
	opts.Progress = func(p submit.Progress) {
		if p.Sent == p.Total {
			time.AfterFunc(50*time.Millisecond, cancel)
		}
	}
	ev := &recorder{}
	opts.Events = ev
	out, err := submit.Send(ctx, opts, consignment(t, 3000, "a.tar"))
	if fault.KindOf(err) != fault.Unknown || out.State != submit.Unknown {
		t.Errorf("after the body: %v %q", err, out.State)
	}
	ev.checkTruth(t, out)
	cancel()
	out, err = submit.Send(ctx, s.options(), consignment(t, 3000, "a.tar"))
	if fault.KindOf(err) != fault.Interrupted || out.State != submit.NotSent {
		t.Errorf("before anything: %v %q", err, out.State)
	}
}
