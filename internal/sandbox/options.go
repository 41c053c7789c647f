package sandbox

import (
	"time"

	"iplos/internal/journal"
	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/ssb"
	"iplos/internal/sandbox/synth"
)

// Options say how a sandbox is set up.
type Options struct {
	// Dir is the sandbox's folder; it is made when it is not there.
	Dir string
	// Addr and FilsluseAddr are loopback addresses to listen on. Empty, or
	// with port 0: the ports of the last time when they are free, else any.
	Addr, FilsluseAddr string
	// Now is the clock; default time.Now.
	Now func() time.Time
	// Scenarios are what goes otherwise than usual, as [Scenarios] lists
	// them: "upload-status=503", "pages=aspnet".
	Scenarios []string
	// Municipality and District are the account's; default 0403 and 00.
	Municipality, District string
	// More are further municipalities, as four and two digits with a hyphen
	// between ("0301-01").
	More []string
	// Year is the data year of the keys; default 2017.
	Year int
}

// The scenarios that concern no single service.
const (
	// Pages chooses the Sendemodul's page set: pages=aspnet.
	Pages = "pages"
	// UnknownCA gives the Filsluse a certificate nobody vouches for.
	UnknownCA scenario.Name = "feedback-unknown-ca"
	// OldTLS lets the Filsluse speak TLS 1.1 only.
	OldTLS scenario.Name = "feedback-old-tls"
)

func ownScenarios() []scenario.Kind {
	return []scenario.Kind{
		{Name: UnknownCA, Text: "sandbox.scenario.feedback-unknown-ca"},
		{Name: OldTLS, Text: "sandbox.scenario.feedback-old-tls"},
	}
}

// Scenarios lists everything that --scenario takes: the page sets as
// "pages=NAME", and what can go wrong.
func Scenarios() []scenario.Kind {
	var all []scenario.Kind
	for _, name := range sendemodul.Variants() {
		all = append(all, scenario.Kind{Name: scenario.Name(Pages + "=" + name), Text: "sandbox.scenario.pages"})
	}
	for _, table := range [][]scenario.Kind{sendemodul.Scenarios(), ssb.Scenarios(), filsluse.Scenarios(), ownScenarios()} {
		all = append(all, table...)
	}
	return all
}

// chosen is the options' scenarios by service.
type chosen struct {
	pages                 string
	sendemodul, ssb, file []scenario.Use
	own                   []scenario.Use
}

func (o Options) chosen() (chosen, error) {
	var c chosen
	for _, text := range o.Scenarios {
		if name, ok := pageSet(text); ok {
			c.pages = name
			continue
		}
		if _, err := scenario.Parse(text, Scenarios()); err != nil {
			return c, err
		}
		for _, t := range []struct {
			table []scenario.Kind
			into  *[]scenario.Use
		}{
			{sendemodul.Scenarios(), &c.sendemodul},
			{ssb.Scenarios(), &c.ssb},
			{filsluse.Scenarios(), &c.file},
			{ownScenarios(), &c.own},
		} {
			if u, err := scenario.Parse(text, t.table); err == nil {
				*t.into = append(*t.into, u)
			}
		}
	}
	return c, nil
}

func pageSet(text string) (string, bool) {
	for _, name := range sendemodul.Variants() {
		if text == Pages+"="+name {
			return name, true
		}
	}
	return "", false
}

func (c chosen) has(name scenario.Name) bool {
	for _, u := range c.own {
		if u.Name == name {
			return true
		}
	}
	return false
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	// Pages, references and MOVEit's zoneless stamps show Norwegian time.
	now, zone := o.Now, journal.Oslo()
	o.Now = func() time.Time { return now().In(zone) }
	if o.Municipality == "" {
		o.Municipality = "0403"
	}
	if o.District == "" {
		o.District = "00"
	}
	if o.Year == 0 {
		o.Year = 2017
	}
	return o
}

// organisationNumber gives each account a number of its own, away from those
// of the synthetic service places.
func organisationNumber(i int) string { return synth.OrgNumber(50_000 + i) }
