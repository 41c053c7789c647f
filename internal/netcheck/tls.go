package netcheck

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// probeTLS makes a handshake that accepts any certificate and any version,
// sends nothing over it, and judges what was offered afterwards: that tells
// more than the first thing that is wrong.
func probeTLS(ctx context.Context, s *session) outcome {
	var o outcome
	if s.url.Scheme == "http" {
		o.ok = true
		o.say("netcheck.tls.none")
		return o
	}
	state, err := s.look(ctx)
	if err != nil {
		s.tellHandshake(&o, err)
		return o
	}
	leaf := state.PeerCertificates[0]
	o.say("netcheck.tls.seen", "version", tls.VersionName(state.Version), "name", certName(leaf),
		"issuer", issuerName(leaf), "until", leaf.NotAfter, "chain", len(state.PeerCertificates))
	o.ok = s.judge(&o, state)
	return o
}

// look returns what the server offers.
func (s *session) look(ctx context.Context) (tls.ConnectionState, error) {
	conn, err := s.dialTarget(ctx)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	c := tls.Client(conn, &tls.Config{
		ServerName: s.url.Hostname(),
		MinVersion: tls.VersionTLS10,
		// The certificate is verified by judge; no data is sent here.
		InsecureSkipVerify: true,
	})
	defer c.Close() //nolint:errcheck // nothing was sent
	if err := c.HandshakeContext(ctx); err != nil {
		return tls.ConnectionState{}, fmt.Errorf("shaking hands: %w", err)
	}
	return c.ConnectionState(), nil
}

// dialTarget connects to the address the tcp step found open and, through a
// proxy, on to the target.
func (s *session) dialTarget(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.open.String(), s.port))
	if err != nil || s.proxy == nil || s.url.Scheme == "http" {
		return conn, err
	}
	if err := connectThrough(ctx, conn, s.proxy, net.JoinHostPort(s.url.Hostname(), portOf(s.url))); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// proxyRefusal is a proxy's answer other than 200.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy answered %d %s", e.status, http.StatusText(e.status))
}

// connectThrough asks an HTTP proxy for a tunnel.
func connectThrough(ctx context.Context, conn net.Conn, proxy *url.URL, target string) error {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("talking to the proxy: %w", err)
		}
		defer conn.SetDeadline(time.Time{}) //nolint:errcheck // the connection's next use has its own
	}
	head := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		both := proxy.User.Username() + ":" + password
		head += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(both)) + "\r\n"
	}
	if _, err := conn.Write([]byte(head + "\r\n")); err != nil {
		return fmt.Errorf("talking to the proxy: %w", err)
	}
	// One byte at a time: what follows the head belongs to the tunnel.
	resp, err := http.ReadResponse(bufio.NewReaderSize(byteReader{conn}, 16), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return fmt.Errorf("talking to the proxy: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return errors.Join(&proxyRefusal{resp.StatusCode}, resp.Body.Close())
	}
	return nil // the body is the tunnel
}

// byteReader reads single bytes, so that a buffer over it holds no more.
type byteReader struct{ c net.Conn }

func (b byteReader) Read(p []byte) (int, error) { return b.c.Read(p[:min(1, len(p))]) }

func (s *session) tellHandshake(o *outcome, err error) {
	refusal, _ := errors.AsType[*proxyRefusal](err)
	_, isRecord := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case refusal != nil:
		o.say("netcheck.tls.proxy", "status", fmt.Sprint(refusal.status))
		o.advise("netcheck.tls.proxy.advice", "host", s.url.Hostname())
	case isRecord:
		o.say("netcheck.tls.plain")
		o.advise("netcheck.tls.plain.advice", "port", s.port)
	case isTimeout(err):
		o.say("netcheck.tls.timeout")
		o.advise("netcheck.tls.cut.advice", "host", s.url.Hostname())
	case strings.Contains(err.Error(), "protocol version"):
		o.say("netcheck.tls.version.none")
		o.advise("netcheck.tls.version.advice")
	case strings.Contains(err.Error(), "tls: "):
		o.say("netcheck.tls.handshake", "cause", oneLine(err))
		o.advise("netcheck.tls.version.advice")
	default:
		o.say("netcheck.tls.cut", "cause", oneLine(err))
		o.advise("netcheck.tls.cut.advice", "host", s.url.Hostname())
	}
}

// judge says all that is wrong with what the server offered.
func (s *session) judge(o *outcome, state tls.ConnectionState) bool {
	leaf := state.PeerCertificates[0]
	now := s.opts.Now()
	ok := true
	fail := func() { ok = false }
	if state.Version < tls.VersionTLS12 {
		fail()
		o.say("netcheck.tls.version", "version", tls.VersionName(state.Version))
		o.advise("netcheck.tls.version.advice")
	}
	if err := leaf.VerifyHostname(s.url.Hostname()); err != nil {
		fail()
		o.say("netcheck.tls.name", "host", s.url.Hostname(), "names", strings.Join(certNames(leaf), ", "))
		o.advise("netcheck.tls.name.advice")
	}
	switch {
	case now.After(leaf.NotAfter):
		fail()
		o.say("netcheck.tls.expired", "until", leaf.NotAfter)
		o.advise("netcheck.tls.expired.advice")
	case now.Before(leaf.NotBefore):
		fail()
		o.say("netcheck.tls.early", "from", leaf.NotBefore)
		o.advise("netcheck.tls.expired.advice")
	}
	if !s.judgeChain(o, state) {
		fail()
	}
	return ok
}

// judgeChain verifies the chain at a time when the certificate was valid:
// its dates are judged apart.
func (s *session) judgeChain(o *outcome, state tls.ConnectionState) bool {
	leaf := state.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	at := s.opts.Now()
	if at.After(leaf.NotAfter) || at.Before(leaf.NotBefore) {
		at = leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / 2)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: s.roots, Intermediates: between, CurrentTime: at})
	inspector := interceptor(state.PeerCertificates)
	switch {
	case inspector != "" && err == nil:
		o.warn("netcheck.tls.inspected", "issuer", inspector)
		o.advise("netcheck.tls.inspected.advice", "host", s.url.Hostname())
	case inspector != "":
		o.say("netcheck.tls.intercepted", "issuer", inspector)
		o.advise("netcheck.tls.intercepted.advice", "host", s.url.Hostname())
	case err != nil && leaf.Issuer.String() == leaf.Subject.String():
		o.say("netcheck.tls.selfsigned")
		o.advise("netcheck.tls.untrusted.advice", "issuer", issuerName(leaf))
	case err != nil:
		o.say("netcheck.tls.untrusted", "issuer", issuerName(leaf))
		o.advise("netcheck.tls.untrusted.advice", "issuer", issuerName(leaf))
	}
	return err == nil
}

// certName is the name a certificate is shown under.
func certName(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return strings.Join(certNames(c), ", ")
}

func certNames(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{c.Subject.CommonName}
	}
	return names
}

func issuerName(c *x509.Certificate) string {
	if len(c.Issuer.Organization) > 0 && c.Issuer.CommonName != "" {
		return c.Issuer.CommonName + " (" + c.Issuer.Organization[0] + ")"
	}
	if c.Issuer.CommonName != "" {
		return c.Issuer.CommonName
	}
	return c.Issuer.String()
}
