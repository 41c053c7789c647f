package validate

import (
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
)

// identity is a person's identity number, read once for all rules. The
// number itself is never kept and never stands in a finding.
type identity struct {
	// asked is false for a message without identities.
	asked   bool
	missing bool
	fault   ident.Fault
	ident.Number
}

// ok tells that there is a valid number.
func (i *identity) ok() bool { return i.asked && !i.missing && i.fault == ident.OK }

// bad tells that there is a number with that fault.
func (i *identity) bad(f ident.Fault) bool { return i.asked && !i.missing && i.fault == f }

func identityRules() []Rule {
	fnr, row := []record.Field{record.PeFnr}, record.PersonRow
	return []Rule{
		{ID: "MIN-IDENT", Severity: finding.Minimum, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{Guide}, person: noIdentity},
		{ID: "ID-FORMAT", Severity: finding.Minimum, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{Numbers}, person: identityFormat},
		{ID: "ID-DATE", Severity: finding.Minimum, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{Numbers}, person: identityDate},
		{ID: "ID-CHECKSUM", Severity: finding.Minimum, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{Numbers}, person: identityChecksum},
		{ID: "ID-TEST", Severity: finding.Error, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{KPR}, Fixed: true, person: syntheticPerson},
		{ID: "ID-KIND", Severity: finding.Warning, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{KPR}, person: identityKind},
		{ID: "ID-DUP", Severity: finding.Minimum, Unit: UnitPerson, Class: row, Fields: fnr, Sources: []Source{Practice}, person: repeatedIdentity},
		{ID: "ID-SEX", Severity: finding.Warning, Unit: UnitPerson, Class: row, Fields: []record.Field{record.PeKjonn}, Sources: []Source{Numbers}, person: otherSex},
		{ID: "ID-AGE", Severity: finding.Warning, Unit: UnitPerson, Class: row, Fields: []record.Field{record.PeAlder}, Sources: []Source{Practice}, person: otherAge},
		{ID: "PER-KOMNR", Severity: finding.Warning, Unit: UnitPerson, Class: row, Fields: []record.Field{record.PeKomnr}, Sources: []Source{Questions}, person: homeMunicipality},
	}
}

func (v *Validator) readIdentity() {
	v.who = identity{asked: v.profile.Cardinality(record.PeFnr) != record.Absent}
	if !v.who.asked {
		return
	}
	text := v.view.text(0, record.PeFnr)
	if v.who.missing = len(trim(text)) == 0; !v.who.missing {
		v.who.Number, v.who.fault = ident.Parse(text, v.opts.Checksum)
		if v.who.Series != ident.Real {
			v.synthetic++
		}
	}
}

func noIdentity(v *Validator, r *active) {
	if v.who.missing {
		v.add(r, 0, record.PeFnr, "rule.MIN-IDENT.message")
	}
}

func identityFormat(v *Validator, r *active) {
	if !v.who.bad(ident.BadFormat) {
		return
	}
	text := v.view.text(0, record.PeFnr)
	for _, c := range text {
		if c < '0' || c > '9' {
			v.add(r, 0, record.PeFnr, "rule.ID-FORMAT.message.signs")
			return
		}
	}
	v.add(r, 0, record.PeFnr, "rule.ID-FORMAT.message", "length", len(text))
}

func identityDate(v *Validator, r *active) {
	if v.who.bad(ident.BadDate) {
		v.add(r, 0, record.PeFnr, "rule.ID-DATE.message")
	}
}

func identityChecksum(v *Validator, r *active) {
	if !v.who.bad(ident.BadChecksum) {
		return
	}
	if v.who.Kind == ident.DUF {
		v.add(r, 0, record.PeFnr, "rule.ID-CHECKSUM.message.duf")
		return
	}
	v.add(r, 0, record.PeFnr, "rule.ID-CHECKSUM.message")
}

func syntheticPerson(v *Validator, r *active) {
	if v.opts.AllowSynthetic || !v.who.ok() || v.who.Series == ident.Real {
		return
	}
	added := 80
	if v.who.Series == ident.Plus65 {
		added = 65
	}
	v.add(r, 0, record.PeFnr, "rule.ID-TEST.message", "added", added)
}

func identityKind(v *Validator, r *active) {
	if !v.who.ok() {
		return
	}
	switch v.who.Kind {
	case ident.HNumber:
		v.add(r, 0, record.PeFnr, "rule.ID-KIND.message.h")
	case ident.FHNumber:
		v.add(r, 0, record.PeFnr, "rule.ID-KIND.message.fh")
	default:
	}
}

// repeatedIdentity compares the numbers without their control digits, which
// hold nothing of their own.
func repeatedIdentity(v *Validator, r *active) {
	if !v.who.ok() {
		return
	}
	set := &v.numbers
	if v.who.Kind == ident.DUF {
		set = &v.duf[v.who.Index>>32]
	}
	if !set.add(uint32(v.who.Index)) {
		v.add(r, 0, record.PeFnr, "rule.ID-DUP.message")
	}
}

func otherSex(v *Validator, r *active) {
	const male, female = 1, 2 // places in the list of allowed values
	sex := v.view.val(0, record.PeKjonn)
	if !v.who.ok() || sex.state != valid {
		return
	}
	switch {
	case v.who.Sex == ident.Male && sex.is(female):
		v.add(r, 0, record.PeKjonn, "rule.ID-SEX.message.male")
	case v.who.Sex == ident.Female && sex.is(male):
		v.add(r, 0, record.PeKjonn, "rule.ID-SEX.message.female")
	}
}

// otherAge accepts the age at the end of the period and on the day the file
// was made, both with a year's slack: the message does not say which is
// meant.
func otherAge(v *Validator, r *active) {
	age := v.view.val(0, record.PeAlder)
	if !v.who.ok() || v.who.Year == 0 || age.state != valid {
		return
	}
	atEnd := v.ageOn(v.periodEnd)
	if v.near(int(age.n), atEnd) || v.madeOn != 0 && v.near(int(age.n), v.ageOn(v.madeOn)) {
		return
	}
	v.add(r, 0, record.PeAlder, "rule.ID-AGE.message", "age", int(age.n), "expected", atEnd)
}

func (v *Validator) ageOn(d record.Date) int { return v.who.AgeOn(d.Year(), d.Month(), d.Day()) }

func (v *Validator) near(a, b int) bool {
	return a-b <= v.pack.AgeSlackYears && b-a <= v.pack.AgeSlackYears
}

func homeMunicipality(v *Validator, r *active) {
	if v.view.val(0, record.PeKomnr).state != valid {
		return
	}
	if text := v.view.text(0, record.PeKomnr); !v.validKomnr(text) {
		v.add(r, 0, record.PeKomnr, "rule.PER-KOMNR.message", append(shown(text), "year", v.yearText())...)
	}
}
