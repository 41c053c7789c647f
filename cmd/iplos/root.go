package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/journal"
)

// placeInHelp is the annotation that says where help shows a command.
const placeInHelp = "place"

// commands is the table of commands, in the order help shows them.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.newInit(),
		a.newValidate(),
		a.newSubmit(),
		a.newStatus(),
		a.newReceipt(),
		a.newFeedback(),
		a.newExtract(),
		a.newEncrypt(),
		a.newOpen(),
		a.newKey(),
		a.newPassword(),
		a.newJournal(),
		a.newCheckNetwork(),
		a.newDoctor(),
		a.newRules(),
		a.newConfig(),
		a.newSandbox(),
		a.newDemo(),
		a.newCompletion(),
		a.newMan(),
		a.newVersion(),
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "iplos",
		Short:             a.T("cmd.iplos.short"),
		Long:              a.T("cmd.iplos.long"),
		Example:           indent(a.T("cmd.iplos.example")),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: a.prepare,
		Args:              a.noArgs("iplos"),
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	a.addGlobalFlags(root.PersistentFlags())
	_ = root.RegisterFlagCompletionFunc("municipality", completeMunicipality) // fails only for a flag that is not there
	root.SetFlagErrorFunc(flagFault)
	root.SetUsageFunc(a.usage)
	root.SetHelpFunc(a.help)
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	for i, c := range a.commands() {
		c.Annotations = map[string]string{placeInHelp: fmt.Sprintf("%03d", i)}
		root.AddCommand(c)
	}
	a.finishCommands(root)
	return root
}

// finishCommands gives every command what all have: the help flag in the
// user's language, and an answer for a group called without a subcommand.
func (a *app) finishCommands(cmd *cobra.Command) {
	cmd.SuggestionsMinimumDistance = 2
	cmd.SuggestFor = norwegian()[cmd.Name()]
	cmd.DisableFlagsInUseLine = true // usage has the word in the user's language
	completeValues(cmd)
	cmd.Flags().BoolP("help", "h", false, a.T("flag.help"))
	if cmd.HasSubCommands() && cmd.HasParent() && cmd.RunE == nil {
		cmd.Args = a.noArgs(cmd.CommandPath())
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			return fault.New(fault.Usage, "cli.subcommand-missing", "command", cmd.CommandPath(),
				"subcommands", strings.Join(subcommands(cmd), ", "))
		}
	}
	for _, sub := range cmd.Commands() {
		a.finishCommands(sub)
	}
}

func subcommands(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// command makes a command whose texts are in the catalogue under
// "cmd.<id>.{short,long,example}".
func (a *app) command(use, id string, args cobra.PositionalArgs, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use:     use,
		Short:   a.T("cmd." + id + ".short"),
		Long:    a.T("cmd." + id + ".long"),
		Example: indent(a.T("cmd." + id + ".example")),
		Args:    args,
		RunE:    run,
	}
}

// group makes a command that only has subcommands.
func (a *app) group(use, id string, subs ...*cobra.Command) *cobra.Command {
	cmd := a.command(use, id, nil, nil)
	cmd.AddCommand(subs...)
	return cmd
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// noArgs refuses arguments; one that looks like a command is called unknown.
func (a *app) noArgs(path string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		if cmd.HasSubCommands() {
			// cobra names a command twice that is near and also suggested.
			if likely := slices.Compact(cmd.SuggestionsFor(args[0])); len(likely) > 0 {
				return fault.New(fault.Usage, "cli.unknown-command-likely", "command", path+" "+args[0], "likely", strings.Join(likely, ", "))
			}
			return fault.New(fault.Usage, "cli.unknown-command", "command", path+" "+args[0])
		}
		if f := cmd.Flags().Lookup("input"); f != nil && !f.Changed {
			return fault.New(fault.Usage, "cli.argument-input", "command", cmd.Name(), "argument", journal.Quoted(args[0]))
		}
		return fault.New(fault.Usage, "cli.argument-too-many", "command", path, "argument", args[0])
	}
}

