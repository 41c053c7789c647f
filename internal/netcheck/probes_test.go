package netcheck

import (
	"bufio"
	"crypto/tls"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"iplos/internal/journal"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

func TestAllWell(t *testing.T) {
	got := start(t, pageHandler(200, goodPage), nil).run(t)
	if !got.OK || got.Err() != nil {
		t.Fatalf("%+v", got.Steps)
	}
	var names []string
	for _, s := range got.Steps {
		names = append(names, s.Name)
	}
	if strings.Join(names, " ") != "clock proxy dns tcp tls http" {
		t.Errorf("steps %q", names)
	}
	expect(t, got, "dns", true, "dns.answer")
	expect(t, got, "tcp", true, "tcp.open")
	expect(t, got, "tls", true, "tls.seen")
	expect(t, got, "http", true, "http.ok")
	if title := got.Step("http").Detail[0].Args[3]; title != "IPIS Sendemodul" {
		t.Errorf("title %q", title)
	}
	if got.Source != "127.0.0.1" {
		t.Errorf("source %q", got.Source)
	}
}

func TestDNS(t *testing.T) {
	cases := []struct {
		name    string
		servers []dns.HandlerFunc
		ok      bool
		want    []string
	}{
		{"nxdomain", []dns.HandlerFunc{answerCode(dns.RcodeNameError)}, false, []string{"dns.nxdomain", "dns.nxdomain.secure"}},
		{"no data", []dns.HandlerFunc{answerWith()}, false, []string{"dns.nxdomain"}},
		{"servfail", []dns.HandlerFunc{answerCode(dns.RcodeServerFailure)}, false, []string{"dns.servfail", "dns.servfail.advice"}},
		{"lame", []dns.HandlerFunc{func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(new(dns.Msg).SetReply(q)) }}, false, []string{"dns.error"}},
		{"refused", []dns.HandlerFunc{answerCode(dns.RcodeRefused)}, false, []string{"dns.servfail.advice"}},
		{"timeout", []dns.HandlerFunc{silent}, false, []string{"dns.timeout", "dns.timeout.advice", "firewall.rule.dns"}},
		{"one of two is silent", []dns.HandlerFunc{silent, answerWith("127.0.0.1")}, true, []string{"dns.timeout", "dns.answer"}},
		{"one of two does not know", []dns.HandlerFunc{answerCode(dns.RcodeNameError), answerWith("127.0.0.1")}, true, []string{"dns.nxdomain", "dns.answer"}},
		{"they disagree", []dns.HandlerFunc{answerWith("127.0.0.1"), answerWith("127.0.0.2")}, true, []string{"dns.disagree"}},
		{"another address", []dns.HandlerFunc{answerWith("127.0.0.1", "192.0.2.7")}, true, []string{"dns.other", "dns.other.advice"}},
		{"the published address", []dns.HandlerFunc{answerWith("91.186.94.110")}, true, []string{"dns.answer"}},
		{"IPv6", []dns.HandlerFunc{answerWith("::1", "127.0.0.1")}, true, []string{"dns.answer"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, pageHandler(200, goodPage), nil)
			r.opts.Servers = nil
			for _, s := range c.servers {
				r.opts.Servers = append(r.opts.Servers, nameServer(t, s))
			}
			s, err := newSession(r.opts.withDefaults())
			if err != nil {
				t.Fatal(err)
			}
			p := probes()[2]
			step, err := runProbe(t.Context(), p, s)
			if err != nil {
				t.Fatal(err)
			}
			if !step.OK { // as Run does
				step.Advice = append(step.Advice, s.result.firewallRule())
			}
			s.result.Steps = append(s.result.Steps, step)
			expect(t, s.result, "dns", c.ok, c.want...)
			if c.name == "the published address" && len(step.Warnings) > 0 {
				t.Errorf("warnings %q", ids(step.Warnings))
			}
			if c.ok && step.MS > 1500 {
				t.Errorf("%d ms", step.MS)
			}
		})
	}
}

func TestHostsFile(t *testing.T) {
	r := start(t, pageHandler(200, goodPage), nil)
	r.opts.Servers = []string{nameServer(t, answerCode(dns.RcodeNameError))}
	if err := os.WriteFile(r.hosts, []byte("# gammel\n127.0.0.1\tIplos.NHN.no\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := r.run(t)
	expect(t, got, "dns", true, "dns.hosts")
	if !got.OK {
		t.Errorf("%+v", got.Steps)
	}
}

func TestLiteralAddress(t *testing.T) {
	r := start(t, pageHandler(200, goodPage), func(a *authority, c *tls.Config) {
		c.Certificates = []tls.Certificate{a.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "127.0.0.1")}
	})
	r.opts.URL = "https://127.0.0.1:" + r.port + "/"
	got := r.run(t)
	expect(t, got, "dns", true, "dns.literal")
	if !got.OK {
		t.Errorf("%+v", got.Steps)
	}
}

func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{}
	r.listen(t, l.Addr())
	l.Close()
	r.opts.Servers = []string{nameServer(t, answerWith("127.0.0.1"))}
	got := r.run(t)
	expect(t, got, "tcp", false, "tcp.refused", "tcp.refused.advice", "firewall.rule")
}

