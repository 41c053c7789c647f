package netcheck

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// answer is what one name server said.
type answer struct {
	server string
	addrs  []netip.Addr
	err    error
}

// probeDNS asks every name server of the machine for the host, because they
// do not always agree, and the hosts file before them, as the system does.
func probeDNS(ctx context.Context, s *session) outcome {
	var o outcome
	if addr, err := netip.ParseAddr(s.host); err == nil {
		o.ok, s.addrs = true, []netip.Addr{addr}
		o.say("netcheck.dns.literal", "address", s.host)
		s.comparePublished(&o)
		return s.located(ctx, o)
	}
	if fixed := hostsEntries(s.opts.HostsFile, s.host); len(fixed) > 0 {
		o.ok, s.addrs = true, fixed
		o.say("netcheck.dns.answer", "host", s.host, "addresses", joinAddrs(fixed), "server", s.opts.HostsFile)
		o.warn("netcheck.dns.hosts", "host", s.host, "file", s.opts.HostsFile)
		s.comparePublished(&o)
		return s.located(ctx, o)
	}
	answers := s.askAll(ctx)
	for _, a := range answers {
		s.tellAnswer(&o, a)
	}
	if len(s.addrs) == 0 {
		s.adviseDNS(&o, answers)
		return o
	}
	o.ok = true
	if disagree(answers) {
		o.warn("netcheck.dns.disagree", "host", s.host)
		o.advise("netcheck.dns.disagree.advice", "host", s.host)
	}
	s.comparePublished(&o)
	return s.located(ctx, o)
}

// located notes what the next steps and the report need.
func (s *session) located(ctx context.Context, o outcome) outcome {
	s.result.Addresses = nil
	for _, a := range s.addrs {
		s.result.Addresses = append(s.result.Addresses, a.String())
	}
	if own := ownAddress(ctx, s.addrs[0], s.port); own != "" {
		s.result.Source = own
	}
	return o
}

// askAll asks every server at the same time; the system's own resolver when
// none is known.
func (s *session) askAll(ctx context.Context) []answer {
	servers := s.opts.Servers
	if servers == nil {
		servers = systemServers()
	}
	if len(servers) == 0 {
		return []answer{lookup(ctx, net.DefaultResolver, "", s.host)}
	}
	answers := make([]answer, len(servers))
	done := make(chan struct{})
	for i, server := range servers {
		go func() {
			answers[i] = lookup(ctx, resolverAt(server), server, s.host)
			done <- struct{}{}
		}()
	}
	for range servers {
		<-done
	}
	return answers
}

func resolverAt(server string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, server)
	}}
}

// lookup asks for the name itself: the dot at its end keeps search domains
// away.
func lookup(ctx context.Context, r *net.Resolver, server, host string) answer {
	addrs, err := r.LookupNetIP(ctx, "ip", strings.TrimSuffix(host, ".")+".")
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return answer{server: server, addrs: addrs, err: err}
}

func (s *session) tellAnswer(o *outcome, a answer) {
	server := a.server
	if server == "" {
		server = "system"
	}
	dnsErr, _ := errors.AsType[*net.DNSError](a.err)
	switch {
	case a.err == nil:
		o.say("netcheck.dns.answer", "host", s.host, "addresses", joinAddrs(a.addrs), "server", server)
		for _, addr := range a.addrs {
			if !slices.Contains(s.addrs, addr) {
				s.addrs = append(s.addrs, addr)
			}
		}
	case dnsErr != nil && dnsErr.IsNotFound:
		o.say("netcheck.dns.nxdomain", "host", s.host, "server", server)
	case isTimeout(a.err):
		o.say("netcheck.dns.timeout", "host", s.host, "server", server)
	case dnsErr != nil && dnsErr.IsTemporary:
		o.say("netcheck.dns.servfail", "host", s.host, "server", server)
	case dnsErr != nil:
		// The error's own text names the machine's server, not the one asked.
		o.say("netcheck.dns.error", "host", s.host, "server", server, "cause", dnsErr.Err)
	default:
		o.say("netcheck.dns.error", "host", s.host, "server", server, "cause", oneLine(a.err))
	}
}

// adviseDNS says what to do by the most telling answer: a server that knows
// no such name is the wrong server, whatever another did.
func (s *session) adviseDNS(o *outcome, answers []answer) {
	not, slow := false, true
	for _, a := range answers {
		e, ok := errors.AsType[*net.DNSError](a.err)
		not = not || ok && e.IsNotFound
		slow = slow && isTimeout(a.err)
	}
	switch {
	case not && s.opts.Target.Zone == Secure:
		o.advise("netcheck.dns.nxdomain.secure", "host", s.host)
	case not:
		o.advise("netcheck.dns.nxdomain.outside", "host", s.host)
	case slow:
		o.advise("netcheck.dns.timeout.advice", "host", s.host)
		if servers := serverNames(answers); servers != "" {
			o.advise("netcheck.firewall.rule.dns", "source", orDash(s.result.Source), "servers", servers)
		}
	default:
		o.advise("netcheck.dns.servfail.advice", "host", s.host)
	}
}

// serverNames are the addresses of the servers that were asked, without the
// usual port.
func serverNames(answers []answer) string {
	var names []string
	for _, a := range answers {
		if a.server != "" {
			names = append(names, strings.TrimSuffix(a.server, ":53"))
		}
	}
	return strings.Join(names, ", ")
}

// comparePublished warns of addresses the guide does not give.
func (s *session) comparePublished(o *outcome) {
	if s.proxy != nil || len(s.opts.Target.Published) == 0 || !strings.EqualFold(s.host, s.opts.Target.Host) && !isLiteral(s.host) {
		return
	}
	var other []netip.Addr
	for _, a := range s.addrs {
		if !slices.Contains(s.opts.Target.Published, a) && !a.IsLoopback() {
			other = append(other, a)
		}
	}
	if len(other) > 0 {
		published := joinAddrs(s.opts.Target.Published)
		o.warn("netcheck.dns.other", "address", joinAddrs(other), "published", published)
		o.advise("netcheck.dns.other.advice", "address", joinAddrs(other))
	}
}

func isLiteral(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

func disagree(answers []answer) bool {
	var first []netip.Addr
	seen := false
	for _, a := range answers {
		if a.err != nil {
			continue
		}
		sorted := slices.SortedFunc(slices.Values(a.addrs), netip.Addr.Compare)
		if seen && !slices.Equal(first, sorted) {
			return true
		}
		first, seen = sorted, true
	}
	return false
}

// hostsEntries returns the addresses a hosts file gives a name.
func hostsEntries(file, host string) []netip.Addr {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // only read
	var addrs []netip.Addr
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) < 2 || !slices.ContainsFunc(fields[1:], func(n string) bool { return strings.EqualFold(n, host) }) {
			continue
		}
		if a, err := netip.ParseAddr(fields[0]); err == nil && !slices.Contains(addrs, a) {
			addrs = append(addrs, a)
		}
	}
	return addrs
}

func joinAddrs(addrs []netip.Addr) string {
	var b []string
	for _, a := range addrs {
		b = append(b, a.String())
	}
	return strings.Join(b, ", ")
}
