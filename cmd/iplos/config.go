package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/workflow"
)

func (a *app) newConfig() *cobra.Command {
	return a.group("config", "config", a.newConfigShow(), a.newConfigCheck())
}

func (a *app) newConfigShow() *cobra.Command {
	return a.command("show", "config-show", a.noArgs("iplos config show"), func(cmd *cobra.Command, _ []string) error {
		c, err := a.settings(cmd)
		if err != nil {
			return err
		}
		value := map[string]any{"file": c.File, "settings": c.Show()}
		return a.answer(value, func() { a.printSettings(c) }, nil)
	})
}

// printSettings has the value last: it may be long.
func (a *app) printSettings(c *config.Config) {
	if c.File == "" {
		a.Say("config.no-file")
	} else {
		a.Say("config.file", "file", c.File)
	}
	w := a.table()
	for _, s := range c.Show() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Key, a.originText(s.Origin), s.Value)
	}
	_ = w.Flush() // the terminal's own errors show by themselves
	a.sayTranslation(c)
}

// sayTranslation tells that another number than the one set is reported under.
func (a *app) sayTranslation(c *config.Config) {
	if id, args := c.Translation(); id != "" {
		a.Say(id, args...)
	}
}

func (a *app) newConfigCheck() *cobra.Command {
	return a.command("check", "config-check", a.noArgs("iplos config check"), func(cmd *cobra.Command, _ []string) error {
		c, err := a.settings(cmd)
		if err != nil {
			return a.sayProblems(cmd, err)
		}
		each := []*config.Config{c}
		if c.Municipality == "" && len(c.Listed) > 0 {
			if each, err = a.allSettings(cmd); err != nil {
				return a.sayProblems(cmd, err)
			}
		}
		for _, one := range each {
			if err := a.runWith(one).CheckRules(); err != nil {
				return err
			}
		}
		return a.answer(checkedJSON(c, each), func() { a.printChecked(c, each) }, nil)
	})
}

// checkedJSON has what is missing of each municipality in the list, and of
// any of them.
func checkedJSON(c *config.Config, each []*config.Config) map[string]any {
	missing, list := []string{}, []map[string]any{}
	for _, one := range each {
		lacks := one.Missing(one.Needed()...)
		for _, key := range lacks {
			if !slices.Contains(missing, key) {
				missing = append(missing, key)
			}
		}
		list = append(list, map[string]any{"municipality": one.Municipality, "district": one.District, "missing": lacks})
	}
	value := map[string]any{"file": c.File, "ok": true, "missing": missing, "municipality": c.Municipality}
	if len(c.Listed) > 0 {
		value["municipalities"] = list
	}
	return value
}

func (a *app) printChecked(c *config.Config, each []*config.Config) {
	if c.File == "" {
		a.Say("config.no-file")
	} else {
		a.Say("config.ok", "file", c.File)
	}
	for _, one := range each {
		a.sayTranslation(one)
		id := "config.lacks"
		if one.Zone == string(workflow.Outside) {
			id = "config.lacks-feedback"
		}
		for _, key := range one.Missing(one.Needed()...) {
			if len(c.Listed) > 0 {
				key = one.Municipality + "-" + one.District + " " + key
			}
			a.Say(id, "key", key)
		}
	}
}

// sayProblems tells all that is wrong with the settings, not only what they
// were refused for.
func (a *app) sayProblems(cmd *cobra.Command, first error) error {
	opts, err := a.configOptions(cmd)
	if err != nil {
		return first
	}
	problems := config.Problems(opts)
	list := []*failure{}
	for _, p := range problems {
		list = append(list, a.failure(p))
	}
	return a.answer(map[string]any{"ok": false, "problems": list}, func() {
		for _, p := range problems {
			if p.Error() != first.Error() {
				a.explain(p)
			}
		}
	}, first)
}

// originText is where a value came from, the file by its name alone.
func (a *app) originText(o config.Origin) string {
	switch o.Kind {
	case "default":
		return a.T("config.default")
	case "file":
		o.Name = filepath.Base(o.Name)
	}
	return o.String()
}
