package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/register"
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
			return fault.New(fault.Usage, "cli.unknown-shell", "shell", args[0], "shells", fmt.Sprint(names))
		}
		return shells()[i].write(a, cmd.Root())
	})
	cmd.ValidArgs = names
	return cmd
}

// completeMunicipality offers the municipalities of the data year, with
// their names.
func completeMunicipality(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	year, err := cmd.Flags().GetInt("year")
	if err != nil || year == 0 {
		year = defaultYear
	}
	var list []string
	for _, m := range register.Municipalities(year) {
		list = append(list, m.Number+"\t"+m.Name)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

func completeRule(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, r := range validate.Rules() {
		list = append(list, r.ID)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeWords offers fixed words.
func completeWords(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}
