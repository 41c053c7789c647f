package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

type storyCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string)

// withSendCommands adds what the stories of sending need.
func withSendCommands(cmds storyCommands) storyCommands {
	maps.Copy(cmds, storyCommands{
		"basename":   storyBasename,
		"count":      storyCount,
		"cut":        storyCut,
		"deaf":       storyDeaf,
		"deliveries": storyDeliveries,
		"flip":       storyFlip,
		"jsonvar":    storyJSONVar,
		"private":    storyPrivate,
		"replace":    storyReplace,
		"stored":     storyStored,
		"storedonce": storyStoredOnce,
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

// storyStored waits until a sandbox holds so many deliveries: stored FOLDER N.
func storyStored(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: stored FOLDER N")
	}
	s := running(ts, args[0])
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		if fmt.Sprint(len(s.Deliveries())) == args[1] {
			return
		}
		<-tick.C
	}
	ts.Fatalf("the sandbox holds %d deliveries, want %s", len(s.Deliveries()), args[1])
}

// storyStoredOnce wants every file of a sandbox's deliveries once:
// storedonce FOLDER.
func storyStoredOnce(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: storedonce FOLDER")
	}
	times := map[string]int{}
	for _, d := range running(ts, args[0]).Deliveries() {
		for _, f := range d.Files {
			times[f.Name]++
		}
	}
	for name, n := range times {
		if n != 1 {
			ts.Fatalf("%s was stored %d times", name, n)
		}
	}
}

// storyFlip changes one bit of a file: flip FILE OFFSET.
func storyFlip(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	if at >= len(data) {
		ts.Fatalf("%s has %d bytes", args[0], len(data))
	}
	data[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// storyCut writes a copy of a file that lacks its last bytes: cut FILE COPY
// BYTES.
func storyCut(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: cut FILE COPY BYTES")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	if n > len(data) {
		ts.Fatalf("%s has %d bytes", args[0], len(data))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data[:len(data)-n], 0o600))
}

// storyJSONVar puts a value of the JSON on standard output in a variable:
// jsonvar NAME PATH.
func storyJSONVar(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: jsonvar NAME PATH")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &value))
	for _, part := range strings.Split(args[1], ".") {
		var ok bool
		if value, ok = member(value, part); !ok {
			ts.Fatalf("no %s", args[1])
		}
	}
	ts.Setenv(args[0], fmt.Sprint(value))
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
