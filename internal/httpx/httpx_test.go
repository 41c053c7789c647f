package httpx_test

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/fault"
	"iplos/internal/httpx"
)

func caFile(t *testing.T, s *httptest.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newClient(t *testing.T, opts httpx.Options) *http.Client {
	t.Helper()
	c, err := httpx.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(h)
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	return s
}

func TestLocalCAIsNeededAndEnough(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hei") })
	_, err := newClient(t, httpx.Options{}).Get(s.URL)
	if got := httpx.ClassOf(err); got != httpx.TLS {
		t.Errorf("without the CA: class %q, want tls (%v)", got, err)
	}
	resp, err := newClient(t, httpx.Options{CAFile: caFile(t, s)}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := httpx.ReadBody(resp, 10); string(data) != "hei" || err != nil {
		t.Errorf("body %q, %v", data, err)
	}
}

func TestBadCAFileAndProxyAreUsage(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(empty, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]httpx.Options{
		"missing":       {CAFile: empty + ".missing"},
		"empty":         {CAFile: empty},
		"proxy scheme":  {Proxy: "ftp://proxy:1"},
		"proxy no host": {Proxy: "proxy:3128"},
	} {
		if _, err := httpx.New(opts); fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := newClient(t, httpx.Options{CAFile: caFile(t, s)}).Get(s.URL)
	if got := httpx.ClassOf(err); got != httpx.TLS {
		t.Errorf("class %q, want tls (%v)", got, err)
	}
}

func TestProxyOnlyWhenTold(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	t.Setenv("NO_PROXY", "")
	target := strings.Replace(s.URL, "127.0.0.1", "example.com", 1) // loopback never goes by the environment's proxy
	for name, tc := range map[string]struct {
		opts httpx.Options
		url  string
		want httpx.Class
	}{
		"environment ignored":  {httpx.Options{}, s.URL, ""},
		"explicit":             {httpx.Options{Proxy: proxy.URL}, s.URL, httpx.Proxy},
		"explicit, overridden": {httpx.Options{Proxy: proxy.URL, NoProxy: true}, s.URL, ""},
		"environment asked":    {httpx.Options{Proxy: httpx.EnvironmentProxy}, target, httpx.Proxy},
		"proxy not there":      {httpx.Options{Proxy: "http://127.0.0.1:1"}, s.URL, httpx.Proxy},
	} {
		tc.opts.CAFile = caFile(t, s)
		resp, err := newClient(t, tc.opts).Get(tc.url)
		if err == nil {
			resp.Body.Close()
		}
		if got := httpx.ClassOf(err); got != tc.want {
			t.Errorf("%s: class %q, want %q (%v)", name, got, tc.want, err)
		}
	}
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	other := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/here":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	})
	c := newClient(t, httpx.Options{CAFile: caFile(t, s)})
	resp, err := c.Get(s.URL + "/here")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, path := range []string{"/away", "/loop"} {
		_, err := c.Get(s.URL + path)
		if _, ok := errors.AsType[*httpx.RedirectError](err); !ok {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestCheckSameHost(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		ok       bool
	}{
		{"https://a.no/x", "https://A.no:443/y", true},
		{"http://a.no:80", "http://a.no/", true},
		{"https://a.no", "http://a.no", false},
		{"https://a.no", "https://b.a.no", false},
		{"https://a.no", "https://a.no:8443", false},
		{"https://a.no", "https://a.no@b.no/", false},
	} {
		from, _ := url.Parse(tc.from)
		to, _ := url.Parse(tc.to)
		if err := httpx.CheckSameHost(from, to); (err == nil) != tc.ok {
			t.Errorf("%s → %s: %v", tc.from, tc.to, err)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://127.0.0.1:8443/x": true, "https://localhost/": true, "http://LOCALHOST:80": true,
		"https://[::1]:1/": true, "https://127.9.9.9/": true, "https://[::ffff:127.0.0.1]/": true,
		"https://iplos.nhn.no/": false, "https://localhost.evil.no/": false, "https://127.0.0.1.evil.no/": false,
		"https://127.1/": false, "https://0.0.0.0/": false, "https://localhost@evil.no/": false, "localhost": false,
		"ftp://localhost/": false, "": false, "https://[fe80::1%25lo]/": false, "://": false,
	} {
		if got := httpx.IsLoopback(raw); got != want {
			t.Errorf("%q: %v", raw, got)
		}
	}
}

func TestLoopbackOnlyLooksAtTheAddress(t *testing.T) {
	c := newClient(t, httpx.Options{LoopbackOnly: true})
	_, err := c.Get("http://192.0.2.1/") // TEST-NET-1: would hang without the guard
	if got := httpx.ClassOf(err); got != httpx.Unreachable {
		t.Errorf("class %q (%v)", got, err)
	}
}

func TestLogHoldsNoSecret(t *testing.T) {
	const canary = "KANARI"
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "s="+canary)
		_, _ = io.WriteString(w, canary)
	})
	var log bytes.Buffer
	c := newClient(t, httpx.Options{CAFile: caFile(t, s), Logger: zerolog.New(&log).Level(zerolog.TraceLevel)})
	for _, base := range []string{s.URL, "https://127.0.0.1:1"} {
		req, _ := http.NewRequest(http.MethodPost, base+"/a/b;jsessionid="+canary+"?pin="+canary, strings.NewReader("pin="+canary))
		req.Header.Set("Authorization", "Bearer "+canary)
		resp, err := c.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if e, ok := errors.AsType[*httpx.Error](err); ok && strings.Contains(e.Error(), canary) {
			t.Errorf("error shows the secret: %v", e)
		}
	}
	if strings.Contains(log.String(), canary) {
		t.Errorf("the log shows the secret: %s", log.String())
	}
	for _, want := range []string{`"method":"POST"`, `"path":"/a/b"`, `"status":200`, `"class":"refused"`, `"ms":`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, log.String())
		}
	}
}

func TestResponseLimits(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 100)) })
	for _, tc := range []struct {
		name  string
		opts  httpx.Options
		limit int64
	}{
		{"client", httpx.Options{MaxResponse: 99}, 1000},
		{"reader", httpx.Options{}, 99},
	} {
		tc.opts.CAFile = caFile(t, s)
		resp, err := newClient(t, tc.opts).Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		data, err := httpx.ReadBody(resp, tc.limit)
		if httpx.ClassOf(err) != httpx.TooLarge || len(data) != 99 {
			t.Errorf("%s: %d bytes, %v", tc.name, len(data), err)
		}
	}
	resp, err := newClient(t, httpx.Options{MaxResponse: 100, CAFile: caFile(t, s)}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := httpx.ReadBody(resp, 100); len(data) != 100 || err != nil {
		t.Errorf("exactly the limit: %d bytes, %v", len(data), err)
	}
}

