package validate_test

import (
	"fmt"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/sandbox/synth"
	"iplos/internal/validate"
)

// list keeps copies of findings.
type list []finding.Finding

func (l *list) Add(f *finding.Finding) { *l = append(*l, *f) }

func run(t *testing.T, g *synth.Generator, opts validate.Options) (list, *validate.Validator) {
	t.Helper()
	var found list
	v, err := validate.New(opts, &found)
	if err != nil {
		t.Fatal(err)
	}
	v.Header(g.Profile(), g.Header())
	for p := range g.Persons() {
		v.Person(p)
	}
	v.Problems(nil)
	v.Finish()
	return found, v
}

// TestPlantedDefectsAreFound proves that a clean municipality gives no
// finding, and one with a defect of each kind exactly those.
func TestPlantedDefectsAreFound(t *testing.T) {
	opts := validate.Options{Year: 2017, Municipality: "0403", District: "00", AllowSynthetic: true, Today: 20180105}
	for seed := range uint64(3) {
		clean, err := synth.New(synth.Options{Persons: 900, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		found, _ := run(t, clean, opts)
		for i, f := range found {
			if i < 10 {
				t.Errorf("seed %d: a clean file gives %+v", seed, f)
			}
		}
		bad, err := synth.New(synth.Options{Persons: 900, Seed: seed, Defects: synth.All})
		if err != nil {
			t.Fatal(err)
		}
		found, v := run(t, bad, opts)
		want := map[string]int{}
		for _, d := range bad.Planted() {
			want[fmt.Sprint(d.Rule, d.Severity, d.Person)]++
		}
		for _, f := range found {
			key := fmt.Sprint(f.Rule, f.Severity, f.Person)
			if want[key]--; want[key] < 0 {
				t.Errorf("seed %d: not planted: %+v", seed, f)
			}
		}
		for key, n := range want {
			if n > 0 {
				t.Errorf("seed %d: not found: %s", seed, key)
			}
		}
		if v.Summary().Total() != len(found) {
			t.Errorf("the summary counts %d of %d", v.Summary().Total(), len(found))
		}
	}
}

// TestCleanInEveryYear: the rules of other data years and of the 2018
// message, which has no identities.
func TestCleanInEveryYear(t *testing.T) {
	for year := 2015; year <= 2018; year++ {
		g, err := synth.New(synth.Options{Persons: 300, Year: year})
		if err != nil {
			t.Fatal(err)
		}
		found, v := run(t, g, validate.Options{Year: year, Municipality: "0403", AllowSynthetic: true})
		for _, f := range found {
			t.Errorf("%d: %+v", year, f)
		}
		if want := fmt.Sprint(year, ".1"); v.Pack().Version != strings.ReplaceAll(want, " ", "") {
			t.Errorf("pack %s", v.Pack().Version)
		}
		if synthetic := v.Synthetic(); synthetic != map[bool]int{true: 300}[year < 2018] {
			t.Errorf("%d: %d synthetic persons", year, synthetic)
		}
	}
}

// TestOnePeriodOneFinding: a wrong period says so once, not once for each
// person's age.
func TestOnePeriodOneFinding(t *testing.T) {
	for _, to := range []string{"20181231", "19001231", "20171130"} {
		f := changed(t, "PERIOD", "20171231</iiTilDato>", to+"</iiTilDato>")
		found, _ := validateText(t, f.text, f.options)
		only(t, found, "PERIOD")
	}
}
