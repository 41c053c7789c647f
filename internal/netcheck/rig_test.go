package netcheck

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// host stands for iplos.nhn.no: the tests' name server answers for it.
const host = "iplos.nhn.no"

// authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T, subject pkix.Name) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject, NotBefore: time.Now().Add(-10 * 365 * 24 * time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{cert, key, filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// issue makes a server certificate; a nil authority makes it self-signed.
func (a *authority) issue(t *testing.T, from, until time.Time, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: names[0]}, NotBefore: from, NotAfter: until, DNSNames: names,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		}
	}
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// rig is a service of the test's own, behind a name server of its own.
type rig struct {
	opts  Options
	ca    *authority
	port  string
	hosts string
}

// serve hands each connection to an address of this machine to a server.
func serve(t *testing.T, server func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go server(c)
		}
	}()
	return l.Addr()
}

// pageHandler answers every request with one page.
func pageHandler(status int, page string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		w.Write([]byte(page))
	}
}

const goodPage = `<html><head><title>IPIS Sendemodul</title><script>x()</script></head><body>Kommunenummer</body></html>`

// start serves pages over TLS at 127.0.0.1, and the name there.
func start(t *testing.T, handler http.Handler, config func(*authority, *tls.Config)) *rig {
	t.Helper()
	ca := newAuthority(t, pkix.Name{CommonName: "Test CA", Organization: []string{"Test"}})
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = discardLog()
	now := time.Now()
	server.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, now.Add(-time.Hour), now.Add(24*time.Hour), host)}}
	if config != nil {
		config(ca, server.TLS)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	r := &rig{ca: ca}
	r.listen(t, server.Listener.Addr())
	r.opts.CAFile = ca.file
	r.opts.Servers = []string{nameServer(t, answerWith("127.0.0.1"))}
	return r
}

// listen points the options at an address under the host's name.
func (r *rig) listen(t *testing.T, addr net.Addr) {
	t.Helper()
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	r.port = port
	r.hosts = filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(r.hosts, []byte("127.0.0.1 localhost # "+host+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	target, _ := FindTarget(Sendemodul)
	r.opts = Options{
		Target: target, URL: "https://" + host + ":" + port + "/Sendemodul/", Timeout: time.Second, HostsFile: r.hosts,
		Environment: func(*url.URL) (*url.URL, error) { return nil, nil },
	}
}

func (r *rig) run(t *testing.T) *Result {
	t.Helper()
	got, err := Run(t.Context(), r.opts)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// nameServer runs a DNS server and returns its address.
func nameServer(t *testing.T, handler dns.HandlerFunc) string {
	t.Helper()
	packet, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: packet, Handler: handler}
	done := make(chan struct{})
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go func() { defer close(done); server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { server.Shutdown(); <-done })
	return packet.LocalAddr().String()
}

func answerWith(addresses ...string) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable = true
		for _, a := range addresses {
			ip := net.ParseIP(a)
			head := dns.RR_Header{Name: q.Question[0].Name, Class: dns.ClassINET, Ttl: 1}
			switch {
			case ip.To4() != nil && q.Question[0].Qtype == dns.TypeA:
				head.Rrtype = dns.TypeA
				m.Answer = append(m.Answer, &dns.A{Hdr: head, A: ip})
			case ip.To4() == nil && q.Question[0].Qtype == dns.TypeAAAA:
				head.Rrtype = dns.TypeAAAA
				m.Answer = append(m.Answer, &dns.AAAA{Hdr: head, AAAA: ip})
			}
		}
		w.WriteMsg(m)
	}
}

func answerCode(code int) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(new(dns.Msg).SetRcode(q, code)) }
}

func silent(dns.ResponseWriter, *dns.Msg) {}

// ids lists the catalogue ids of texts.
func ids(lists ...[]Text) []string {
	var out []string
	for _, l := range lists {
		for _, x := range l {
			out = append(out, strings.TrimPrefix(x.ID, "netcheck."))
		}
	}
	return out
}

// expect checks one step, and that all after a failed one were skipped.
func expect(t *testing.T, got *Result, step string, ok bool, want ...string) {
	t.Helper()
	s := got.Step(step)
	all := ids(s.Detail, s.Warnings, s.Advice)
	if s.OK != ok || s.Skipped {
		t.Errorf("%s: ok %v, skipped %v, said %q", step, s.OK, s.Skipped, all)
	}
	for _, w := range want {
		if !slices.Contains(all, w) {
			t.Errorf("%s did not say %s but %q", step, w, all)
		}
	}
	after := false
	for _, x := range got.Steps {
		if after && !ok && (!x.Skipped || x.OK || ids(x.Detail)[0] != "skipped") {
			t.Errorf("%s was not skipped after %s: %+v", x.Name, step, x)
		}
		after = after || x.Name == step
	}
	if !ok && (got.OK || got.Err() == nil) {
		t.Errorf("the whole is ok in spite of %s", step)
	}
	if rule := got.firewallRule(); !ok && !slices.Contains(all, strings.TrimPrefix(rule.ID, "netcheck.")) {
		t.Errorf("%s names no firewall rule: %q", step, all)
	}
}
