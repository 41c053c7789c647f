package validate_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// canary is a synthetic identity number; as a row id its first digit is no
// zero, so it breaks the type of an id.
const canary = "10915596784"

// leading is one that is a right xs:int for all its eleven digits.
func leading() string { return complete("018100501") }

// says tells whether anything of a finding holds the text or any identity
// number. What is shown is made of nothing else.
func says(f *finding.Finding, text string) bool {
	all := fmt.Sprint(f.Rule, "|", f.Class, "|", f.Field, "|", f.Person, "|", f.Row, "|", f.Message, "|")
	for _, a := range f.Args {
		all += fmt.Sprint(a, "|")
	}
	return strings.Contains(all, text) || ident.Contains(all)
}

// TestNoIdentityInFindings plants identity numbers in every field of a
// person, one after the other, and in all at once.
func TestNoIdentityInFindings(t *testing.T) {
	g, err := synth.New(synth.Options{Persons: 2, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	var persons []*record.Person
	for p := range g.Persons() {
		persons = append(persons, clone(p, func(record.Field) bool { return false }, ""))
	}
	total := 0
	for i, number := range []string{canary, leading(), canary[:6] + " " + canary[6:], "Ola Nordmann"} {
		for f := record.PePeID; f < record.NumFields && i < 2; f++ {
			total += plantAndLook(t, g, persons, number, func(other record.Field) bool { return other == f })
		}
		total += plantAndLook(t, g, persons, number, func(record.Field) bool { return true })
	}
	if total < 1000 {
		t.Errorf("only %d findings: the canaries were not planted", total)
	}
}

// clone copies a person, with another text in some fields.
func clone(p *record.Person, where func(record.Field) bool, text string) *record.Person {
	c := &record.Person{}
	for i := range p.Len() {
		r := p.Row(i)
		n := c.Add(r.Class(), r.Line())
		for _, f := range r.Class().Fields() {
			switch {
			case where(f):
				c.SetString(n, f, text, 1)
			case r.Has(f):
				c.Set(n, f, r.Get(f), r.FieldLine(f))
			}
		}
	}
	return c
}

func plantAndLook(t *testing.T, g *synth.Generator, persons []*record.Person, number string, where func(record.Field) bool) int {
	t.Helper()
	var found list
	opts := everyRule()
	opts.ServicePlaces = map[string]string{"800000009": "Solsiden"}
	v, err := validate.New(opts, &found)
	if err != nil {
		t.Fatal(err)
	}
	v.Header(g.Profile(), g.Header())
	for _, person := range persons {
		p := clone(person, where, number)
		p.Problems = append(p.Problems, record.Problem{Kind: record.Unexpected, Class: record.Tjeneste, Name: "x" + number, Line: 3})
		v.Person(p)
	}
	v.Problems([]record.Problem{{Kind: record.Repeated, Class: record.Iplos, Name: number, Line: 9}})
	v.Damage(&record.SyntaxError{Code: "end-tag", Name: number, Line: 1, Column: 2})
	v.Damage(&record.VersionError{Root: number, Versjon: number, Namespace: number, Line: 1, Column: 2})
	v.Finish()
	for i := range found {
		// An unknown element may well be called something; a value never is shown.
		if strings.HasPrefix(number, "Ola") && strings.HasPrefix(found[i].Rule, "XML-") && found[i].Rule != "XML-VALUE" {
			continue
		}
		if says(&found[i], number) {
			t.Errorf("%s shows the planted number: %+v", found[i].Rule, found[i])
		}
	}
	return len(found)
}

// TestPersonIDThatHoldsAnIdentity: the person is then named by its place.
func TestPersonIDThatHoldsAnIdentity(t *testing.T) {
	for _, id := range []string{canary, leading()} {
		f := changed(t, "ID-SEX", "<peKjonn>M<", "<peKjonn>K<")
		f.text = bytes.ReplaceAll(f.text, []byte(`PeID="17"`), []byte(`PeID="`+id+`"`))
		f.text = bytes.ReplaceAll(f.text, []byte(`pePeID="17"`), []byte(`pePeID="`+id+`"`))
		found, _ := validateText(t, f.text, f.options)
		seen := false
		for i := range found {
			seen = seen || found[i].Rule == "ID-SEX" && found[i].Person == "#1"
			if says(&found[i], id) {
				t.Errorf("%+v", found[i])
			}
		}
		if !seen {
			t.Errorf("the person is not named by its place: %+v", found)
		}
	}
}

// TestNoAllocationForACleanPerson proves that a file's size costs no memory
// but for the sets of ids: making persons and checking them allocates as much
// as making them.
func TestNoAllocationForACleanPerson(t *testing.T) {
	const persons = 8000
	g, err := synth.New(synth.Options{Persons: persons, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	v, err := validate.New(everyRule(), nil)
	if err != nil {
		t.Fatal(err)
	}
	v.Header(g.Profile(), g.Header())
	alone := mallocs(func() {
		for range g.Persons() {
			continue
		}
	})
	both := mallocs(func() {
		for p := range g.Persons() {
			v.Person(p)
		}
	})
	if v.Summary().Total() > 0 {
		t.Fatal("the persons are not clean")
	}
	if extra := float64(both) - float64(alone); extra > 0.5*persons {
		t.Errorf("%.2f allocations a person", extra/persons)
	}
}

func mallocs(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// FuzzValidate: whatever is read, nothing panics, the counts add up, every
// finding is whole and none holds an identity number.
func FuzzValidate(f *testing.F) {
	files, err := filepath.Glob("testdata/rules/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(macros.ReplaceAllFunc(text, expand))
	}
	known := map[string]validate.Rule{}
	for _, r := range validate.Rules() {
		known[r.ID] = r
	}
	p := lang.New(lang.Bokmal)
	f.Fuzz(func(t *testing.T, text []byte) {
		opts := everyRule()
		opts.ServicePlaces = map[string]string{"800000017": "Solsiden"}
		opts.Previous = &finding.Totals{ServiceUsers: map[int]int{15: 3}}
		found, v := validateText(t, text, opts)
		byRule := map[string]int{}
		for i := range found {
			f := &found[i]
			byRule[f.Rule]++
			if _, ok := known[f.Rule]; !ok {
				t.Fatalf("unknown rule %q", f.Rule)
			}
			if ident.Contains(fmt.Sprint(f.Person, " ", f.Row, " ", f.Field, " ", f.Args)) {
				t.Errorf("an identity number in %+v", f)
			}
			if strings.Contains(render(p, f), "<rule.") {
				t.Errorf("no text for %s", f.Message)
			}
		}
		if v.Summary().Total() != len(found) || fmt.Sprint(v.Summary().ByRule) != fmt.Sprint(byRule) && len(found) > 0 {
			t.Errorf("the summary counts %v, the findings are %v", v.Summary().ByRule, byRule)
		}
	})
}
