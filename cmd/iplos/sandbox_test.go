package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"iplos/internal/sandbox"
)

// storySandbox runs a sandbox for the rest of the story: sandbox FOLDER
// [municipality=NNNN] [SCENARIO...]. Its configuration is FOLDER/iplos.yaml; SENDEMODUL, FILSLUSE
// and CA name its addresses and its certificate. `sandbox wait FOLDER` waits
// until every delivery has been answered, `sandbox stop FOLDER` stops it.
func storySandbox(ts *testscript.TestScript, _ bool, args []string) {
	switch {
	case len(args) == 2 && args[0] == "wait":
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if _, err := running(ts, args[1]).Settled(ctx); err != nil {
			ts.Fatalf("the receivers: %v", err)
		}
	case len(args) == 2 && args[0] == "stop":
		if err := running(ts, args[1]).Close(); err != nil {
			ts.Fatalf("stopping the sandbox: %v", err)
		}
	case len(args) >= 1:
		startSandbox(ts, args[0], args[1:])
	default:
		ts.Fatalf("usage: sandbox FOLDER [SCENARIO...]")
	}
}

func running(ts *testscript.TestScript, folder string) *sandbox.Sandbox {
	s := storyOf(ts).sandboxes[folder]
	if s == nil {
		ts.Fatalf("no sandbox runs in %s", folder)
	}
	return s
}

func startSandbox(ts *testscript.TestScript, folder string, scenarios []string) {
	opts := sandbox.Options{Dir: ts.MkAbs(folder), Now: storyOf(ts).clock.now}
	for _, arg := range scenarios {
		if number, ok := strings.CutPrefix(arg, "municipality="); ok {
			opts.Municipality = number
		} else {
			opts.Scenarios = append(opts.Scenarios, arg)
		}
	}
	s, err := sandbox.Start(context.Background(), opts)
	if err != nil {
		ts.Fatalf("starting the sandbox: %v", err)
	}
	ts.Defer(func() { _ = s.Close() }) // the story's outcome is what counts
	storyOf(ts).sandboxes[folder] = s
	info := s.Info()
	ts.Setenv("SENDEMODUL", info.SendemodulURL)
	ts.Setenv("FILSLUSE", info.FilsluseURL)
	ts.Setenv("CA", info.CAFile)
	ts.Setenv("REGISTER_KEY", info.RegisterKey)
	ts.Setenv("PSEUDONYMISER_KEY", info.PseudonymiserKey)
	ts.Setenv("REGISTER_PRIVATE", info.RegisterPrivate)
	ts.Setenv("PSEUDONYMISER_PRIVATE", info.PseudonymiserPrivate)
	ts.Setenv("IPLOS_CONFIG", filepath.Join(ts.MkAbs(folder), "iplos.yaml"))
	ts.Setenv("IPLOS_FEEDBACK_PASSWORD", "et-langt-passord-til-uke-6")
	if _, err := os.Stat(info.Config); err != nil {
		ts.Fatalf("the sandbox wrote no configuration: %v", err)
	}
	ts.Check(windowsConfig(info.Config))
}
