package submit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/httpx"
	"iplos/internal/submit"
)

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
		{"closed", loginForm, `<p>Innsendingen er stengt</p>`, "submit.closed", 0},
		{"closed before login", `<h1>Sendemodul</h1><p>Innsendingen er stengt. Den åpner 2. januar 2018.</p>`, uploadForm, "submit.closed", 0},
		{"not open before login", `<p>Innsendingen er ikke åpen før 2. januar.</p>`, uploadForm, "submit.closed", 0},
		{"not open, nynorsk", `<p>Innsendinga er ikkje open enno</p>`, uploadForm, "submit.closed", 0},
		{"closed, English", `<p>Submission is closed</p>`, uploadForm, "submit.closed", 0},
		{"closed with a search form", `<p>Innsendingen er stengt</p><form action="sok"><input name="q"></form>`, uploadForm, "submit.closed", 0},
		{"closed is only what it would say", `<p>Hvis innsendingen er stengt, kom tilbake senere</p>`, uploadForm, "submit.form.login", 0},
		{"closed in the footer", `<p>Velkommen</p><footer>Kundesenteret er stengt i romjulen</footer>`, uploadForm, "submit.form.login", 0},
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
