package netcheck

import (
	"strings"
	"time"
)

// ForIT writes a message to paste into a ticket: what the user tries, from
// where to where, what was seen and what is needed. It holds no secret, and
// nothing of what is to be sent.
func ForIT(results []*Result, now time.Time, t Translate) string {
	var b strings.Builder
	line := func(id string, args ...any) { b.WriteString(t(id, args...) + "\n") }
	line("netcheck.it.subject")
	b.WriteString("\n")
	line("netcheck.it.intro")
	for _, r := range results {
		b.WriteString("\n")
		writeTarget(&b, r, t, line)
	}
	b.WriteString("\n")
	line("netcheck.it.mail")
	b.WriteString("\n")
	line("netcheck.it.postmottak")
	b.WriteString("\n")
	line("netcheck.it.when", "time", now)
	return b.String()
}

func writeTarget(b *strings.Builder, r *Result, t Translate, line func(string, ...any)) {
	source := r.Source
	if source == "" {
		source = "-"
	}
	line("netcheck.it.target", "title", t(r.Target.Title), "url", r.URL)
	line("netcheck.it.from", "source", source)
	line("netcheck.it.to", "host", r.Host, "addresses", r.neededAddresses(), "port", r.Port)
	line("netcheck.it.seen")
	for _, s := range r.Steps {
		state := t("netcheck.state.ok")
		switch {
		case s.Skipped:
			state = t("netcheck.state.skipped")
		case !s.OK:
			state = t("netcheck.state.failed")
		case len(s.Warnings) > 0:
			state = t("netcheck.state.warning")
		}
		b.WriteString("  - " + s.Name + ": " + state + ". " + join(t, s.Detail, s.Warnings) + "\n")
	}
	s, failed := r.Failed()
	if !failed {
		line("netcheck.it.fine")
		return
	}
	line("netcheck.it.needed")
	for _, advice := range Sentences(t, s.Advice) {
		b.WriteString("  - " + advice + "\n")
	}
	if r.Target.Zone == Secure && s.Name == "dns" {
		b.WriteString("  - " + t("netcheck.firewall.rule", "source", source, "addresses", r.neededAddresses(), "host", r.Host, "port", r.Port) + "\n")
	}
}

// neededAddresses are what the name gave, or else what is published.
func (r *Result) neededAddresses() string {
	switch {
	case len(r.Addresses) > 0:
		return strings.Join(r.Addresses, ", ")
	case len(r.Target.Published) > 0:
		return joinAddrs(r.Target.Published)
	default:
		return "-"
	}
}
