package synth_test

import (
	"bytes"
	"slices"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
	"iplos/internal/validate"
)

// validator has every rule for a municipality, and where findings go.
func validator(t *testing.T, g *synth.Generator) (*validate.Validator, *finding.Log) {
	t.Helper()
	o := g.Options()
	log := &finding.Log{}
	v, err := validate.New(validate.Options{
		Year: o.Year, Municipality: o.Municipality, District: o.District, OrgNumber: synth.OrgNumber(50_000),
		AllowSynthetic: true, Today: o.Created,
	}, log)
	if err != nil {
		t.Fatal(err)
	}
	return v, log
}

// check reads a written municipality back and validates it.
func check(t *testing.T, g *synth.Generator) *finding.Log {
	t.Helper()
	var b bytes.Buffer
	if err := g.WriteMessage(&b); err != nil {
		t.Fatal(err)
	}
	v, log := validator(t, g)
	r := record.NewReader(&b, record.ReaderOptions{})
	h, p, err := r.Header()
	if err != nil {
		t.Fatal(err)
	}
	v.Header(p, h)
	for person, err := range r.Persons() {
		if err != nil {
			t.Fatal(err)
		}
		v.Person(person)
	}
	v.Problems(r.Problems())
	v.Finish()
	return log
}

func TestCleanMunicipalitiesHaveNoFinding(t *testing.T) {
	for _, o := range []synth.Options{
		{Persons: 3000, Seed: 1},
		{Persons: 2000, Seed: 2, Assessments: 2, Municipality: "0301", District: "01"},
		{Persons: 1500, Seed: 3, Assessments: 4},
		{Persons: 2000, Seed: 4, Year: 2018},
	} {
		shown := 0
		for f := range check(t, generator(t, o)).All() {
			if shown++; shown < 20 {
				t.Errorf("%+v: %+v", o, *f)
			}
		}
	}
}

func TestEveryPlantedDefectIsFoundAndNothingElse(t *testing.T) {
	for _, o := range []synth.Options{
		{Persons: 1200, Seed: 11, Defects: synth.All},
		{Persons: 1200, Seed: 12, Defects: synth.All, Assessments: 2},
	} {
		g := generator(t, o)
		log := check(t, g)
		var want, got []string
		for _, d := range g.Planted() {
			want = append(want, d.Rule+" "+d.Person)
		}
		for f := range log.All() {
			got = append(got, f.Rule+" "+f.Person)
		}
		slices.Sort(want)
		slices.Sort(got)
		if len(want) != len(synth.DefectRules()) || !slices.Equal(got, want) {
			t.Errorf("planted %q\nfound   %q", want, got)
		}
	}
}
