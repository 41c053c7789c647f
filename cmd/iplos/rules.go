package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/register"
	"iplos/internal/report"
	"iplos/internal/validate"
)

func (a *app) newRules() *cobra.Command {
	return a.group("rules", "rules", a.newRulesList(), a.newRulesExplain(), a.newRulesSchema(), a.newRulesDoc())
}

// ruleJSON is a rule as `rules list` gives it.
type ruleJSON struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Unit     string `json:"unit"`
	Title    string `json:"title"`
}

func (a *app) newRulesList() *cobra.Command {
	return a.command("list", "rules-list", a.noArgs("iplos rules list"), func(cmd *cobra.Command, _ []string) error {
		c, err := a.settings(cmd)
		if err != nil {
			return err
		}
		var list []ruleJSON
		for _, r := range validate.Rules() {
			list = append(list, ruleJSON{r.ID, r.Severity.String(), string(r.Unit), a.T("rule." + r.ID + ".title")})
		}
		value := map[string]any{"rule_pack": register.PackFor(c.Year).Version, "rules": list}
		return a.answer(value, func() {
			w := a.table()
			for _, r := range list {
				fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, a.T("report.severity."+r.Severity), r.Title)
			}
			_ = w.Flush() // the terminal's own errors show by themselves
		}, nil)
	})
}

// registerPrefix begins the ids of checks that only a register can make, as
// the practice edition's error lists have them.
const registerPrefix = "REG-"

func (a *app) newRulesExplain() *cobra.Command {
	cmd := a.command("explain ID", "rules-explain", a.exactArgs("ID"), func(_ *cobra.Command, args []string) error {
		id := strings.ToUpper(args[0])
		rule, ok := validate.RuleByID(id)
		if !ok && strings.HasPrefix(id, registerPrefix) {
			text := a.T("cli.register-rule", "rule", id)
			return a.answer(map[string]string{"id": id, "what": text}, func() { fmt.Fprintln(a.OutText(), text) }, nil)
		}
		if !ok {
			return fault.New(fault.Usage, "cli.unknown-rule", "rule", args[0])
		}
		e := report.ExplainRule(rule, a.Printer)
		return a.answer(e, func() { fmt.Fprint(a.OutText(), e.Text(a.Printer)) }, nil)
	})
	cmd.ValidArgsFunction = a.completeRule
	return cmd
}

func (a *app) newRulesSchema() *cobra.Command {
	return a.command("schema", "rules-schema", a.noArgs("iplos rules schema"), func(cmd *cobra.Command, _ []string) error {
		c, err := a.settings(cmd)
		if err != nil {
			return err
		}
		p, ok := record.ProfileForYear(c.Year)
		if !ok {
			return fault.New(fault.Usage, "cli.no-schema", "year", fmt.Sprint(c.Year))
		}
		xsd := record.Schema(p)
		return a.answer(map[string]string{"profile": p.ID, "schema": string(xsd)}, func() { fmt.Fprint(a.Out(), string(xsd)) }, nil)
	})
}

// newRulesDoc writes docs/rules.md; it is for those who build the program.
func (a *app) newRulesDoc() *cobra.Command {
	cmd := a.command("doc", "rules-list", a.noArgs("iplos rules doc"), func(*cobra.Command, []string) error {
		return report.WriteRuleDoc(a.Out(), a.Printer)
	})
	cmd.Hidden = true
	return cmd
}
