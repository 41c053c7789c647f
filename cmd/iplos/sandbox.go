package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
)

type sandboxFlags struct {
	opts      sandbox.Options
	stopAfter time.Duration
	list      bool
}

func (a *app) newSandbox() *cobra.Command {
	var f sandboxFlags
	cmd := a.command("sandbox", "sandbox", a.noArgs("iplos sandbox"), func(cmd *cobra.Command, _ []string) error {
		if f.list {
			return a.listScenarios()
		}
		return a.runSandbox(cmd, f)
	})
	fs := cmd.Flags()
	fs.StringVar(&f.opts.Dir, "to", "iplos-sandbox", a.T("flag.sandbox-to"))
	fs.StringVar(&f.opts.Addr, "addr", "", a.T("flag.addr"))
	fs.StringVar(&f.opts.FilsluseAddr, "filsluse-addr", "", a.T("flag.filsluse-addr"))
	fs.StringArrayVar(&f.opts.Scenarios, "scenario", nil, a.T("flag.scenario"))
	fs.StringArrayVar(&f.opts.More, "more", nil, a.T("flag.more"))
	fs.DurationVar(&f.stopAfter, "stop-after", 0, a.T("flag.stop-after"))
	fs.BoolVar(&f.list, "list-scenarios", false, a.T("flag.list-scenarios"))
	_ = cmd.RegisterFlagCompletionFunc("scenario", completeWords(scenarioNames()...)) // fails only for a flag that is not there
	cmd.AddCommand(a.newSandboxExport())
	return cmd
}

func scenarioNames() []string {
	var names []string
	for _, k := range sandbox.Scenarios() {
		names = append(names, string(k.Name))
	}
	return names
}

func (a *app) listScenarios() error {
	list := map[string]string{}
	for _, k := range sandbox.Scenarios() {
		list[string(k.Name)] = a.T(k.Text)
	}
	return a.answer(map[string]any{"scenarios": list}, func() {
		for _, k := range sandbox.Scenarios() {
			name := string(k.Name)
			if k.TakesNumber() {
				name += "=" + a.T("help.value.number")
			}
			a.Say("cli.sandbox.scenario-line", "name", name, "text", a.T(k.Text))
		}
	}, nil)
}

