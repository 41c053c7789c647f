package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is the width that flags are wrapped at, for an ordinary terminal.
const helpWidth = 79

// help writes what a command is for and how it is called. Cobra's own way is
// a template, and a template keeps every method of the program alive: see
// docs/decisions/html-without-templates.md.
func (a *app) help(cmd *cobra.Command, _ []string) {
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s", trimEnd(about), a.usageText(cmd))
}

// usage writes how a command is called.
func (a *app) usage(cmd *cobra.Command) error {
	_, err := fmt.Fprint(cmd.OutOrStderr(), a.usageText(cmd))
	return err
}

// usageText is cobra's layout in the user's language.
func (a *app) usageText(cmd *cobra.Command) string {
	var b strings.Builder
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n\n%s\n%s", title, text)
		}
	}
	b.WriteString(a.T("help.usage"))
	if cmd.Runnable() {
		b.WriteString("\n  " + cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n  " + cmd.CommandPath() + " [" + a.T("help.command") + "]")
	}
	section(a.T("help.examples"), cmd.Example)
	section(a.T("help.commands"), commandList(cmd))
	section(a.T("help.flags"), flagList(cmd.LocalFlags()))
	section(a.T("help.global"), flagList(cmd.InheritedFlags()))
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n\n" + a.T("help.more"))
	}
	b.WriteString("\n")
	return b.String()
}

func commandList(cmd *cobra.Command) string {
	var lines []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			lines = append(lines, fmt.Sprintf("  %-*s %s", c.NamePadding(), c.Name(), c.Short))
		}
	}
	return strings.Join(lines, "\n")
}

func flagList(flags *pflag.FlagSet) string { return trimEnd(flags.FlagUsagesWrapped(helpWidth)) }

func trimEnd(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
