package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

type storyCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string)

// withSendCommands adds what the stories of sending need.
func withSendCommands(cmds storyCommands) storyCommands {
	maps.Copy(cmds, storyCommands{
		"basename":   storyBasename,
		"count":      storyCount,
		"deliveries": storyDeliveries,
		"private":    storyPrivate,
		"replace":    storyReplace,
	})
	return cmds
}

// storyBasename puts a path's last element in a variable: basename NAME PATH.
func storyBasename(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: basename NAME PATH")
	}
	ts.Setenv(args[0], filepath.Base(args[1]))
}

// storyCount counts what a pattern finds: count N PATTERN.
func storyCount(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: count N PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	if err != nil || fmt.Sprint(len(found)) != args[0] {
		ts.Fatalf("%s finds %v, %v; want %s", args[1], found, err, args[0])
	}
}

// storyDeliveries counts the files a sandbox has stored: deliveries FOLDER N.
func storyDeliveries(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: deliveries FOLDER N")
	}
	stored := running(ts, args[0]).Deliveries()
	if fmt.Sprint(len(stored)) != args[1] {
		ts.Fatalf("the sandbox holds %d deliveries, want %s: %+v", len(stored), args[1], stored)
	}
}

// storyPrivate makes files readable to their owner only, as secrets must be:
// private FILE...
func storyPrivate(ts *testscript.TestScript, _ bool, args []string) {
	for _, f := range args {
		ts.Check(os.Chmod(ts.MkAbs(f), 0o600))
	}
}

// storyReplace writes a copy of a file with every match of a regular
// expression replaced: replace FILE COPY PATTERN TEXT. It has to match.
func storyReplace(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: replace FILE COPY PATTERN TEXT")
	}
	text := ts.ReadFile(args[0])
	changed := regexp.MustCompile(args[2]).ReplaceAllString(text, args[3])
	if changed == text {
		ts.Fatalf("%q is not in %s", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(changed, `\n`, "\n")), 0o600))
}
