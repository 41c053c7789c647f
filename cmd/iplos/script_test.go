package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"iplos/internal/sandbox"
)

// clockVariable sets the program's clock in stories. Only this test's main
// reads it: the program itself has no such switch.
const clockVariable = "STORY_CLOCK"

// asProgram makes the test binary the program itself: for tests that end it
// from outside.
const asProgram = "STORY_PROGRAM"

// raceOptions are the race detector's in a run of the program: a race ends it
// with code 66, also where the program would have ended with another code
// than 0, and an end does not last a second as it does by itself.
const raceOptions = "halt_on_error=1 atexit_sleep_ms=10"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if err := putVariables(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(process(storyClock()))
	}
	testscript.Main(m, map[string]func(){
		"iplos": func() {
			if program := os.Getenv(wineProgram); program != "" {
				os.Exit(underWine(program))
			}
			os.Exit(process(storyClock()))
		},
	})
}

// storyClock goes on from the story's time.
func storyClock() func() time.Time {
	started := time.Now()
	base, err := time.Parse(time.RFC3339, os.Getenv(clockVariable))
	if err != nil {
		return time.Now
	}
	return func() time.Time { return base.Add(time.Since(started)) }
}

// TestStories runs every story in testdata/script against the real main.
// UPDATE_STORIES=1 rewrites the expected output in them.
func TestStories(t *testing.T) { testscript.Run(t, storyParams()) }

// storyParams are what every story is run with.
func storyParams() testscript.Params {
	return testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       os.Getenv("UPDATE_STORIES") != "",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Condition:           storyCondition,
		Setup:               setupStory,
		Cmds: withSendCommands(map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"clock":    storySetClock,
			"code":     storyCode,
			"console":  storyConsole,
			"glob":     storyGlob,
			"json":     storyJSON,
			"locked":   storyLocked,
			"only":     storyOnly,
			"sandbox":  storySandbox,
			"waitfile": storyWaitFile,
		}),
	}
}

// story is what the commands of one story share.
type story struct {
	clock     *wallClock
	sandboxes map[string]*sandbox.Sandbox
}

// wallClock is a story's time, read by a sandbox while the story sets it.
type wallClock struct{ base, set atomic.Pointer[time.Time] }

func (c *wallClock) put(base time.Time) {
	at := time.Now()
	c.base.Store(&base)
	c.set.Store(&at)
}

func (c *wallClock) now() time.Time { return c.base.Load().Add(time.Since(*c.set.Load())) }

func storyOf(ts *testscript.TestScript) *story { return ts.Value("story").(*story) }

func setupStory(env *testscript.Env) error {
	s := &story{clock: &wallClock{}, sandboxes: map[string]*sandbox.Sandbox{}}
	s.clock.put(time.Date(2018, time.January, 3, 9, 0, 0, 0, time.UTC))
	env.Values["story"] = s
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(home, ".local", "state"))
	env.Setenv("LANG", "C")
	env.Setenv("LC_ALL", "")
	env.Setenv("NO_COLOR", "1")
	env.Setenv("GORACE", raceOptions)
	env.Setenv(clockVariable, "2018-01-03T10:00:00+01:00")
	setupWine(env)
	return os.MkdirAll(home, 0o700)
}

// storySetClock sets the time of the commands that follow: clock TIME.
func storySetClock(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: clock TIME")
	}
	at, err := time.Parse(time.RFC3339, args[0])
	if err != nil {
		ts.Fatalf("clock: %v", err)
	}
	storyOf(ts).clock.put(at)
	ts.Setenv(clockVariable, args[0])
}

// storyCode runs a command and compares its exit code: code N COMMAND ARG...
func storyCode(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("running %s: %v", args[1], err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// storyGlob puts the one file that a pattern finds in a variable: glob NAME
// PATTERN.
func storyGlob(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: glob NAME PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	if err != nil || len(found) != 1 {
		ts.Fatalf("%s finds %v, %v; want one file", args[1], found, err)
	}
	ts.Setenv(args[0], found[0])
}

// storyJSON compares a value in the JSON on standard output: json PATH WANT,
// with the path's parts divided by dots; without WANT it only has to be
// there. With ! it must not be there.
func storyJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: json PATH [WANT]")
	}
	var value any
	text := ts.ReadFile("stdout")
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(&value); err != nil {
		ts.Fatalf("standard output is not JSON: %v\n%s", err, text)
	}
	if dec.More() {
		ts.Fatalf("standard output holds more than one JSON value:\n%s", text)
	}
	found := true
	for _, part := range strings.Split(args[0], ".") {
		value, found = member(value, part)
		if !found {
			break
		}
	}
	switch got := strings.TrimSuffix(fmt.Sprint(value), ".0"); {
	case neg && found && (len(args) == 1 || got == args[1]):
		ts.Fatalf("%s is %s", args[0], got)
	case neg:
	case !found:
		ts.Fatalf("no %s in:\n%s", args[0], text)
	case len(args) == 2 && got != args[1]:
		ts.Fatalf("%s is %q, want %q", args[0], got, args[1])
	}
}

func member(value any, name string) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		m, ok := v[name]
		return m, ok
	case []any:
		if name == "length" {
			return len(v), true
		}
		var i int
		if _, err := fmt.Sscan(name, &i); err != nil || i < 0 || i >= len(v) {
			return nil, false
		}
		return v[i], true
	default:
		return nil, false
	}
}

// storyOnly compares a folder's names: only FOLDER NAME...
func storyOnly(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: only FOLDER NAME...")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err != nil && len(args) > 1 {
		ts.Fatalf("reading the folder: %v", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(args[1:], " ") {
		ts.Fatalf("%s holds %v, want %v", args[0], names, args[1:])
	}
}

// storyWaitFile waits for a file that another process makes: waitfile PATH.
func storyWaitFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: waitfile PATH")
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1500 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		<-tick.C
	}
	ts.Fatalf("%s did not come", args[0])
}
