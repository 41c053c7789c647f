package netcheck

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"iplos/internal/journal"
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
		"issuer", issuerName(leaf), "until", leaf.NotAfter.In(journal.Oslo()), "chain", len(state.PeerCertificates))
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
		o.say("netcheck.tls.expired", "until", leaf.NotAfter.In(journal.Oslo()))
		o.advise("netcheck.tls.expired.advice")
	case now.Before(leaf.NotBefore):
		fail()
		o.say("netcheck.tls.early", "from", leaf.NotBefore.In(journal.Oslo()))
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