func TestSomeAddressesAnswer(t *testing.T) {
	r := start(t, pageHandler(200, goodPage), nil)
	r.opts.Servers = []string{nameServer(t, answerWith("127.0.0.9", "127.0.0.1"))}
	got := r.run(t)
	expect(t, got, "tcp", true, "tcp.refused", "tcp.open", "tcp.some", "firewall.rule")
	if !got.OK {
		t.Errorf("%+v", got.Steps)
	}
}

func TestTLS(t *testing.T) {
	now := time.Now()
	cases := []struct {
		name   string
		ok     bool
		config func(*testing.T, *authority, *tls.Config)
		want   []string
	}{
		{"wrong name", false, func(t *testing.T, a *authority, c *tls.Config) {
			c.Certificates[0] = a.issue(t, now.Add(-time.Hour), now.Add(time.Hour), "portal.example.no")
		}, []string{"tls.name", "tls.name.advice"}},
		{"expired", false, func(t *testing.T, a *authority, c *tls.Config) {
			c.Certificates[0] = a.issue(t, now.Add(-48*time.Hour), now.Add(-time.Hour), host)
		}, []string{"tls.expired", "tls.expired.advice"}},
		{"not yet valid", false, func(t *testing.T, a *authority, c *tls.Config) {
			c.Certificates[0] = a.issue(t, now.Add(time.Hour), now.Add(48*time.Hour), host)
		}, []string{"tls.early"}},
		{"self-signed", false, func(t *testing.T, _ *authority, c *tls.Config) {
			c.Certificates[0] = (*authority)(nil).issue(t, now.Add(-time.Hour), now.Add(time.Hour), host)
		}, []string{"tls.selfsigned", "tls.untrusted.advice"}},
		{"unknown issuer", false, func(t *testing.T, _ *authority, c *tls.Config) {
			other := newAuthority(t, pkix.Name{CommonName: "Ukjent CA"})
			c.Certificates[0] = other.issue(t, now.Add(-time.Hour), now.Add(time.Hour), host)
		}, []string{"tls.untrusted"}},
		{"inspected, not trusted", false, func(t *testing.T, _ *authority, c *tls.Config) {
			other := newAuthority(t, pkix.Name{CommonName: "FG100", Organization: []string{"Fortinet"}})
			c.Certificates[0] = other.issue(t, now.Add(-time.Hour), now.Add(time.Hour), host)
		}, []string{"tls.intercepted", "tls.intercepted.advice"}},
		{"old version", false, func(_ *testing.T, _ *authority, c *tls.Config) {
			c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11
		}, []string{"tls.version", "tls.version.advice"}},
		{"wrong in two ways", false, func(t *testing.T, a *authority, c *tls.Config) {
			c.Certificates[0] = a.issue(t, now.Add(-48*time.Hour), now.Add(-time.Hour), "annen.no")
		}, []string{"tls.expired", "tls.name"}},
		{"TLS 1.2", true, func(_ *testing.T, _ *authority, c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, []string{"tls.seen"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := start(t, pageHandler(200, goodPage), func(a *authority, tc *tls.Config) { c.config(t, a, tc) }).run(t)
			expect(t, got, "tls", c.ok, c.want...)
			for _, d := range got.Step("tls").Detail {
				for _, arg := range d.Args {
					if at, ok := arg.(time.Time); ok && at.Location().String() != journal.Oslo().String() {
						t.Errorf("%s is not told in Norwegian time: %s", d.ID, at)
					}
				}
			}
		})
	}
}

// TestTrustedInspection has the machine trust the product that inspects.
func TestTrustedInspection(t *testing.T) {
	product := newAuthority(t, pkix.Name{CommonName: "Zscaler Root CA", Organization: []string{"Zscaler Inc."}})
	r := start(t, pageHandler(200, goodPage), func(_ *authority, c *tls.Config) {
		c.Certificates[0] = product.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), host)
	})
	r.opts.CAFile = product.file
	got := r.run(t)
	expect(t, got, "tls", true, "tls.inspected", "tls.inspected.advice")
}

func TestNotTLS(t *testing.T) {
	cases := map[string]struct {
		serve func(net.Conn)
		want  string
	}{
		"plain HTTP": {func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, "tls.plain"},
		"cut":        {func(net.Conn) {}, "tls.cut"},
		"silent":     {func(c net.Conn) { io.Copy(io.Discard, c) }, "tls.timeout"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := &rig{}
			r.listen(t, serve(t, func(conn net.Conn) {
				if name != "silent" {
					bufio.NewReader(conn).Peek(1)
				}
				c.serve(conn)
				conn.Close()
			}))
			r.opts.Servers = []string{nameServer(t, answerWith("127.0.0.1"))}
			r.opts.Timeout = 300 * time.Millisecond
			expect(t, r.run(t), "tls", false, c.want)
		})
	}
}

