package finding_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iplos/internal/finding"
)

// TestMatcher matches one by one, also after a year on the disk, and whatever
// the list calls the place.
func TestMatcher(t *testing.T) {
	own := []*finding.Finding{
		{Rule: "A", Severity: finding.Error, Person: "1", Row: "5", Class: "TJENESTE", Field: "tjTimer", Line: 40},
		{Rule: "A", Severity: finding.Error, Person: "1", Row: "5", Class: "TJENESTE", Field: "tjKode", Line: 41},
		{Rule: "A", Severity: finding.Error, Person: "15"},
		{Rule: "B", Severity: finding.Minimum, Args: []any{"code", "7"}},
		{Rule: "C", Severity: finding.Info, Person: "1"},
	}
	listed := []*finding.Finding{
		{Rule: "A", Person: "1", Row: "5", Class: "Tjenester"},
		{Rule: "A", Person: "1", Row: "5"},
		{Rule: "A", Person: "1", Row: "5"},
		{Rule: "A", Person: "1", Row: "55"},
		{Rule: "B"},
		{Rule: "C", Person: "1"},
	}
	sent := finding.NewSent(slices.Values(own))
	var kept bytes.Buffer
	if err := sent.Write(&kept); err != nil {
		t.Fatal(err)
	}
	read, err := finding.ReadBaseline(&kept)
	if err != nil {
		t.Fatal(err)
	}
	want := []finding.Match{
		{Rule: "A", Foretold: 2, Unforetold: 2, OursAlone: 1},
		{Rule: "B", Foretold: 1},
		{Rule: "C", Unforetold: 1},
	}
	for name, b := range map[string]*finding.Baseline{"in memory": sent, "kept": read} {
		m := finding.NewMatcher(b)
		for _, f := range listed {
			m.Listed(f)
		}
		if diff := cmp.Diff(want, m.Result()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
