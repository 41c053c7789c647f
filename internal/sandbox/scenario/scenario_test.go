package scenario_test

import (
	"testing"

	"iplos/internal/fault"
	"iplos/internal/sandbox/scenario"
)

func table() []scenario.Kind {
	return []scenario.Kind{{Name: "cut", Default: 100}, {Name: "once", Times: 1}}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]scenario.Use{
		"cut":      {Name: "cut", N: 100},
		"cut=7":    {Name: "cut", N: 7},
		"cut=7*2":  {Name: "cut", N: 7, Times: 2},
		"cut=*2":   {Name: "cut", N: 100, Times: 2},
		"once":     {Name: "once", Times: 1},
		"once=0*0": {Name: "once"},
	} {
		if got, err := scenario.Parse(text, table()); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "Cut", "cut=x", "cut=-1", "cut=1*x", "cut=1*-1", "cut=1e9", "cut=99999999999999999999"} {
		if u, err := scenario.Parse(text, table()); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %+v, %v", text, u, err)
		}
	}
}

func TestTimesAreCounted(t *testing.T) {
	s := scenario.NewSet([]scenario.Use{{Name: "twice", N: 5, Times: 2}, {Name: "always"}})
	for i, want := range []bool{true, true, false, false} {
		if u, ok := s.Take("twice"); ok != want || (ok && u.N != 5) {
			t.Errorf("take %d: %+v, %t", i+1, u, ok)
		}
		if !s.Has("always") || s.Has("never") {
			t.Error("always or never")
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cut=7*2")
	f.Add("once=")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := scenario.Parse(text, table())
		if err == nil && (u.N < 0 || u.Times < 0 || (u.Name != "cut" && u.Name != "once")) {
			t.Errorf("%q: %+v", text, u)
		}
	})
}
