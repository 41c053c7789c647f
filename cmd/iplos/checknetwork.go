package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/netcheck"
	"iplos/internal/workflow"
)

type networkFlags struct {
	target  string
	all     bool
	timeout time.Duration
	forIT   bool
	caFile  string
}

func (a *app) newCheckNetwork() *cobra.Command {
	var f networkFlags
	cmd := a.command("check-network", "check-network", a.noArgs("iplos check-network"), func(cmd *cobra.Command, _ []string) error {
		return a.runCheckNetwork(cmd, f)
	})
	fs := cmd.Flags()
	fs.StringVar(&f.target, "target", "sendemodul", a.T("flag.target"))
	fs.BoolVar(&f.all, "all", false, a.T("flag.network-all"))
	fs.DurationVar(&f.timeout, "timeout", netcheck.DefaultTimeout, a.T("flag.timeout"))
	fs.BoolVar(&f.forIT, "for-it", false, a.T("flag.for-it"))
	fs.String("sendemodul-url", "", a.T("flag.sendemodul-url"))
	fs.String("filsluse-url", "", a.T("flag.filsluse-url"))
	fs.StringVar(&f.caFile, "ca-file", "", a.T("flag.ca-file"))
	_ = cmd.RegisterFlagCompletionFunc("target", completeWords(targetNames()...)) // fails only for a flag that is not there
	return cmd
}

func targetNames() []string {
	names := []string{}
	for _, t := range netcheck.Targets() {
		names = append(names, t.Name)
	}
	return append(names, "all")
}

func (a *app) runCheckNetwork(cmd *cobra.Command, f networkFlags) error {
	if f.all {
		f.target = "all"
	}
	if err := oneOf("target", f.target, targetNames()...); err != nil {
		return err
	}
	if f.timeout <= 0 {
		return fault.New(fault.Usage, "cli.bad-flag-value", "flag", "timeout", "value", f.timeout.String())
	}
	r, err := a.run(cmd, workflow.Either)
	if err != nil {
		return err
	}
	var results []*netcheck.Result
	var failed error
	for _, t := range netcheck.Targets() {
		if f.target != "all" && f.target != t.Name {
			continue
		}
		opts := r.NetworkOptions(t)
		opts.Timeout = f.timeout
		if f.caFile != "" {
			opts.CAFile = f.caFile
		}
		result, err := netcheck.Run(cmd.Context(), opts)
		if err != nil {
			return err
		}
		results = append(results, result)
		if failed == nil {
			failed = result.Err()
		}
	}
	return a.answer(a.networkJSON(results), func() { a.printNetwork(results, f.forIT, r.Config.Contact) }, failed)
}

// networkJSON is one result, or with several an object that holds them and
// the zone this machine seems to be in.
func (a *app) networkJSON(results []*netcheck.Result) any {
	if len(results) == 1 {
		return results[0].JSON(a.T)
	}
	ok, list := true, []netcheck.JSON{}
	for _, r := range results {
		ok = ok && r.OK
		list = append(list, r.JSON(a.T))
	}
	zone := netcheck.GuessZone(results)
	return map[string]any{"target": "all", "ok": ok, "targets": list, "zone": a.T(zone.ID, zone.Args...)}
}

// printNetwork shows the steps, or the message to paste into a ticket.
func (a *app) printNetwork(results []*netcheck.Result, forIT bool, who config.Contact) {
	if forIT {
		fmt.Fprint(a.OutText(), netcheck.ForIT(results, contactText(who), a.T))
		return
	}
	for _, r := range results {
		a.printTarget(r)
	}
	if len(results) > 1 {
		zone := netcheck.GuessZone(results)
		a.Say(zone.ID, zone.Args...)
	}
}

// contactText is the IPLOS contact in one line.
func contactText(c config.Contact) string {
	parts := slices.DeleteFunc([]string{c.Name, c.Email, c.Phone}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

func (a *app) printTarget(r *netcheck.Result) {
	fmt.Fprintf(a.OutText(), "%s: %s\n", a.T(r.Target.Title), r.URL)
	width := 0
	for _, s := range r.Steps {
		width = max(width, utf8.RuneCountInString(a.T(netcheck.StateText(s))))
	}
	for _, s := range r.Steps {
		seen := strings.Join(netcheck.Sentences(a.T, s.Detail), " ")
		fmt.Fprintf(a.OutText(), "  %-6s %-*s %6d ms  %s\n", s.Name, width, a.T(netcheck.StateText(s)), s.MS, seen)
		for _, w := range netcheck.Sentences(a.T, s.Warnings) {
			fmt.Fprintf(a.OutText(), "         ! %s\n", w)
		}
		for _, advice := range netcheck.Sentences(a.T, s.Advice) {
			fmt.Fprintf(a.OutText(), "         → %s\n", advice)
		}
	}
}
