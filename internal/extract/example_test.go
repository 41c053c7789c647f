package extract

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/validate"
)

var update = flag.Bool("update", false, "write testdata/example/message.xml anew")

const example = "testdata/example"

func exampleOptions() Options {
	return Options{Path: example, Profile: filepath.Join(example, "profil.yaml"), Year: 2017, Municipality: "0403"}
}

// TestWorkedExample reads the documentation's example, and compares the
// message with the one beside it.
func TestWorkedExample(t *testing.T) {
	got, a := readText(t, exampleOptions())
	golden := filepath.Join(example, "message.xml")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("differs from %s: %v %s", golden, err, firstDifference(got, string(want)))
	}
	if p := a.Classes["PERSON"]; p.Read != 3 || p.Taken != 2 || p.LeftOut[OutsidePeriod] != 1 {
		t.Errorf("persons %+v", p)
	}
	if s := a.Classes["TJENESTE"]; s.Taken != 4 || s.Changed["decimal"] != 2 {
		t.Errorf("services %+v", s)
	}
}

// findings collects rule ids.
type findings []string

func (f *findings) Add(one *finding.Finding) {
	if one.Severity > finding.Info {
		*f = append(*f, one.Rule)
	}
}

// TestWorkedExampleIsSound holds the example's message against the rules. It
// has no PERSONOPPL table, as the page says, and nothing else is wrong.
func TestWorkedExampleIsSound(t *testing.T) {
	o := exampleOptions()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var found findings
	v, err := validate.New(validate.Options{Year: 2017, Municipality: "0403", District: "00", AllowSynthetic: true}, &found)
	if err != nil {
		t.Fatal(err)
	}
	h := s.Header()
	h.SetString(0, record.IiLagetDato, "20180103", 1)
	v.Header(s.Profile(), h)
	for p, err := range s.Persons() {
		if err != nil {
			t.Fatal(err)
		}
		v.Person(p)
	}
	v.Finish()
	for _, rule := range found {
		if rule != "XML-MISSING" {
			t.Errorf("the example has %s", rule)
		}
	}
}

// TestDocumentationShowsTheExample keeps the page and the files together.
func TestDocumentationShowsTheExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/extract.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"brukere.csv", "identitet.csv", "vedtak.csv", "kartlegging.csv", "profil.yaml"} {
		text, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), strings.TrimSpace(string(text))) {
			t.Errorf("docs/extract.md does not show %s as it is", name)
		}
	}
	if !strings.Contains(string(page), strings.TrimSpace(string(genericProfile))) {
		t.Error("docs/extract.md does not show the generic profile as it is")
	}
}
