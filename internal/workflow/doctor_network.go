package workflow

import (
	"context"
	"strings"

	"iplos/internal/journal"
	"iplos/internal/netcheck"
)

// examineNetwork looks at the zone's own service; where no zone is set, at
// both, of which one does not answer.
func examineNetwork(ctx context.Context, r *Run) []Symptom {
	var all []Symptom
	var results []*netcheck.Result
	for _, t := range netcheck.Targets() {
		if r.Config.Zone != "" && !strings.EqualFold(string(t.Zone), r.Config.Zone) {
			continue
		}
		result, err := netcheck.Run(ctx, r.NetworkOptions(t))
		if err != nil {
			all = append(all, of(Odd, err))
			continue
		}
		results = append(results, result)
	}
	if len(results) == 0 {
		return all
	}
	all = append(all, clockSymptoms(results[0].Step("clock"))...)
	for _, result := range results {
		all = append(all, serviceSymptom(result, len(results) > 1 && anyOK(results)))
	}
	if len(results) > 1 && anyOK(results) {
		zone := netcheck.GuessZone(results)
		all = append(all, Symptom{
			Health: Odd, Detail: journal.Text{ID: zone.ID, Args: zone.Args},
			Advice: &journal.Text{ID: "doctor.zone.advice"}, Later: true,
		})
	}
	return all
}

// NetworkOptions are how a target is reached, as it is configured.
func (r *Run) NetworkOptions(t netcheck.Target) netcheck.Options {
	if c := r.Config.Filsluse; t.Name == netcheck.Filsluse {
		return netcheck.Options{Target: t, URL: c.URL, Proxy: c.Proxy, CAFile: c.CAFile}
	}
	c := r.Config.Sendemodul
	return netcheck.Options{Target: t, URL: c.URL, Proxy: c.Proxy, CAFile: c.CAFile}
}

func anyOK(results []*netcheck.Result) bool {
	for _, r := range results {
		if r.OK {
			return true
		}
	}
	return false
}

// serviceSymptom is how one service answered. Where another one answers, this
// one need not.
func serviceSymptom(r *netcheck.Result, another bool) Symptom {
	step, failed := r.Failed()
	if !failed {
		return good("doctor.network", "host", r.Host)
	}
	seen := journal.Text{ID: "doctor.network.failed", Args: []any{"host", r.Host, "step", step.Name, "seen", seenText{step}}}
	if another {
		return Symptom{Health: Unseen, Detail: seen}
	}
	return Symptom{Health: Odd, Detail: seen, Advice: &journal.Text{ID: "doctor.network.advice", Args: []any{"target", r.Target.Name}}}
}

// seenText is what a step says went wrong, which is the last thing it saw, as
// an argument of a text.
type seenText struct{ step netcheck.Step }

// CatalogTexts returns the text's id and arguments.
func (s seenText) CatalogTexts() (ids []string, args []any) {
	if len(s.step.Detail) == 0 {
		return nil, nil
	}
	last := s.step.Detail[len(s.step.Detail)-1]
	return []string{last.ID}, last.Args
}

// clockSymptoms is what the network's probes said of this machine's clock:
// certificates, deadlines and receipts depend on it.
func clockSymptoms(step netcheck.Step) []Symptom {
	var all []Symptom
	for i, w := range step.Warnings {
		s := Symptom{Check: "clock", Health: Odd, Detail: journal.Text{ID: w.ID, Args: w.Args}}
		if i < len(step.Advice) {
			s.Advice = &journal.Text{ID: step.Advice[i].ID, Args: step.Advice[i].Args}
		}
		all = append(all, s)
	}
	if len(all) == 0 && len(step.Detail) > 0 {
		all = append(all, Symptom{Check: "clock", Health: Good, Detail: journal.Text{ID: step.Detail[0].ID, Args: step.Detail[0].Args}})
	}
	return all
}
