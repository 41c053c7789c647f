package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	var paragraphs []string
	for p := range strings.SplitSeq(trimEnd(about), "\n\n") {
		paragraphs = append(paragraphs, wrapped(p, 0))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s", strings.Join(paragraphs, "\n\n"), a.usageText(cmd))
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
		if cmd.HasAvailableFlags() {
			b.WriteString(" [" + a.T("help.flag") + "]")
		}
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n  " + cmd.CommandPath() + " [" + a.T("help.command") + "]")
	}
	section(a.T("help.examples"), cmd.Example)
	section(a.T("help.commands"), commandList(cmd))
	section(a.T("help.flags"), a.flagList(cmd.LocalFlags()))
	section(a.T("help.global"), a.flagList(cmd.InheritedFlags()))
	if !cmd.HasParent() {
		section(a.T("exit.title"), a.exitList())
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n\n" + a.T("help.more"))
	}
	b.WriteString("\n")
	return b.String()
}

// exitList tells what the program's exit codes mean, for those who script it.
func (a *app) exitList() string {
	var lines []string
	for _, e := range exits() {
		lines = append(lines, fmt.Sprintf("  %3d  %s", e.code, a.T(e.text())))
	}
	return strings.Join(lines, "\n")
}

// commandList has the commands in the order of the work, where they have one.
func commandList(cmd *cobra.Command) string {
	var lines []string
	commands := slices.Clone(cmd.Commands())
	slices.SortStableFunc(commands, func(x, y *cobra.Command) int {
		return strings.Compare(x.Annotations[placeInHelp], y.Annotations[placeInHelp])
	})
	for _, c := range commands {
		if c.IsAvailableCommand() {
			lines = append(lines, fmt.Sprintf("  %-*s %s", c.NamePadding(), c.Name(), c.Short))
		}
	}
	return strings.Join(lines, "\n")
}

// flagList writes flags with their values and defaults in the user's
// language, which pflag's own list does not.
func (a *app) flagList(flags *pflag.FlagSet) string {
	var names, texts []string
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if value := valueName(f); value != "" {
			name += " " + a.T(value)
		}
		text := f.Usage
		if hasDefault(f) {
			text += " (" + a.T("help.default", "value", f.DefValue) + ")"
		}
		names, texts = append(names, name), append(texts, text)
		width = max(width, utf8.RuneCountInString(name))
	})
	var b strings.Builder
	for i, name := range names {
		gap := strings.Repeat(" ", width-utf8.RuneCountInString(name)+2)
		b.WriteString(name + gap + wrapped(texts[i], width+2) + "\n")
	}
	return trimEnd(b.String())
}

// hasDefault tells whether a flag's default says more than its absence does.
func hasDefault(f *pflag.Flag) bool {
	switch f.DefValue {
	case "", "0", "0s", "false", "[]":
		return false
	default:
		return true
	}
}

// valueName is the text that stands for a flag's value; "" for a switch.
func valueName(f *pflag.Flag) string {
	if id, ok := valueNames()[f.Name]; ok {
		return id
	}
	switch {
	case f.NoOptDefVal != "":
		return ""
	case strings.HasSuffix(f.Name, "-file"):
		return "help.value.file"
	case strings.HasSuffix(f.Name, "-command"):
		return "help.value.command"
	case strings.HasSuffix(f.Name, "-url"), strings.HasSuffix(f.Name, "addr"):
		return "help.value.address"
	case f.Value.Type() == "duration":
		return "help.value.duration"
	case f.Value.Type() == "int", f.Value.Type() == "uint64":
		return "help.value.number"
	default:
		return "help.value.text"
	}
}

// valueNames are the flags whose name does not tell what they take.
func valueNames() map[string]string {
	const file, folder = "help.value.file", "help.value.folder"
	return map[string]string{
		"config": file, "input": file, "output": file, "profile": file, "write-profile": file, "report": file,
		"report-shareable": file, "baseline": file, "vault": file, "package": file, "key": file, "identities": file,
		"eml": file, "export": file, "service-places": file, "to": folder, "state-dir": folder,
		"at": "help.value.time", "since": "help.value.day",
	}
}

// wrapped breaks a text into lines that begin at the indentation. Where that
// leaves too little of the line, the text is left whole.
func wrapped(text string, indent int) string {
	room := helpWidth - indent
	if room < 24 {
		return text
	}
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > room:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

func trimEnd(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
