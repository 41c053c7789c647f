package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iplos/internal/extract"
	"iplos/internal/fault"
	"iplos/internal/register"
	"iplos/internal/report"
	"iplos/internal/validate"
)

// shell is a row of the table of shells that completion knows.
type shell struct {
	name  string
	write func(a *app, root *cobra.Command) error
}

func shells() []shell {
	return []shell{
		{"bash", func(a *app, c *cobra.Command) error { return c.GenBashCompletionV2(a.Out(), true) }},
		{"zsh", func(a *app, c *cobra.Command) error { return c.GenZshCompletion(a.Out()) }},
		{"fish", func(a *app, c *cobra.Command) error { return c.GenFishCompletion(a.Out(), true) }},
		{"powershell", func(a *app, c *cobra.Command) error { return c.GenPowerShellCompletionWithDesc(a.Out()) }},
	}
}

func (a *app) newCompletion() *cobra.Command {
	var names []string
	for _, s := range shells() {
		names = append(names, s.name)
	}
	cmd := a.command("completion SHELL", "completion", a.exactArgs("SHELL"), func(cmd *cobra.Command, args []string) error {
		i := slices.Index(names, args[0])
		if i < 0 {
			return fault.New(fault.Usage, "cli.unknown-shell", "shell", args[0], "shells", strings.Join(names, ", "))
		}
		return shells()[i].write(a, cmd.Root())
	})
	cmd.ValidArgs = names
	return cmd
}

// completeMunicipality offers the municipalities of the data year, with
// their names.
func completeMunicipality(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	year, err := cmd.Flags().GetInt("year")
	if err != nil || year == 0 {
		year = defaultYear
	}
	var list []string
	for _, m := range register.Municipalities(year) {
		if strings.HasPrefix(m.Number, begun) {
			list = append(list, m.Number+"\t"+m.Name)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeRule offers the rules with their titles; a rule id is typed in any
// case.
func (a *app) completeRule(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, r := range validate.Rules() {
		if len(args) == 0 && strings.HasPrefix(r.ID, strings.ToUpper(begun)) {
			list = append(list, r.ID+"\t"+a.T("rule."+r.ID+".title"))
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeValues gives the flags of a command that take one of a few words
// their completion.
func completeValues(cmd *cobra.Command) {
	for flag, words := range flagWords() {
		if cmd.Flags().Lookup(flag) != nil || cmd.PersistentFlags().Lookup(flag) != nil {
			_ = cmd.RegisterFlagCompletionFunc(flag, completeWords(words...)) // fails only for a flag that is not there
		}
	}
	if cmd.Flags().Lookup("report") != nil {
		_ = cmd.MarkFlagFilename("report", reportEndings(report.Formats())...)
		_ = cmd.MarkFlagFilename("report-shareable", reportEndings(report.ShareableFormats())...)
	}
}

// flagWords are the values of flags that have few, for completion and for
// the check of what was given.
func flagWords() map[string][]string {
	return map[string][]string{
		"format":     {formatText, formatJSON},
		"lang":       {"nb", "nn", "en"},
		"log-level":  {"trace", "debug", "info", "warn", "error", "disabled"},
		"log-format": {formatText, formatJSON},
		"color":      {"auto", "always", "never"},
		"source":     extract.Kinds(),
		"fail-on":    {"blocked", "incomplete", "new"},
		"zone":       {"secure", "outside"},
	}
}

func reportEndings(formats []report.Format) []string {
	var endings []string
	for _, f := range formats {
		endings = append(endings, strings.TrimPrefix(f.Extension, "."))
	}
	return endings
}

// completeWords offers fixed words.
func completeWords(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}
