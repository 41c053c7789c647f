package main

import (
	"github.com/spf13/cobra"

	"iplos/internal/fault"
	"iplos/internal/workflow"
)

// defaultYear is the data year of the guide the program follows.
const defaultYear = 2017

// inputFlags are what every command that reads an export takes.
type inputFlags struct {
	input, source, profile string
	allowSynthetic         bool
}

func (a *app) addInputFlags(cmd *cobra.Command) *inputFlags {
	f := &inputFlags{}
	fs := cmd.Flags()
	fs.StringVarP(&f.input, "input", "i", "", a.T("flag.input"))
	fs.StringVar(&f.source, "source", "", a.T("flag.source"))
	fs.StringVar(&f.profile, "profile", "", a.T("flag.profile"))
	fs.BoolVar(&f.allowSynthetic, "allow-synthetic", false, a.T("flag.allow-synthetic"))
	return f
}

// source says what to read: the flag's file, else the configured export, else
// what the person at the terminal answers.
func (a *app) source(cmd *cobra.Command, r *workflow.Run, f *inputFlags) (workflow.Source, error) {
	path := f.input
	if path == "" {
		path = r.Config.Export
	}
	if path == "" && a.Interactive() {
		var err error
		if path, err = a.Ask(cmd.Context(), "", "ask.export"); err != nil {
			return workflow.Source{}, err
		}
	}
	if path == "" {
		return workflow.Source{}, fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "input")
	}
	return workflow.Source{Path: path, Kind: f.source, Stdin: a.In(), Progress: a.readProgress(path)}, nil
}

// run makes the workflow's run for this command: settings read, and the zone
// checked.
func (a *app) run(cmd *cobra.Command, zone workflow.Zone) (*workflow.Run, error) {
	c, err := a.settings(cmd)
	if err != nil {
		return nil, err
	}
	r := a.runWith(c)
	return r, a.requireZone(r, zone)
}

// requireZone refuses a command of the other zone, and tells a person once
// that none is set.
func (a *app) requireZone(r *workflow.Run, zone workflow.Zone) error {
	if zone != workflow.Either && r.Config.Zone == "" && !a.zoneNoted && a.global.format == formatText {
		a.zoneNoted = true
		a.Note("zone.unset")
	}
	return r.RequireZone(zone)
}