// exactArgs asks for the named arguments.
func (a *app) exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return fault.New(fault.Usage, "cli.argument-missing", "command", cmd.CommandPath(), "argument", names[len(args)])
		}
		if len(args) > len(names) {
			return fault.New(fault.Usage, "cli.argument-too-many", "command", cmd.CommandPath(), "argument", args[len(names)])
		}
		return nil
	}
}

// atMost allows one argument of that name, or none.
func (a *app) atMost(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return a.exactArgs(name)(cmd, args)
		}
		return nil
	}
}

// flagFault puts cobra's complaint about a flag in the user's language.
func flagFault(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if likely := likelyFlag(cmd, e.GetSpecifiedName()); likely != "" {
			return fault.Wrap(err, fault.Usage, "cli.unknown-flag-likely", "flag", e.GetSpecifiedName(), "likely", likely)
		}
		return fault.Wrap(err, fault.Usage, "cli.unknown-flag", "flag", e.GetSpecifiedName())
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fault.Wrap(err, fault.Usage, "cli.flag-without-value", "flag", e.GetSpecifiedName())
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fault.Wrap(err, fault.Usage, "cli.bad-flag-value", "flag", e.GetFlag().Name, "value", e.GetValue())
	}
	return fault.Wrap(err, fault.Usage, "cli.bad-flag", "cause", err.Error())
}

// likelyFlag is the command's flag that a misspelt one is most like.
func likelyFlag(cmd *cobra.Command, name string) string {
	var names []string
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.Flags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return config.Nearest(name, names)
}

// norwegian are words that a person may try in place of a command's name.
func norwegian() map[string][]string {
	return map[string][]string{
		"init": {"oppsett", "start", "setup"}, "validate": {"kontroller", "valider", "sjekk", "check"},
		"submit": {"send", "lever", "upload"}, "status": {"tilstand"}, "receipt": {"kvittering"},
		"feedback": {"tilbakemelding", "filsluse"}, "extract": {"uttrekk"}, "encrypt": {"krypter", "forsegl", "seal"},
		"open": {"åpne", "opne", "decrypt"}, "key": {"nøkkel", "nøkler", "keys"}, "password": {"passord"},
		"check-network": {"nett", "nettverk", "network"}, "rules": {"regler", "reglar"}, "config": {"konfigurasjon"},
		"sandbox": {"øvelse", "øving"}, "version": {"versjon"},
	}
}

// addGlobalFlags declares the flags of every command; each has an IPLOS_
// variable as its default.
func (a *app) addGlobalFlags(fs *pflag.FlagSet) {
	g := &a.global
	text := func(p *string, name, fallback string) {
		value := a.variable(globalVariable(name))
		if value == "" {
			value = fallback
		}
		fs.StringVar(p, name, value, a.T("flag."+name))
	}
	on := func(p *bool, name string) {
		value, _ := strconv.ParseBool(a.variable(globalVariable(name))) // anything else is off
		fs.BoolVar(p, name, value, a.T("flag."+name))
	}
	text(&g.config, "config", "")
	// These three are settings too: the configuration reads their variables.
	fs.StringVar(&g.municipality, "municipality", "", a.T("flag.municipality"))
	fs.StringVar(&g.district, "district", "", a.T("flag.district"))
	fs.IntVar(&g.year, "year", 0, a.T("flag.year"))
	text(&g.format, "format", formatText)
	text(&g.lang, "lang", "")
	text(&g.logLevel, "log-level", "warn")
	text(&g.logFormat, "log-format", formatText)
	on(&g.noInput, "no-input")
	on(&g.quiet, "quiet")
	text(&g.color, "color", "auto")
}

func globalVariable(flag string) string {
	return "IPLOS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// globalVariables are the variables of global flags that are no settings.
func globalVariables() []string {
	var names []string
	for _, flag := range []string{"format", "lang", "log-level", "log-format", "no-input", "quiet", "color"} {
		names = append(names, globalVariable(flag))
	}
	return names
}
