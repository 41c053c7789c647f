package netcheck

import (
	"net/netip"
	"net/url"
	"strings"
)

// Zone is where in a municipality's network a target can be reached from.
type Zone string

// The zones.
const (
	Secure  Zone = "secure"
	Outside Zone = "outside"
)

// Target is a service that can be checked.
type Target struct {
	// Name is the value of --target.
	Name string
	// URL is where the check goes; the configuration may give another.
	URL string
	// Host is the published name, and Published its published addresses:
	// another address is a warning, because the guide dates from 2018.
	Host      string
	Published []netip.Addr
	// Zone is where the target is reached from.
	Zone Zone
	// Title is the catalogue id of the service's name.
	Title string
	// marks are words of which a page of the service holds at least one.
	marks []string
}

// The targets' names.
const (
	Sendemodul = "sendemodul"
	Filsluse   = "filsluse"
)

// Targets is the table of services, in the order they are checked.
func Targets() []Target {
	return []Target{
		{
			Name: Sendemodul, URL: "https://iplos.nhn.no/Sendemodul/", Host: "iplos.nhn.no",
			Published: []netip.Addr{netip.AddrFrom4([4]byte{91, 186, 94, 110})},
			Zone:      Secure, Title: "netcheck.target.sendemodul",
			marks: []string{"sendemodul", "iplos", "ipis", "kommunenr", "kommunenummer", "komnr"},
		},
		{
			Name: Filsluse, URL: "https://filsluse.ssb.no/", Host: "filsluse.ssb.no",
			Zone: Outside, Title: "netcheck.target.filsluse",
			marks: []string{"moveit", "filsluse", "ipswitch"},
		},
	}
}

// FindTarget returns the target with that name.
func FindTarget(name string) (Target, bool) {
	for _, t := range Targets() {
		if t.Name == name {
			return t, true
		}
	}
	return Target{}, false
}

// recognises tells whether a page looks like one of the service's. A page
// that says the address is blocked names the address: that does not count.
func (t Target) recognises(page string, asked *url.URL) bool {
	page = strings.ToLower(page)
	for _, address := range []string{asked.Host + asked.Path, asked.Hostname() + asked.Path, asked.Host, asked.Hostname(), t.Host} {
		page = strings.ReplaceAll(page, strings.ToLower(address), " ")
	}
	for _, m := range t.marks {
		if strings.Contains(page, m) {
			return true
		}
	}
	return false
}
