package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/workflow"
)

// oneOfAll is what became of one municipality in a run over all.
type oneOfAll struct {
	Municipality string `json:"municipality"`
	District     string `json:"district"`
	*workflow.Delivery
	Error *failure `json:"error,omitempty"`
}

// runSubmitAll submits for each municipality in the list, one after the
// other, each with its own file, keys, journal and secrets. The first failure
// does not stop the others; the exit code is that of the most serious one.
func (a *app) runSubmitAll(cmd *cobra.Command, f submitFlags) error {
	all, err := a.allSettings(cmd)
	if err != nil {
		return err
	}
	if f.input != "" || f.opts.Package != "" {
		return fault.New(fault.Usage, "cli.all-and-input")
	}
	if err := a.noSharedSecrets(); err != nil {
		return err
	}
	var results []oneOfAll
	var worst error
	for _, c := range all {
		district := c.District
		if district == "00" {
			district = ""
		}
		a.carryFor(cmp.Or(c.MunicipalitySet, c.Municipality), district)
		a.Note("all.next", "municipality", c.Municipality, "district", c.District)
		d, err := a.submitOne(cmd, c, f)
		results = append(results, oneOfAll{c.Municipality, c.District, d, a.failure(err)})
		worst = moreSerious(worst, err)
		if cmd.Context().Err() != nil {
			break
		}
	}
	a.carry()
	return a.answer(map[string]any{"municipalities": results}, func() { a.printAll(results) }, worst)
}

// allSettings returns the settings of each municipality in the list.
func (a *app) allSettings(cmd *cobra.Command) ([]*config.Config, error) {
	opts, err := a.configOptions(cmd)
	if err != nil {
		return nil, err
	}
	return config.All(opts)
}

// noSharedSecrets refuses a secret in the environment, which would be used
// for every municipality.
func (a *app) noSharedSecrets() error {
	for _, name := range config.SecretVariables() {
		if a.variable(name) != "" && name != "IPLOS_VAULT_PASSPHRASE" {
			return fault.New(fault.Usage, "cli.all-and-secret", "variable", name)
		}
	}
	return nil
}

// moreSerious keeps the failure that matters most: an unknown outcome before
// anything else, what was sent before after everything else, and of equals
// the first.
func moreSerious(a, b error) error {
	if a == nil || b != nil && rankOf(b) > rankOf(a) {
		return b
	}
	return a
}

func rankOf(err error) int {
	switch fault.KindOf(err) {
	case fault.Unknown:
		return 2
	case fault.Duplicate:
		return 0
	default:
		return 1
	}
}

func (a *app) printAll(results []oneOfAll) {
	w := a.table()
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.T("all.municipality"), a.T("all.state"), a.T("all.verdict"), a.T("all.error"))
	for _, r := range results {
		state, verdict, message := "–", "–", "–"
		if r.Delivery != nil && r.Verdict != "" {
			verdict = a.T("verdict." + string(r.Verdict) + ".word")
		}
		if r.Delivery != nil && r.State != "" {
			state = a.T("status.state." + r.State)
		}
		if r.Error != nil {
			message = r.Error.Message
		}
		fmt.Fprintf(w, "%s-%s\t%s\t%s\t%s\n", r.Municipality, r.District, state, verdict, message)
	}
	_ = w.Flush() // the terminal's own errors show by themselves
}
