package netcheck

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"time"

	"golang.org/x/net/http/httpproxy"

	"iplos/internal/fault"
)

// DefaultTimeout is how long each step may take. A firewall that drops
// packets is only told by waiting.
const DefaultTimeout = 5 * time.Second

// Options say what is checked and how. The zero value of everything but
// Target is the default.
type Options struct {
	Target Target
	// URL is checked instead of the target's own.
	URL string
	// Timeout bounds each step.
	Timeout time.Duration
	// Proxy is what the program itself uses for this target: a URL,
	// "environment", or empty for none.
	Proxy string
	// CAFile holds PEM certificates trusted beside the system's own.
	CAFile string
	// Now is the machine's clock unless a test says otherwise: it is that
	// clock which certificates are judged by in every connection, so no other
	// one is of use here.
	Now func() time.Time

	// Servers are name servers ("host:port"), instead of the machine's own.
	Servers []string
	// HostsFile is read instead of the machine's own.
	HostsFile string
	// Environment finds the proxy in the environment, for tests.
	Environment func(*url.URL) (*url.URL, error)
}

func (o Options) withDefaults() Options {
	if o.URL == "" {
		o.URL = o.Target.URL
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HostsFile == "" {
		o.HostsFile = hostsFile()
	}
	if o.Environment == nil {
		o.Environment = httpproxy.FromEnvironment().ProxyFunc()
	}
	return o
}

// session is what the probes of one run learn for each other.
type session struct {
	opts  Options
	url   *url.URL
	host  string // connected to: the target, or the proxy
	port  string
	proxy *url.URL // used by the program itself
	roots *x509.CertPool

	addrs  []netip.Addr // what the name gave
	open   netip.Addr   // accepted a connection
	result *Result
}

// outcome is what a probe says.
type outcome struct {
	ok                       bool
	detail, warnings, advice []Text
}

func (o *outcome) say(id string, args ...any)    { o.detail = append(o.detail, text(id, args...)) }
func (o *outcome) warn(id string, args ...any)   { o.warnings = append(o.warnings, text(id, args...)) }
func (o *outcome) advise(id string, args ...any) { o.advice = append(o.advice, text(id, args...)) }

// probe is one step. A probe that only advises always passes.
type probe struct {
	name    string
	advises bool
	run     func(context.Context, *session) outcome
}

// probes is the table of steps, in order.
func probes() []probe {
	return []probe{
		{name: "clock", advises: true, run: probeClock},
		{name: "proxy", advises: true, run: probeProxy},
		{name: "dns", run: probeDNS},
		{name: "tcp", run: probeTCP},
		{name: "tls", run: probeTLS},
		{name: "http", run: probeHTTP},
	}
}

// Run checks one target. The error is a fault of kind Usage, for options that
// cannot be used, or the context's; what the network does wrong is in the
// result.
func Run(ctx context.Context, opts Options) (*Result, error) {
	s, err := newSession(opts.withDefaults())
	if err != nil {
		return nil, err
	}
	s.result.Source = s.likelySource(ctx)
	failed := ""
	for _, p := range probes() {
		if failed != "" {
			s.result.Steps = append(s.result.Steps, Step{
				Name: p.name, Skipped: true, Detail: []Text{text("netcheck.skipped", "step", failed)},
			})
			continue
		}
		step, err := runProbe(ctx, p, s)
		if err != nil {
			return nil, err
		}
		if !step.OK {
			failed = p.name
			// What comes after a failed step fails too while the firewall is
			// closed, and IT can open it at once.
			step.Advice = append(step.Advice, s.result.firewallRule())
		}
		s.result.Steps = append(s.result.Steps, step)
	}
	s.result.OK = failed == ""
	return s.result, nil
}

func runProbe(ctx context.Context, p probe, s *session) (Step, error) {
	begin := time.Now()
	stepCtx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	o := p.run(stepCtx, s)
	if err := ctx.Err(); err != nil {
		return Step{}, fmt.Errorf("checking the network: %w", err)
	}
	return Step{
		Name: p.name, OK: o.ok || p.advises, MS: time.Since(begin).Milliseconds(),
		Detail: o.detail, Warnings: o.warnings, Advice: o.advice,
	}, nil
}

func newSession(opts Options) (*session, error) {
	u, err := url.Parse(opts.URL)
	if err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") {
		// Not wrapped: url.Error would repeat a password in the address.
		return nil, fault.New(fault.Usage, "netcheck.url")
	}
	s := &session{opts: opts, url: u, host: u.Hostname(), port: portOf(u)}
	if s.roots, err = loadRoots(opts.CAFile); err != nil {
		return nil, err
	}
	if s.proxy, err = ownProxy(opts, u); err != nil {
		return nil, err
	}
	if s.proxy != nil {
		s.host, s.port = s.proxy.Hostname(), portOf(s.proxy)
	}
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	s.result = &Result{At: opts.Now(), Target: opts.Target, URL: plain.String(), Host: s.host, Port: s.port, Steps: []Step{}}
	return s, nil
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	case u.Scheme == "socks5":
		return "1080"
	default:
		return "80"
	}
}

// loadRoots returns the system's certificates and the file's; nil is the
// system's own.
func loadRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // a nil pool is the system's own
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "netcheck.cafile", "file", file)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Usage, "netcheck.cafile", "file", file)
	}
	return pool, nil
}

// likelySource is this machine's address as long as the target's is not known:
// the one towards the published address, else all it has.
func (s *session) likelySource(ctx context.Context) string {
	if known := s.opts.Target.Published; len(known) > 0 && s.proxy == nil {
		if own := ownAddress(ctx, known[0], s.port); own != "" {
			return own
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	return machineAddresses(addrs)
}

// machineAddresses are those a firewall can see: not loopback or link-local.
func machineAddresses(all []net.Addr) string {
	var own []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().IsGlobalUnicast() {
			own = append(own, p.Addr())
		}
	}
	return joinAddrs(own)
}

// ownAddress returns the address this machine would use towards another.
// Connecting a UDP socket sends nothing.
func ownAddress(ctx context.Context, to netip.Addr, port string) string {
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", net.JoinHostPort(to.String(), port))
	if err != nil {
		return ""
	}
	defer c.Close() //nolint:errcheck // nothing was sent
	if a, ok := c.LocalAddr().(*net.UDPAddr); ok {
		return a.IP.String()
	}
	return ""
}