func TestHTTP(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/inne" {
				pageHandler(200, goodPage)(w, r)
				return
			}
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}
	cases := []struct {
		name    string
		handler http.HandlerFunc
		ok      bool
		want    string
	}{
		{"portal page", pageHandler(200, "<title>Velkommen til gjestenettet</title>Logg inn"), false, "http.other"},
		{"block page that names the address", pageHandler(200, "<h1>Sperret</h1>https://IPLOS.nhn.no/Sendemodul/ og iplos.nhn.no er ikke tillatt"), false, "http.other"},
		{"empty page", pageHandler(200, ""), false, "http.other"},
		{"portal redirect", redirect("https://portal.example.no/login?next=x"), false, "http.redirect"},
		{"plain redirect", redirect("http://" + host + "/"), false, "http.redirect"},
		{"own redirect", redirect("/inne"), true, "http.ok"},
		{"redirect loop", redirect("/ring"), false, "http.redirect"},
		{"not found", pageHandler(404, "Sendemodul"), false, "http.refused"},
		{"forbidden", pageHandler(403, "nei"), false, "http.refused"},
		{"down", pageHandler(503, "Service Unavailable"), false, "http.down"},
		{"asks for proxy login", pageHandler(407, ""), false, "http.proxyauth"},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, false, "http.timeout"},
		{"clock ahead", serverClock(-time.Hour), true, "http.ahead"},
		{"clock behind", serverClock(time.Hour), true, "http.behind"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, c.handler, nil)
			if c.name == "slow" {
				r.opts.Timeout = 300 * time.Millisecond
			}
			got := r.run(t)
			expect(t, got, "http", c.ok, c.want)
			if s := fmt.Sprint(got.Step("http")); strings.Contains(s, "next=x") {
				t.Error("the query of a redirect is shown")
			}
		})
	}
}

// serverClock answers with a clock that is that far off this machine's.
func serverClock(off time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		pageHandler(200, goodPage)(w, r)
	}
}

// TestProxy has the program use a proxy, which tunnels or refuses.
func TestProxy(t *testing.T) {
	tunnel := true
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !tunnel || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		forward(w, r)
	}))
	defer proxy.Close()
	r := start(t, pageHandler(200, goodPage), nil)
	r.opts.Proxy = proxy.URL
	got := r.run(t)
	expect(t, got, "proxy", true, "proxy.used", "proxy.unneeded")
	if !got.OK {
		t.Errorf("through a proxy: %+v", got.Steps)
	}
	tunnel = false
	expect(t, r.run(t), "tls", false, "tls.proxy", "tls.proxy.advice")

	r.opts.Proxy = ""
	r.opts.Environment = func(*url.URL) (*url.URL, error) { return url.Parse("http://bruker:hemmelig@proxy.lokal:8080") }
	got = r.run(t)
	expect(t, got, "proxy", true, "proxy.environment", "proxy.direct.advice")
	if !got.OK || strings.Contains(fmt.Sprint(got), "hemmelig") {
		t.Errorf("%+v", got)
	}
}

func TestClock(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	cases := []struct {
		now  string
		want int // warnings
	}{
		{"2027-01-05T08:00:00+01:00", 0},
		{"2027-07-05T08:00:00+02:00", 0},
		{"2027-07-05T08:00:00+01:00", 1},
		{"2027-03-28T00:59:59+00:00", 1},
		{"2027-03-28T01:59:59+01:00", 0},
		{"2027-03-28T03:00:00+02:00", 0},
		{"2027-10-31T02:59:59+02:00", 0},
		{"2027-10-31T02:00:00+01:00", 0},
		{"2015-01-05T08:00:00+01:00", 1},
	}
	for _, c := range cases {
		s := &session{opts: Options{Now: func() time.Time { return at(c.now) }}}
		if o := probeClock(t.Context(), s); len(o.warnings) != c.want {
			t.Errorf("%s: %q", c.now, ids(o.warnings))
		} else if args := o.detail[0].Args; args[1].(time.Time).Location().String() != journal.Oslo().String() {
			t.Errorf("%s is told in %v", c.now, args)
		}
	}
}

func TestUsage(t *testing.T) {
	target, _ := FindTarget(Filsluse)
	for _, o := range []Options{
		{Target: target, URL: "ftp://x"},
		{Target: target, URL: "://"},
		{Target: target, URL: "https://"},
		{Target: target, CAFile: "/finnes/ikke"},
		{Target: target, Proxy: "nei"},
	} {
		if _, err := Run(t.Context(), o); err == nil {
			t.Errorf("%+v passed", o)
		}
	}
}
