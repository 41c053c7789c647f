package netcheck

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"iplos/internal/peertest"
)

const insideNamespace = "IPLOS_TEST_NAMESPACE"

// TestFirewall runs itself in a network namespace of its own, where it may
// make firewall rules without touching the machine's.
func TestFirewall(t *testing.T) {
	if os.Getenv(insideNamespace) != "" {
		behindFirewall(t)
		return
	}
	unshare := peertest.Need(t, "unshare")
	peertest.Need(t, "nft")
	peertest.Need(t, "ip")
	if out, err := exec.CommandContext(t.Context(), unshare, "-n", "nft", "add", "table", "inet", "x").CombinedOutput(); err != nil {
		t.Skipf("this machine lets its user make no network namespace with a firewall: %v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), unshare, "-n", os.Args[0], "-test.run=^TestFirewall$", "-test.v")
	cmd.Env = append(os.Environ(), insideNamespace+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestFirewall") {
		t.Errorf("%v\n%s", err, out)
	}
}

func behindFirewall(t *testing.T) {
	t.Helper()
	must(t, "ip", "link", "set", "lo", "up")
	must(t, "nft", `add table inet t; add chain inet t in { type filter hook input priority 0; };
		add rule inet t in ip daddr 127.0.0.2 tcp dport 443 drop;
		add rule inet t in ip daddr 127.0.0.3 tcp dport 443 reject with icmp type admin-prohibited;
		add rule inet t in ip daddr 127.0.0.4 tcp dport 443 reject with tcp reset`)
	l, err := net.Listen("tcp", "0.0.0.0:443")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, want := range map[string]string{
		"127.0.0.2": "tcp.dropped", "127.0.0.3": "tcp.unreachable", "127.0.0.4": "tcp.refused", "192.0.2.1": "tcp.unreachable",
	} {
		r := &rig{}
		r.listen(t, l.Addr())
		r.opts.URL = "https://" + host + "/"
		r.opts.Timeout = 500 * time.Millisecond
		r.opts.Servers = []string{nameServer(t, answerWith(address))}
		got := r.run(t)
		expect(t, got, "tcp", false, want, want+".advice", "firewall.rule")
		if want == "tcp.dropped" && got.Step("tcp").MS < 400 {
			t.Errorf("dropped after %d ms", got.Step("tcp").MS)
		}
	}
	r := &rig{}
	r.listen(t, l.Addr())
	r.opts.URL = "https://" + host + "/"
	r.opts.Timeout = 500 * time.Millisecond
	r.opts.Servers = []string{nameServer(t, answerWith("127.0.0.2", "127.0.0.1"))}
	got := r.run(t)
	if s := got.Step("tcp"); !s.OK || len(s.Warnings) != 1 {
		t.Errorf("one of two addresses is open: %+v", s)
	}
}

func must(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
}
