package main

import (
	"slices"
	"strings"
	"testing"

	"iplos/internal/ui/lang"
)

// TestConfiguredCommands: every command reads the configuration, or is known
// not to.
func TestConfiguredCommands(t *testing.T) {
	want := strings.Fields("completion demo man no-help rules sandbox version")
	for _, cmd := range helpTree(lang.Bokmal).Commands() {
		want = append(want, cmd.Name())
	}
	got := append(configured(), strings.Fields("completion demo man no-help rules sandbox version")...)
	slices.Sort(want)
	slices.Sort(got)
	if want = slices.Compact(want); !slices.Equal(want, got) {
		t.Errorf("commands %v\nthere are  %v", got, want)
	}
}
