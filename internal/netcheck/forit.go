package netcheck

import (
	"strings"

	"iplos/internal/journal"
)

// ForIT writes a message to paste into a ticket: what the user tries, from
// where to where, what was seen and what is needed. Contact is the
// municipality's IPLOS contact, "" when it is not configured. The message
// holds no secret, and nothing of what is to be sent.
func ForIT(results []*Result, contact string, t Translate) string {
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
	if contact != "" {
		line("netcheck.it.contact", "contact", contact)
	} else {
		line("netcheck.it.contact.unknown")
	}
	b.WriteString("\n")
	if len(results) > 0 {
		line("netcheck.it.when", "time", results[0].At.In(journal.Oslo()))
	}
	return b.String()
}

func writeTarget(b *strings.Builder, r *Result, t Translate, line func(string, ...any)) {
	line("netcheck.it.target", "title", t(r.Target.Title), "url", r.URL)
	line("netcheck.it.from", "source", orDash(r.Source))
	if addresses := r.neededAddresses(); addresses != "" {
		line("netcheck.it.to", "host", r.Host, "addresses", addresses, "port", r.Port)
	} else {
		line("netcheck.it.to.name", "host", r.Host, "port", r.Port)
	}
	line("netcheck.it.seen")
	for _, s := range r.Steps {
		b.WriteString("  - " + s.Name + ": " + t(StateText(s)) + ". " + join(t, s.Detail, s.Warnings) + "\n")
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
}

// StateText is the id of the words for how a step ended.
func StateText(s Step) string {
	switch {
	case s.Skipped:
		return "netcheck.state.skipped"
	case !s.OK:
		return "netcheck.state.failed"
	case len(s.Warnings) > 0:
		return "netcheck.state.warning"
	default:
		return "netcheck.state.ok"
	}
}

// neededAddresses are what the name gave, or else what is published; "" when
// neither is known.
func (r *Result) neededAddresses() string {
	if len(r.Addresses) > 0 {
		return strings.Join(r.Addresses, ", ")
	}
	if !strings.EqualFold(r.Host, r.Target.Host) {
		return "" // a proxy, or another address than the published one
	}
	return joinAddrs(r.Target.Published)
}