// TestClasses meets each failure of a connection as it happens.
func TestClasses(t *testing.T) {
	cut := listen(t, func(c net.Conn) { _ = c.Close() })
	junk := listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n"); _, _ = io.Copy(io.Discard, c) })
	silent := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	half := listen(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
		_ = c.Close()
	})
	drip := listen(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
		for {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			<-time.After(20 * time.Millisecond)
		}
	})
	opts := httpx.Options{
		ConnectTimeout: 2 * time.Second, HandshakeTimeout: 200 * time.Millisecond,
		HeaderTimeout: 200 * time.Millisecond, StallTimeout: 200 * time.Millisecond,
	}
	for _, tc := range []struct {
		url  string
		want httpx.Class
	}{
		{"http://127.0.0.1:1/", httpx.Refused},
		{"http://no-such-host.invalid/", httpx.DNS},
		{"http://" + cut, httpx.Cut},
		{"https://" + cut, httpx.Cut},
		{"http://" + junk, httpx.Protocol},
		{"https://" + junk, httpx.TLS},
		{"http://" + silent, httpx.Timeout},
		{"https://" + silent, httpx.Timeout},
		{"http://" + half, httpx.Cut},
		{"http://" + drip, httpx.Stalled},
	} {
		resp, err := newClient(t, opts).Get(tc.url)
		if err == nil {
			_, err = httpx.ReadBody(resp, 1<<20)
		}
		if got := httpx.ClassOf(err); got != tc.want {
			t.Errorf("%s: class %q, want %q (%v)", tc.url, got, tc.want, err)
		}
		if k := httpx.Fault(err).Kind; k != fault.Network {
			t.Errorf("%s: kind %q", tc.url, k)
		}
	}
}

// listen serves each connection with f until the test ends.
func listen(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); f(c) }()
		}
	}()
	return l.Addr().String()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestUploadStalls(t *testing.T) {
	deaf := listen(t, func(c net.Conn) {
		b := make([]byte, 1)
		for {
			if _, err := c.Read(b); err != nil {
				return
			}
			<-time.After(50 * time.Millisecond)
		}
	})
	req, _ := http.NewRequest(http.MethodPost, "http://"+deaf, io.LimitReader(zeros{}, 1<<30))
	req.ContentLength = 1 << 30
	_, err := newClient(t, httpx.Options{StallTimeout: 300 * time.Millisecond}).Do(req)
	if httpx.ClassOf(err) != httpx.Stalled {
		t.Errorf("class %q (%v)", httpx.ClassOf(err), err)
	}
}
