package main

import (
	"regexp"
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

// A flag or a command that a text names is there to be used: a hint that
// names another is worse than none.
func TestTextsNameWhatExists(t *testing.T) {
	flags, commands := map[string]bool{}, map[string]bool{}
	walkAll(helpTree(lang.Bokmal), func(cmd *cobra.Command) {
		commands[cmd.CommandPath()] = true
		add := func(f *pflag.Flag) { flags["--"+f.Name] = true }
		cmd.Flags().VisitAll(add)
		cmd.PersistentFlags().VisitAll(add)
	})
	// What follows the program's name where it is the subject of a sentence.
	prose := strings.Fields("tar tek takes spør asks har has")
	for _, l := range lang.Languages() {
		for id, text := range catalogueTexts(l) {
			for _, flag := range namedFlag.FindAllString(text, -1) {
				if !flags[flag] {
					t.Errorf("%s of %s names %s, a flag of no command", id, l, flag)
				}
			}
			for _, m := range namedCommand.FindAllStringSubmatch(text, -1) {
				group := commands["iplos "+m[1]+" "+m[2]] || !hasSubcommand(commands, "iplos "+m[1])
				if !slices.Contains(prose, m[1]) && (!commands["iplos "+m[1]] || m[2] != "" && !group) {
					t.Errorf("%s of %s names %q, which is no command", id, l, m[0])
				}
			}
		}
	}
}

var (
	namedFlag    = regexp.MustCompile(`--[a-z][a-z-]*[a-z]`)
	namedCommand = regexp.MustCompile(`\biplos ([a-zæøå][a-zæøå-]*)(?: ([a-z]+))?`)
)

// hasSubcommand tells of a command that does nothing without one of its own.
func hasSubcommand(commands map[string]bool, path string) bool {
	for c := range commands {
		if strings.HasPrefix(c, path+" ") {
			return true
		}
	}
	return false
}

// catalogueTexts returns every text of a language by id.
func catalogueTexts(l lang.Lang) map[string]string {
	p, all := lang.New(l), map[string]string{}
	for _, domain := range lang.Domains() {
		for _, id := range p.IDs(domain) {
			all[id] = p.T(id)
		}
	}
	return all
}
