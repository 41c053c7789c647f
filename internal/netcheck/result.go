package netcheck

import (
	"strings"
	"time"

	"iplos/internal/fault"
)

// Text is a sentence: a catalogue id and name, value pairs for it.
type Text struct {
	ID   string
	Args []any
}

func text(id string, args ...any) Text { return Text{ID: id, Args: args} }

// Translate turns a catalogue id and its arguments into a text.
type Translate func(id string, args ...any) string

// Step is what one probe found.
type Step struct {
	Name    string
	OK      bool
	Skipped bool
	MS      int64
	// Detail says what was seen, Warnings what looks odd though the step
	// passed, Advice what it means and what to do.
	Detail, Warnings, Advice []Text
}

// Result is what the probes found of one target.
type Result struct {
	// At is when the probes began, by the machine's clock.
	At     time.Time
	Target Target
	// URL is what was checked, without query.
	URL   string
	OK    bool
	Steps []Step
	// Host and Port are what is connected to; Addresses what the name gave.
	Host, Port string
	Addresses  []string
	// Source is this machine's own address on the way there, or all it has
	// when the way is not known; "" if it has none.
	Source string
}

// Step returns the step with that name, or an empty one.
func (r *Result) Step(name string) Step {
	for _, s := range r.Steps {
		if s.Name == name {
			return s
		}
	}
	return Step{}
}

// Failed returns the first step that failed.
func (r *Result) Failed() (Step, bool) {
	for _, s := range r.Steps {
		if !s.OK && !s.Skipped {
			return s, true
		}
	}
	return Step{}, false
}

// Err returns a fault of kind Network when a step failed.
func (r *Result) Err() error {
	s, failed := r.Failed()
	if !failed {
		return nil
	}
	return fault.New(fault.Network, "netcheck.failed", "host", r.Host, "step", s.Name)
}

// firewallRule is the rule to ask for, with this machine's own address. A
// target whose addresses are not known is named by its host.
func (r *Result) firewallRule() Text {
	if r.neededAddresses() == "" {
		return text("netcheck.firewall.rule.name", "source", orDash(r.Source), "host", r.Host, "port", r.Port)
	}
	return text("netcheck.firewall.rule", "source", orDash(r.Source), "addresses", r.neededAddresses(), "host", r.Host, "port", r.Port)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// JSON is the machine-readable form of a result; its keys are a contract.
type JSON struct {
	Target string     `json:"target"`
	OK     bool       `json:"ok"`
	Steps  []JSONStep `json:"steps"`
}

// JSONStep is a step of [JSON].
type JSONStep struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Skipped bool   `json:"skipped,omitempty"`
	MS      int64  `json:"ms"`
	Detail  string `json:"detail"`
	Advice  string `json:"advice"`
}

// JSON renders the result in a language.
func (r *Result) JSON(t Translate) JSON {
	out := JSON{Target: r.Target.Name, OK: r.OK, Steps: []JSONStep{}}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, JSONStep{
			Name: s.Name, OK: s.OK, Skipped: s.Skipped, MS: s.MS,
			Detail: join(t, s.Detail, s.Warnings), Advice: join(t, s.Advice),
		})
	}
	return out
}

// Sentences renders texts, one string each.
func Sentences(t Translate, texts []Text) []string {
	var out []string
	for _, s := range texts {
		out = append(out, t(s.ID, s.Args...))
	}
	return out
}

func join(t Translate, lists ...[]Text) string {
	var parts []string
	for _, l := range lists {
		parts = append(parts, Sentences(t, l)...)
	}
	return strings.Join(parts, " ")
}
