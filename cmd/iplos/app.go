package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/ui"
	"iplos/internal/ui/lang"
)

// host is what the program gets from outside.
type host struct {
	args    []string
	environ []string
	streams ui.Streams
	now     func() time.Time
}

// app is one run of the program.
type app struct {
	host
	*ui.Terminal
	global globalFlags
	log    zerolog.Logger
	// stopped tells that the user has interrupted the run.
	stopped func() bool
	// answered is set when the JSON answer has been written.
	answered bool
	// zoneNoted is set when the user has been told that no zone is set.
	zoneNoted bool
}

// globalFlags are the flags every command takes.
type globalFlags struct {
	config, municipality, district string
	year                           int
	format, lang                   string
	logLevel, logFormat            string
	noInput, quiet                 bool
	color                          string
}

// run runs the program and returns its exit code.
func run(ctx context.Context, h host) int {
	out := ui.NewResult(h.streams.Out)
	h.streams.Out = out
	a := &app{host: h, stopped: func() bool { return ctx.Err() != nil }}
	// Help texts and usage errors need language and format before cobra has
	// read the flags.
	a.global.lang = a.early("lang", "")
	a.global.format = a.early("format", formatText)
	a.Terminal = ui.New(h.streams, ui.Options{Lang: a.language()})
	a.log = zerolog.Nop()

	root := a.root() //nolint:contextcheck // cobra hands each command the context of ExecuteContext
	a.carry()        // not in help, which is made
	root.SetArgs(h.args)
	root.SetIn(h.streams.In)
	root.SetOut(h.streams.Out)
	root.SetErr(h.streams.Err)
	err := root.ExecuteContext(ctx)
	err = a.ending(err)
	a.report(err)
	return exitCode(a.delivered(err, out.Lost()))
}

// delivered looks at whether the answer reached standard output, and says so
// where it did not. A failure of the command's own keeps its code, and is
// told again where only the lost answer told it.
func (a *app) delivered(err, lost error) error {
	if lost == nil {
		return err
	}
	if err != nil && a.answered {
		a.explain(err)
	}
	if err == nil || asFault(err) != asFault(lost) {
		a.explain(lost)
	}
	return cmp.Or(err, lost)
}

// ending turns whatever an interruption led to into an interruption, except
// an outcome that is unknown because of it.
func (a *app) ending(err error) error {
	if err != nil && a.stopped() && fault.KindOf(err) != fault.Unknown {
		return fault.Wrap(err, fault.Interrupted, "ui.interrupted")
	}
	return err
}

// report says what went wrong, once, in the format asked for.
func (a *app) report(err error) {
	if err == nil || a.answered {
		return
	}
	if a.global.format == formatJSON {
		a.writeJSON(nil, err)
		return
	}
	a.explain(err)
}

// explain writes an error and what to do about it on standard error.
func (a *app) explain(err error) {
	f := asFault(err)
	fmt.Fprintln(a.ErrText(), a.T("ui.error"), a.T(f.ID, f.Args...))
	if hint := a.T(f.ID+".hint", f.Args...); hint != "" {
		fmt.Fprintln(a.ErrText(), a.T("ui.hint"), hint)
	}
	a.log.Debug().Str("kind", string(f.Kind)).Msg(f.Error())
}

// early is a global flag's value before cobra has read it, or what the
// environment says.
func (a *app) early(name, fallback string) string {
	return cmp.Or(a.given(name), a.variable(globalVariable(name)), fallback)
}

// given is a global flag's value on the command line, "" without one.
func (a *app) given(name string) string {
	value := ""
	for i, arg := range a.args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, "--"+name+"="); ok {
			value = v
		} else if arg == "--"+name && i+1 < len(a.args) {
			value = a.args[i+1]
		}
	}
	return value
}

func (a *app) variable(name string) string {
	for _, pair := range slices.Backward(a.environ) {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			return v
		}
	}
	return ""
}

// language is the flag's or the variable's, else the system's where the
// program speaks it, else bokmål.
func (a *app) language() lang.Lang {
	for _, tag := range []string{a.global.lang, a.variable("LC_ALL"), a.variable("LC_MESSAGES"), a.variable("LANG"), ui.SystemLanguage()} {
		if tag == "" {
			continue
		}
		if l, ok := lang.Parse(tag); ok {
			return l
		}
	}
	return lang.Bokmal
}

