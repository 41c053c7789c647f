package ssb

import (
	"encoding/csv"
	"strings"
	"testing"

	"iplos/internal/record"
)

func TestIdentitiesMustComeInOrder(t *testing.T) {
	r := &reading{ids: csv.NewReader(strings.NewReader("aa,fnr,01810012345\nbb,fnr,02810012345\n"))}
	person := func(link string) *record.Person {
		p := &record.Person{}
		p.SetString(p.Add(record.PersonRow, 1), record.PeFnr, link, 1)
		return p
	}
	p := person("aa")
	if err := r.join(p); err != nil || string(p.Get(record.PeFnr)) != "01810012345" {
		t.Errorf("%q, %v", p.Get(record.PeFnr), err)
	}
	if err := r.join(person("")); err != nil {
		t.Errorf("a person without an identity: %v", err)
	}
	if err := r.join(person("cc")); err == nil {
		t.Error("another person's identity was taken")
	}
	if err := r.join(person("bb")); err == nil {
		t.Error("an identity that is not there was taken")
	}
}
