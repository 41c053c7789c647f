// Package httpx makes the one HTTP client of the program. It verifies TLS at
// 1.2 or better, uses a proxy only when told to, ends connections that stall,
// logs requests without secrets and gives every failure a [Class].
package httpx

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/net/http/httpproxy"

	"iplos/internal/fault"
)

// The defaults of [Options].
const (
	DefaultConnectTimeout   = 15 * time.Second
	DefaultHandshakeTimeout = 15 * time.Second
	DefaultHeaderTimeout    = 5 * time.Minute
	DefaultStallTimeout     = 60 * time.Second
	// DefaultStallBytes in DefaultStallTimeout is what a line must carry to
	// count as alive: a server that sends a byte a second has stalled.
	DefaultStallBytes = 1024
	// DefaultContinueTimeout is how long a request with "Expect:
	// 100-continue" waits for a server that does not know the header.
	DefaultContinueTimeout = 2 * time.Second
	// maxHeaderBytes bounds the head of a response; real ones are a few kB.
	maxHeaderBytes = 256 << 10
	// ioBuffer is the transport's buffer: with the standard 4 kB a large
	// upload spends its time in system calls.
	ioBuffer = 64 << 10
)

// EnvironmentProxy as Options.Proxy takes the proxy from HTTPS_PROXY,
// HTTP_PROXY and NO_PROXY.
const EnvironmentProxy = "environment"

// Options say how the client connects. Zero values are the defaults, and no
// proxy.
type Options struct {
	// CAFile holds PEM certificates trusted beside the system's own.
	CAFile string
	// Proxy is a URL, EnvironmentProxy, or empty for none. NoProxy overrides
	// it.
	Proxy   string
	NoProxy bool
	// LoopbackOnly refuses to connect to anything but this machine, whatever
	// a name resolves to.
	LoopbackOnly bool

	ConnectTimeout   time.Duration
	HandshakeTimeout time.Duration
	// HeaderTimeout runs from the last byte of the request to the end of the
	// response's head.
	HeaderTimeout time.Duration
	// StallTimeout ends a body, in either direction, that moved fewer than
	// StallBytes in that time.
	StallTimeout time.Duration
	StallBytes   int64
	// ContinueTimeout is how long a request with "Expect: 100-continue"
	// waits before it sends its body all the same.
	ContinueTimeout time.Duration
	// MaxResponse bounds each response body in bytes; 0 is no bound. See also
	// ReadBody.
	MaxResponse int64
	// FreshConnections uses a new connection for each request, so that the
	// transport has no reason to send one again.
	FreshConnections bool

	Logger    zerolog.Logger
	UserAgent string
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.ConnectTimeout, DefaultConnectTimeout)
	set(&o.HandshakeTimeout, DefaultHandshakeTimeout)
	set(&o.HeaderTimeout, DefaultHeaderTimeout)
	set(&o.StallTimeout, DefaultStallTimeout)
	set(&o.ContinueTimeout, DefaultContinueTimeout)
	if o.StallBytes == 0 {
		o.StallBytes = DefaultStallBytes
	}
	if o.UserAgent == "" {
		o.UserAgent = "iplos"
	}
	return o
}

// New makes a client without cookies that follows redirects on the same host
// only. Errors are fault.Usage: a CA file or proxy that is no good. Errors of
// its requests hold an [*Error].
func New(opts Options) (*http.Client, error) {
	opts = opts.withDefaults()
	roots, err := rootPool(opts.CAFile)
	if err != nil {
		return nil, err
	}
	proxy, err := proxyFunc(opts)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: opts.ConnectTimeout}
	if opts.LoopbackOnly {
		dialer.Control = loopbackControl
	}
	// HTTP/1.1 only: HTTP/2 sends a request again by itself when a server
	// resets the stream, and an upload must go once.
	base := &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswer,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    opts.HandshakeTimeout,
		ResponseHeaderTimeout:  opts.HeaderTimeout,
		ExpectContinueTimeout:  opts.ContinueTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true,
		DisableKeepAlives:      opts.FreshConnections,
		IdleConnTimeout:        30 * time.Second,
		WriteBufferSize:        ioBuffer,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	return &http.Client{Transport: &transport{base: base, opts: opts}, CheckRedirect: SameHost(10)}, nil
}

func proxyFunc(opts Options) (func(*http.Request) (*url.URL, error), error) {
	switch {
	case opts.NoProxy || opts.Proxy == "":
		return nil, nil //nolint:nilnil // no proxy is a nil function in http.Transport
	case opts.Proxy == EnvironmentProxy:
		f := httpproxy.FromEnvironment().ProxyFunc()
		return func(r *http.Request) (*url.URL, error) { return f(r.URL) }, nil
	}
	u, err := url.Parse(opts.Proxy)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5") {
		// Not wrapped: url.Error would print a password in the address.
		return nil, fault.New(fault.Usage, "http.proxy.invalid")
	}
	return http.ProxyURL(u), nil
}

func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{status: resp.StatusCode}
	}
	return nil
}

// loopbackControl looks at the address a name became, just before connecting.
func loopbackControl(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !ap.Addr().Unmap().IsLoopback() {
		return errNotLoopback
	}
	return nil
}

// IsLoopback tells whether the address names this machine: "localhost" or a
// literal loopback IP address, as http or https. Anything doubtful is not.
func IsLoopback(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// RedirectError says that a redirect left the host, or that there were too
// many. The redirect was not followed.
type RedirectError struct {
	// From is the host that was asked, Host where the redirect led; empty
	// when there were too many.
	From, Host string
}

func (e *RedirectError) Error() string {
	if e.Host == "" {
		return "too many redirects"
	}
	return fmt.Sprintf("redirect to another host %q", e.Host)
}

// SameHost is a redirect policy: at most that many, on the same host, and
// never from https to http.
func SameHost(limit int) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		if len(via) >= limit {
			return &RedirectError{From: req.URL.Host}
		}
		return CheckSameHost(via[0].URL, req.URL)
	}
}

// CheckSameHost returns a *RedirectError unless both addresses have the same
// scheme, host and port.
func CheckSameHost(from, to *url.URL) error {
	if from.Scheme == to.Scheme && strings.EqualFold(from.Hostname(), to.Hostname()) && port(from) == port(to) {
		return nil
	}
	return &RedirectError{From: from.Host, Host: to.Host}
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func readCA(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "http.ca.unreadable", "file", path)
	}
	return data, nil
}