// prepare runs before every command, when the flags are read.
func (a *app) prepare(*cobra.Command, []string) error {
	if err := a.checkGlobals(); err != nil {
		return err
	}
	a.Terminal = ui.New(a.streams, ui.Options{
		Lang:            a.language(),
		NoInput:         a.global.noInput,
		Quiet:           a.global.quiet,
		Color:           a.global.color,
		NoColorVariable: a.variable("NO_COLOR") != "",
	})
	a.carry()
	level, err := zerolog.ParseLevel(a.global.logLevel)
	if err != nil {
		return err
	}
	a.log = ui.NewLogger(a.streams.Err, level, a.global.logFormat == formatJSON, a.now)
	return nil
}

func (a *app) checkGlobals() error {
	words := flagWords()
	for _, c := range []struct{ name, value string }{
		{"format", a.global.format},
		{"lang", a.global.lang},
		{"log-level", a.global.logLevel},
		{"log-format", a.global.logFormat},
		{"color", a.global.color},
	} {
		if c.name == "lang" && c.value == "" { // the system's
			continue
		}
		if err := oneOf(c.name, c.value, words[c.name]...); err != nil {
			return err
		}
	}
	return nil
}

// oneOf refuses a flag value that is not in the list.
func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fault.New(fault.Usage, "cli.bad-value", "flag", flag, "value", value,
		"allowed", strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
}

// settings reads the configuration, with the flags of this command that are
// settings too.
func (a *app) settings(cmd *cobra.Command) (*config.Config, error) {
	opts, err := a.configOptions(cmd)
	if err != nil {
		return nil, err
	}
	c, err := config.Load(opts)
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings {
		a.Warn(w.ID, w.Args...)
	}
	return c, nil
}

func (a *app) configOptions(cmd *cobra.Command) (config.Options, error) {
	configDir, stateDir, err := a.folders()
	if err != nil {
		return config.Options{}, err
	}
	opts := config.Options{
		Path: a.global.config, UserConfigDir: configDir, UserStateDir: stateDir,
		Environ: a.environ, Flags: map[string]string{}, FlagNames: map[string]string{}, KnownVariables: globalVariables(),
	}
	for flag, key := range settingFlags() {
		if f := cmd.Flags().Lookup(flag); f != nil && f.Changed {
			opts.Flags[key], opts.FlagNames[key] = f.Value.String(), flag
		}
	}
	return opts, nil
}

// settingFlags are the flags that set a key of the configuration.
func settingFlags() map[string]string {
	return map[string]string{
		"municipality": "municipality", "district": "district", "year": "year",
		"profile": "profile", "allow-synthetic": "allow_synthetic",
		"feedback-password-file": "feedback_password_file", "feedback-password-command": "feedback_password_command",
		"vault": "vault", "pin-file": "pin_file", "pin-command": "pin_command",
		"sendemodul-url": "sendemodul.url", "filsluse-url": "filsluse.url",
		"username": "filsluse.username", "password-file": "filsluse.password_file", "password-command": "filsluse.password_command",
	}
}

// folders returns the user's own configuration and state folders, from the
// environment given rather than the process's.
func (a *app) folders() (configDir, stateDir string, err error) {
	home := a.variable("HOME")
	switch runtime.GOOS {
	case "windows":
		configDir, stateDir = a.variable("APPDATA"), a.variable("LOCALAPPDATA")
	case "darwin":
		configDir = filepath.Join(home, "Library", "Application Support")
		stateDir = configDir
	default:
		configDir, stateDir = a.variable("XDG_CONFIG_HOME"), a.variable("XDG_STATE_HOME")
		if configDir == "" && home != "" {
			configDir = filepath.Join(home, ".config")
		}
		if stateDir == "" && home != "" {
			stateDir = filepath.Join(home, ".local", "state")
		}
	}
	if configDir == "" || stateDir == "" {
		return "", "", fault.Wrap(errors.New("no home folder in the environment"), fault.Usage, "cli.no-home")
	}
	return configDir, stateDir, nil
}
