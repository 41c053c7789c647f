package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"iplos/internal/config"
	"iplos/internal/extract"
	"iplos/internal/journal"
	"iplos/internal/sandbox"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
	"iplos/internal/workflow"
)

// Texts whose ids are made from tables: the catalogue has one for each row
// and none for what is in no table.
func TestTablesAndCatalogueAgree(t *testing.T) {
	p := lang.New(lang.Bokmal)
	for _, family := range []struct {
		prefix string
		want   []string
	}{
		{"exit.", exitTexts()},
		{"config.doc.", configTexts()},
		{"doctor.check.", append(prefixed("doctor.check.", workflow.DoctorChecks()), "doctor.check.clock")},
		{"doctor.health.", prefixed("doctor.health.", []string{"ok", "warning", "failed", "skipped"})},
		{"cli.journal.type.", prefixed("cli.journal.type.", journal.Types())},
		{"status.state.", append(prefixed("status.state.", journal.States()), "status.state.dry-run")},
		{"extract.left_out.", prefixed("extract.left_out.", extract.LeftOutReasons())},
		{"extract.changed.", prefixed("extract.changed.", extract.Changes())},
		{"extract.note.", prefixed("extract.note.", extract.NoteCodes())},
	} {
		domain, _, _ := strings.Cut(family.prefix, ".")
		for _, id := range family.want {
			if !p.Has(id) {
				t.Errorf("no text %s", id)
			}
		}
		for _, id := range p.IDs(domain) {
			if strings.HasPrefix(id, family.prefix) && !slices.Contains(family.want, id) {
				t.Errorf("%s is in no table", id)
			}
		}
	}
}

func exitTexts() []string {
	ids := []string{"exit.title"}
	for _, e := range exits() {
		ids = append(ids, e.text())
	}
	return ids
}

func configTexts() []string {
	var ids []string
	for _, k := range config.Keys() {
		if k.Kind != config.RuleMap && k.Kind != config.ContactList {
			ids = append(ids, "config.doc."+k.Name)
		}
	}
	return ids
}

func prefixed[T ~string](prefix string, names []T) []string {
	var ids []string
	for _, n := range names {
		ids = append(ids, prefix+string(n))
	}
	return ids
}

// Every rule has every text, in every language, and every text is of a rule.
func TestRulesHaveAllTheirTexts(t *testing.T) {
	for _, l := range lang.Languages() {
		p := lang.New(l)
		rules := map[string]bool{}
		for _, r := range validate.Rules() {
			rules[r.ID] = true
			for _, part := range []string{"title", "why", "where", "good", "bad"} {
				if id := "rule." + r.ID + "." + part; !p.Has(id) {
					t.Errorf("%s lacks %s", l, id)
				}
			}
		}
		for _, id := range p.IDs("rule") {
			name, _, _ := strings.Cut(strings.TrimPrefix(id, "rule."), ".")
			if strings.ToUpper(name) == name && !rules[name] {
				t.Errorf("%s of %s is of no rule", id, l)
			}
		}
	}
}

func TestScenariosHaveTexts(t *testing.T) {
	for _, l := range lang.Languages() {
		p := lang.New(l)
		for _, k := range sandbox.Scenarios() {
			if !p.Has(k.Text) {
				t.Errorf("%s lacks %s", l, k.Text)
			}
		}
	}
}

// Every flag says what it is, and no text is of a flag that is gone.
func TestFlagsAndCommandsHaveTexts(t *testing.T) {
	p := lang.New(lang.Bokmal)
	usages := map[string]bool{}
	shorts := map[string]bool{}
	walkAll(helpTree(lang.Bokmal), func(cmd *cobra.Command) {
		shorts[cmd.Short] = true
		visit := func(f *pflag.Flag) {
			usages[f.Usage] = true
			if f.Usage == "" || strings.HasPrefix(f.Usage, "<") {
				t.Errorf("%s --%s has the text %q", cmd.CommandPath(), f.Name, f.Usage)
			}
		}
		cmd.Flags().VisitAll(visit)
		cmd.PersistentFlags().VisitAll(visit)
	})
	for _, id := range p.IDs("flag") {
		if !usages[p.T(id)] {
			t.Errorf("%s is of no flag", id)
		}
	}
	for _, id := range p.IDs("cmd") {
		if strings.HasSuffix(id, ".short") && !shorts[p.T(id)] {
			t.Errorf("%s is of no command", id)
		}
	}
}

func walkAll(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		walkAll(sub, visit)
	}
}
