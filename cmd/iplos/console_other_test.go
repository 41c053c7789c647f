//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

// storyConsole needs a pseudo-terminal, which this test opens on Linux only:
// the story says so.
func storyConsole(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("no console on this system")
}
