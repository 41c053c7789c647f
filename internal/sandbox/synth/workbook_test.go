package synth_test

import (
	"bytes"
	"testing"
	"time"

	"iplos/internal/extract"
	"iplos/internal/sandbox/synth"
)

// A clean municipality's workbook comes through extraction with nothing to
// find, whatever the order of its rows.
func TestWorkbookHasNoFinding(t *testing.T) {
	for _, shuffle := range []bool{false, true} {
		g := generator(t, synth.Options{Persons: 150, Seed: 5})
		var book bytes.Buffer
		if err := g.WriteXLSX(&book, synth.TableOptions{Shuffle: shuffle}); err != nil {
			t.Fatal(err)
		}
		o := g.Options()
		created := time.Date(o.Created.Year(), time.Month(o.Created.Month()), o.Created.Day(), 12, 0, 0, 0, time.UTC)
		s, err := extract.Open(t.Context(), extract.Options{Path: "-", Stdin: &book, Year: o.Year, Now: created})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		v, log := validator(t, g)
		v.Header(s.Profile(), s.Header())
		n := 0
		for p, err := range s.Persons() {
			if err != nil {
				t.Fatal(err)
			}
			v.Person(p)
			n++
		}
		v.Problems(s.Problems())
		v.Finish()
		for f := range log.All() {
			t.Errorf("shuffled %t: %+v", shuffle, *f)
		}
		if n != 150 {
			t.Errorf("shuffled %t: %d persons", shuffle, n)
		}
	}
}
