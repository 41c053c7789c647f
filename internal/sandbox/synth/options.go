package synth

import (
	"strconv"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/register"
)

// maxPersons is ten times the recipients in the whole country; beyond it the
// 500 identity numbers of a birth day run out.
const maxPersons = 4_000_000

// Options says what to make. The zero value of each field means its default.
type Options struct {
	// Persons is the number of persons; default 400, a median municipality.
	Persons int
	// Seed makes another municipality of the same shape.
	Seed uint64
	// Year is the data year; default 2017.
	Year int
	// Municipality and District are the four and two digits of the header
	// and of every person; default 0403 and 00.
	Municipality, District string
	// Created is iiLagetDato; default 3 January after the data year.
	Created record.Date
	// Assessments is how often in the year each person was assessed: each
	// gives a PERSONOPPL row, seventeen FUNKSJON rows and a renewal of the
	// services. Default 1; 2 gives about 45 rows a person.
	Assessments int
	// Defects plants known defects, one of each kind.
	Defects Defects
	// Kinds, when not nil, plants the defects of these rules only, whatever
	// Defects says.
	Kinds []string
}

// Defects says which defects to plant.
type Defects uint8

// The sets of defects.
const (
	// None gives a file without a warning.
	None Defects = iota
	// Sendable plants defects that leave the file incomplete but sendable.
	Sendable
	// All plants those that block the file too.
	All
)

func (o Options) withDefaults() (Options, error) {
	if o.Persons == 0 {
		o.Persons = 400
	}
	if o.Year == 0 {
		o.Year = 2017
	}
	if o.Municipality == "" {
		o.Municipality = "0403"
	}
	if o.District == "" {
		o.District = "00"
	}
	if o.Created == 0 {
		o.Created = record.MakeDate(o.Year+1, 1, 3)
	}
	if o.Assessments == 0 {
		o.Assessments = 1
	}
	return o, o.check()
}

func (o Options) check() error {
	if o.Persons < 1 || o.Persons > maxPersons {
		return fault.New(fault.Usage, "sandbox.synth.persons", "persons", o.Persons, "max", maxPersons)
	}
	if _, ok := record.ProfileForYear(o.Year); !ok {
		return fault.New(fault.Usage, "sandbox.synth.year", "year", strconv.Itoa(o.Year))
	}
	if !digits(o.Municipality, 4) || !digits(o.District, 2) {
		return fault.New(fault.Usage, "sandbox.synth.municipality", "municipality", o.Municipality, "district", o.District)
	}
	if err := o.checkNumber(); err != nil {
		return err
	}
	if o.Assessments < 1 || o.Assessments > 4 {
		return fault.New(fault.Usage, "sandbox.synth.assessments", "assessments", o.Assessments)
	}
	return nil
}

// checkNumber refuses a number that was no municipality's in the data year:
// the export would be of nobody.
func (o Options) checkNumber() error {
	if _, ok := register.InYear(o.Municipality, o.Year); ok {
		return nil
	}
	year := strconv.Itoa(o.Year)
	var names []string
	in, _ := register.NumberIn(o.Municipality, o.Year)
	for _, m := range in {
		names = append(names, m.Number+" "+m.Name)
	}
	if names == nil {
		return fault.New(fault.Usage, "sandbox.synth.unknown", "municipality", o.Municipality, "year", year)
	}
	return fault.New(fault.Usage, "sandbox.synth.year-number", "municipality", o.Municipality, "year", year,
		"numbers", strings.Join(names, ", "), "first", in[0].Number)
}

func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
