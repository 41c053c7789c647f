package submit_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/fault"
	"iplos/internal/submit"
)

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
