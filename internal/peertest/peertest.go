// Package peertest finds the other programs that tests compare with. Such a
// test is skipped where the program is missing, unless IPLOS_PEERS=required,
// as in CI: then it fails.
package peertest

import (
	"os"
	"os/exec"
	"testing"
)

// Need returns the path of a program, and skips or fails the test without it.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		Missing(t, "program "+program)
	}
	return path
}

// NeedFile returns the path of the first file that exists, and skips or fails
// the test when none does.
func NeedFile(t testing.TB, paths ...string) string {
	t.Helper()
	for _, p := range paths {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	Missing(t, "file "+paths[0])
	return ""
}

// Missing skips the test, or fails it where peers are required.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("IPLOS_PEERS") == "required" {
		t.Fatalf("%s is missing and IPLOS_PEERS=required", what)
	}
	t.Skipf("%s is not on this machine", what)
}
