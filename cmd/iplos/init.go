package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"iplos/internal/config"
	"iplos/internal/workflow"
)

// initFlags are the keys that `init` takes by flag, besides the global ones.
func initFlags() []string {
	return []string{
		"organisation_number", "zone", "contact.name", "contact.email", "contact.phone", "export", "state_dir",
		"pin_file", "pin_command", "feedback_password_file", "feedback_password_command", "vault",
		"sendemodul.url", "sendemodul.ca_file", "filsluse.url", "filsluse.ca_file", "filsluse.username",
		"service_places", "profile",
	}
}

func (a *app) newInit() *cobra.Command {
	cmd := a.command("init", "init", a.noArgs("iplos init"), func(cmd *cobra.Command, _ []string) error {
		return a.runInit(cmd)
	})
	for _, key := range initFlags() {
		cmd.Flags().String(flagOf(key), "", a.T("config.doc."+key))
	}
	return cmd
}

// flagOf is the flag of a key: contact.email is --contact-email.
func flagOf(key string) string {
	return strings.NewReplacer(".", "-", "_", "-").Replace(key)
}

func (a *app) runInit(cmd *cobra.Command) error {
	r, err := a.setupRun(cmd)
	if err != nil {
		return err
	}
	s := workflow.Setup{
		File: r.Config.File, Set: givenKeys(cmd.Flags()), Year: r.Config.Year,
		Flag: func(key string) string { return "--" + flagOf(key) },
		Doc: func(key string) string {
			if key == "" {
				return a.Plain().T("config.doc")
			}
			return a.Plain().T("config.doc." + key)
		},
	}
	result, err := r.Setup(cmd.Context(), s)
	if err != nil {
		return err
	}
	return a.answer(result, func() {
		if len(result.Changed) == 0 {
			a.Say("init.nothing")
			return
		}
		if len(r.Config.Listed) == 0 { // what was given stands in the file now
			a.carryFor("", "")
		}
		a.Say("init.written", "file", result.File)
	}, nil)
}

// setupRun is a run whose configuration may not exist yet.
func (a *app) setupRun(cmd *cobra.Command) (*workflow.Run, error) {
	opts, err := a.configOptions(cmd)
	if err != nil {
		return nil, err
	}
	// The flag may hold a name too; what it means is for the set-up to find
	// out. In a file with a list it picks the entry to change.
	if m := opts.Flags["municipality"]; config.Check("municipality", m, config.Origin{}) != nil {
		delete(opts.Flags, "municipality")
	}
	file := config.Target(opts)
	c, err := config.Draft(opts)
	if err != nil {
		return nil, err
	}
	c.File = file
	return a.runWith(c), nil
}

func givenKeys(fs *pflag.FlagSet) map[string]string {
	set := map[string]string{}
	for _, key := range append(initFlags(), "municipality", "district", "year") {
		if f := fs.Lookup(flagOf(key)); f != nil && f.Changed {
			set[key] = f.Value.String()
		}
	}
	return set
}
