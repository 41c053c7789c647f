package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"iplos/internal/register"
)

// version is set by the release build; a plain build says what Go knows.
var version = ""

func toolVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func (a *app) newVersion() *cobra.Command {
	return a.command("version", "version", a.noArgs("iplos version"), func(*cobra.Command, []string) error {
		pack := register.PackFor(defaultYear).Version
		value := map[string]string{
			"version": toolVersion(), "rule_pack": pack, "go": runtime.Version(),
			"os": runtime.GOOS, "arch": runtime.GOARCH,
		}
		return a.answer(value, func() {
			fmt.Fprintf(a.OutText(), "iplos %s (%s %s, %s/%s)\n", toolVersion(), a.T("version.rule-pack"), pack, runtime.GOOS, runtime.GOARCH)
		}, nil)
	})
}