// runSandbox serves until the user stops it.
func (a *app) runSandbox(cmd *cobra.Command, f sandboxFlags) (err error) {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	f.opts.Municipality, f.opts.Year, f.opts.Now = c.Municipality, c.Year, a.now
	_, lookErr := os.Lstat(f.opts.Dir)
	s, err := sandbox.Start(cmd.Context(), f.opts)
	if err != nil {
		if errors.Is(lookErr, os.ErrNotExist) && fault.KindOf(err) != fault.Locked { // keys of a sandbox that never was
			err = errors.Join(err, os.RemoveAll(f.opts.Dir))
		}
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	info := s.Info()
	if err := a.answer(info, func() {
		a.Say("cli.sandbox.started", "sendemodul", info.SendemodulURL, "filsluse", info.FilsluseURL, "folder", f.opts.Dir, "config", info.Config)
	}, nil); err != nil {
		return err
	}
	return a.untilStopped(cmd.Context(), f.stopAfter)
}

// untilStopped waits for Ctrl-C, which is how a sandbox ends, or for the
// time given.
func (a *app) untilStopped(ctx context.Context, after time.Duration) error {
	if after > 0 {
		timed, cancel := context.WithTimeout(ctx, after)
		defer cancel()
		ctx = timed
	}
	<-ctx.Done()
	a.Note("cli.sandbox.stopped")
	return nil
}

// exportKind is a row of the table of synthetic exports.
type exportKind struct {
	name  string
	write func(g *synth.Generator, path string, opts synth.TableOptions, to atomicfile.Options, stdout io.Writer) error
}

func exportKinds() []exportKind {
	return []exportKind{
		{"message", func(g *synth.Generator, path string, _ synth.TableOptions, to atomicfile.Options, stdout io.Writer) error {
			return toFile(path, to, stdout, g.WriteMessage)
		}},
		{"csv", func(g *synth.Generator, path string, opts synth.TableOptions, to atomicfile.Options, stdout io.Writer) error {
			return toFile(path, to, stdout, func(w io.Writer) error { return g.WriteCSVZip(w, opts) })
		}},
		{"csv-folder", func(g *synth.Generator, path string, opts synth.TableOptions, to atomicfile.Options, _ io.Writer) error {
			to.MayHold = isTable
			dir, err := atomicfile.CreateDir(path, to)
			if err != nil {
				return err
			}
			defer dir.Abort()
			if err := g.WriteCSVFolder(dir.Root().Name(), opts); err != nil {
				return err
			}
			return dir.Commit()
		}},
		{"xlsx", func(g *synth.Generator, path string, opts synth.TableOptions, to atomicfile.Options, stdout io.Writer) error {
			return toFile(path, to, stdout, func(w io.Writer) error { return g.WriteXLSX(w, opts) })
		}},
	}
}

// isTable tells whether an entry of a folder is one that a set of CSV files has.
func isTable(e fs.DirEntry) bool {
	return e.Type().IsRegular() && strings.EqualFold(filepath.Ext(e.Name()), ".csv")
}

func toFile(path string, to atomicfile.Options, stdout io.Writer, write func(io.Writer) error) error {
	if path == "-" {
		return write(stdout)
	}
	return atomicfile.Write(path, to, write)
}

type exportFlags struct {
	synth             synth.Options
	tables            synth.TableOptions
	kind, output      string
	defects, sendable bool
	force             bool
}

func (a *app) newSandboxExport() *cobra.Command {
	var f exportFlags
	cmd := a.command("export", "sandbox-export", a.noArgs("iplos sandbox export"), func(cmd *cobra.Command, _ []string) error {
		return a.runSandboxExport(cmd, f)
	})
	fs := cmd.Flags()
	fs.IntVar(&f.synth.Persons, "persons", 400, a.T("flag.persons"))
	fs.Uint64Var(&f.synth.Seed, "seed", 1, a.T("flag.seed"))
	fs.IntVar(&f.synth.Assessments, "assessments", 1, a.T("flag.assessments"))
	fs.StringVar(&f.kind, "as", "message", a.T("flag.as"))
	fs.StringVarP(&f.output, "output", "o", "", a.T("flag.output"))
	fs.BoolVar(&f.defects, "with-defects", false, a.T("flag.with-defects"))
	fs.BoolVar(&f.sendable, "sendable-defects", false, a.T("flag.sendable-defects"))
	fs.BoolVar(&f.tables.Shuffle, "shuffle", false, a.T("flag.shuffle"))
	fs.BoolVar(&f.force, "force", false, a.T("flag.force"))
	_ = cmd.RegisterFlagCompletionFunc("as", completeWords(exportNames()...)) // fails only for a flag that is not there
	return cmd
}

// newGenerator takes the number of --persons as it stands: none is no number.
func newGenerator(o synth.Options) (*synth.Generator, error) {
	if o.Persons < 1 {
		return nil, fault.New(fault.Usage, "cli.bad-flag-value", "flag", "persons", "value", strconv.Itoa(o.Persons))
	}
	return synth.New(o)
}

func exportNames() []string {
	var names []string
	for _, k := range exportKinds() {
		names = append(names, k.name)
	}
	return names
}

func (a *app) runSandboxExport(cmd *cobra.Command, f exportFlags) error {
	if err := oneOf("as", f.kind, exportNames()...); err != nil {
		return err
	}
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if f.output == "" {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "output")
	}
	f.synth.Year, f.synth.Municipality, f.synth.District = c.Year, c.Municipality, c.District
	switch {
	case f.defects:
		f.synth.Defects = synth.All
	case f.sendable:
		f.synth.Defects = synth.Sendable
	}
	g, err := newGenerator(f.synth)
	if err != nil {
		return err
	}
	i := slices.Index(exportNames(), f.kind)
	to := atomicfile.Options{Force: f.force, Keep: a.runWith(c).Keep()}
	if err := exportKinds()[i].write(g, f.output, f.tables, to, a.Out()); err != nil {
		return err
	}
	if f.output == "-" {
		return nil
	}
	o := g.Options()
	value := map[string]any{"output": f.output, "persons": o.Persons, "municipality": o.Municipality, "year": o.Year, "planted": plantedJSON(g)}
	return a.answer(value, func() {
		a.Say("cli.sandbox.exported", "persons", o.Persons, "municipality", o.Municipality, "output", f.output)
		if planted := plantedRules(g); planted != "" {
			a.Say("cli.sandbox.planted", "rules", planted)
		}
	}, nil)
}

func plantedRules(g *synth.Generator) string {
	var rules []string
	for _, d := range g.Planted() {
		if !slices.Contains(rules, d.Rule) {
			rules = append(rules, d.Rule)
		}
	}
	return strings.Join(rules, ", ")
}

// plantedJSON lists the planted faults under the names that findings have.
func plantedJSON(g *synth.Generator) []map[string]any {
	list := []map[string]any{}
	for _, d := range g.Planted() {
		list = append(list, map[string]any{
			"rule": d.Rule, "severity": d.Severity, "class": d.Class.String(), "field": d.Field.Name(), "person": d.Person, "row": d.Row,
		})
	}
	return list
}
