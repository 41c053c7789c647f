package netcheck

import (
	"encoding/json"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"iplos/internal/journal"
	"iplos/internal/ui/lang"
)

// TestJSON holds the output against the contract: keys, names, skipped steps.
func TestJSON(t *testing.T) {
	r := &rig{}
	r.listen(t, nowhere)
	r.opts.Servers = []string{nameServer(t, answerCode(3))}
	got := r.run(t)
	data, err := json.Marshal(got.JSON(lang.New(lang.Bokmal).T))
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Target *string          `json:"target"`
		OK     *bool            `json:"ok"`
		Steps  []map[string]any `json:"steps"`
	}
	if err := json.Unmarshal(data, &back); err != nil || back.Target == nil || *back.Target != "sendemodul" || *back.OK {
		t.Fatalf("%s: %v", data, err)
	}
	for _, s := range back.Steps {
		for _, key := range []string{"name", "ok", "ms", "detail", "advice"} {
			if _, ok := s[key]; !ok {
				t.Errorf("step %v lacks %s", s["name"], key)
			}
		}
		skipped := s["skipped"] == true
		switch s["name"] {
		case "clock", "proxy":
			if s["ok"] != true || skipped {
				t.Errorf("%v", s)
			}
		case "dns":
			if s["ok"] != false || skipped || s["advice"] == "" {
				t.Errorf("%v", s)
			}
		default:
			if s["ok"] != false || !skipped || s["detail"] == "" {
				t.Errorf("%v", s)
			}
		}
	}
}

// nowhere is an address where nothing listens.
const nowhere = addr("127.0.0.1:1")

type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

func TestForIT(t *testing.T) {
	secure, _ := FindTarget(Sendemodul)
	result := &Result{
		At:     time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC),
		Target: secure, URL: secure.URL, Host: "iplos.nhn.no", Port: "443", Source: "10.1.2.3", Addresses: []string{"91.186.94.110"},
		Steps: []Step{
			{Name: "dns", OK: true, Detail: []Text{text("netcheck.dns.answer", "host", "iplos.nhn.no", "addresses", "91.186.94.110", "server", "10.0.0.1")}},
			{Name: "tcp", Detail: []Text{text("netcheck.tcp.dropped", "address", "91.186.94.110", "port", "443")}, Advice: []Text{text("netcheck.tcp.dropped.advice"), text("netcheck.firewall.rule", "source", "10.1.2.3", "addresses", "91.186.94.110", "host", "iplos.nhn.no", "port", "443")}},
			{Name: "tls", Skipped: true, Detail: []Text{text("netcheck.skipped", "step", "tcp")}},
		},
	}
	for _, l := range lang.Languages() {
		p := lang.New(l)
		got := ForIT([]*Result{result}, "Kari Nordmann, kari@hamar.example.no", p.T)
		for _, want := range []string{"10.1.2.3", "91.186.94.110", "443", "iplos.nhn.no", "MoveITFilsluse@ssb.no", "postmottak", "kari@hamar.example.no", p.DateTime(time.Date(2027, 1, 4, 9, 0, 0, 0, journal.Oslo()))} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", l, want, got)
			}
		}
		if strings.ContainsAny(got, "<>{}") {
			t.Errorf("%s has an unfilled text:\n%s", l, got)
		}
	}
}

// TestForITWithoutNames: what IT needs is there also when no name server knows
// the target, inside and outside the secure zone.
func TestForITWithoutNames(t *testing.T) {
	for _, name := range []string{Sendemodul, Filsluse} {
		target, _ := FindTarget(name)
		r := &rig{}
		r.listen(t, nowhere)
		r.opts.Target, r.opts.URL, r.opts.Servers = target, target.URL, []string{nameServer(t, answerCode(3))}
		result := r.run(t)
		if _, err := net.InterfaceAddrs(); err == nil && result.Source == "" && machineHasAddress(t) {
			t.Errorf("%s: no source", name)
		}
		for _, l := range lang.Languages() {
			p := lang.New(l)
			got := ForIT([]*Result{result}, "", p.T)
			rule := result.firewallRule()
			for _, want := range []string{p.T(rule.ID, rule.Args...), p.T("netcheck.it.from", "source", orDash(result.Source)), target.Host} {
				if !strings.Contains(got, want) {
					t.Errorf("%s %s lacks %q:\n%s", name, l, want, got)
				}
			}
			if strings.Contains(got, "(-)") || strings.Contains(got, " - port") || strings.ContainsAny(got, "<>{}") {
				t.Errorf("%s %s has holes:\n%s", name, l, got)
			}
			if skipped := p.T("netcheck.state.skipped"); strings.Count(strings.ToLower(got), skipped) != 3 {
				t.Errorf("%s %s says %q more than once for each step left out:\n%s", name, l, skipped, got)
			}
		}
	}
}

func machineHasAddress(t *testing.T) bool {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	return err == nil && machineAddresses(addrs) != ""
}

func TestMachineAddresses(t *testing.T) {
	var all []net.Addr
	for _, s := range []string{"127.0.0.1/8", "10.1.2.3/24", "fe80::1/64", "::1/128", "2001:db8::7/64", "192.168.0.4/16"} {
		ip, network, err := net.ParseCIDR(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &net.IPNet{IP: ip, Mask: network.Mask})
	}
	if got := machineAddresses(all); got != "10.1.2.3, 2001:db8::7, 192.168.0.4" {
		t.Errorf("%q", got)
	}
}

func TestGuessZone(t *testing.T) {
	result := func(name string, open bool) *Result {
		target, _ := FindTarget(name)
		return &Result{Target: target, Steps: []Step{{Name: "tcp", OK: open}}}
	}
	cases := []struct {
		results []*Result
		want    string
	}{
		{nil, "netcheck.zone.unknown"},
		{[]*Result{result(Sendemodul, true)}, "netcheck.zone.unknown"},
		{[]*Result{result(Sendemodul, true), result(Filsluse, false)}, "netcheck.zone.secure"},
		{[]*Result{result(Sendemodul, false), result(Filsluse, true)}, "netcheck.zone.outside"},
		{[]*Result{result(Sendemodul, true), result(Filsluse, true)}, "netcheck.zone.both"},
		{[]*Result{result(Sendemodul, false), result(Filsluse, false)}, "netcheck.zone.none"},
	}
	for _, c := range cases {
		if got := GuessZone(c.results); got.ID != c.want {
			t.Errorf("%s, want %s", got.ID, c.want)
		}
	}
}

func FuzzHosts(f *testing.F) {
	f.Add("127.0.0.1 localhost\n91.186.94.110 iplos.nhn.no # x\n")
	f.Add("::1 iplos.nhn.no iplos.nhn.no\n\x00 iplos.nhn.no\r\nfe80::1%eth0 IPLOS.nhn.no")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		file := dir + "/hosts"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, a := range hostsEntries(file, "iplos.nhn.no") {
			if a == (netip.Addr{}) {
				t.Error("an empty address")
			}
		}
	})
}

func FuzzPageTitle(f *testing.F) {
	f.Add("<title>Hei</title>")
	f.Add("<script>a</script>tekst <b>mer")
	f.Fuzz(func(t *testing.T, page string) {
		if n := len([]rune(pageTitle(page))); n > 81 {
			t.Errorf("%d runes", n)
		}
	})
}
