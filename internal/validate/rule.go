package validate

import (
	"strings"

	"iplos/internal/finding"
	"iplos/internal/record"
)

// Unit is what a rule counts: it finds at most one thing in each.
type Unit string

// The counting units.
const (
	UnitFile    Unit = "file"
	UnitElement Unit = "element"
	UnitField   Unit = "field"
	UnitRow     Unit = "row"
	UnitPerson  Unit = "person"
	UnitService Unit = "service"
)

// Source is where a rule comes from.
type Source string

// The sources, by the letters the rule catalogue uses.
const (
	Guide     Source = "G" // Statistics Norway's guide for the data year
	Questions Source = "Q" // Helsedirektoratet's IPLOS questions and answers
	Schema    Source = "X" // the message schema
	KPR       Source = "K" // documentation of the register KPR
	Numbers   Source = "S" // Skatteetaten and Brønnøysundregistrene
	Practice  Source = "U" // usual practice
)

// Rule is a row of the catalogue. Its texts are in the language catalogue
// under "rule.<ID>.": title, what, why, where, good, bad, and message with
// its variants.
type Rule struct {
	ID       string
	Severity finding.Severity
	// Serious, where it is set, is the severity in the header and for row
	// ids; Severity is then that inside PERSON.
	Serious finding.Severity
	Unit    Unit
	// Class and Fields are where to look; NoClass for the whole file.
	Class   record.Class
	Fields  []record.Field
	Sources []Source
	// Fixed means that no configuration can change the severity: the file
	// cannot be loaded, or must not be sent.
	Fixed bool

	header func(*Validator, *active)
	person func(*Validator, *active)
	totals func(*Validator, *active)
}

// active is a rule at work.
type active struct {
	Rule
	severity, serious finding.Severity
}

// Rules returns the catalogue in its fixed order.
func Rules() []Rule {
	var all []Rule
	for _, family := range Families() {
		all = append(all, family.Rules()...)
	}
	return all
}

// Family is a group of rules with a heading of its own.
type Family struct {
	// Name is the catalogue id of the heading.
	Name  string
	Rules func() []Rule
}

// Families returns the groups of the catalogue in order.
func Families() []Family {
	return []Family{
		{"rule.family.structure", structureRules},
		{"rule.family.header", headerRules},
		{"rule.family.identity", identityRules},
		{"rule.family.services", serviceRules},
		{"rule.family.dates", dateRules},
		{"rule.family.functions", functionRules},
		{"rule.family.totals", totalRules},
	}
}

// RuleByID returns the rule with that id, in any case.
func RuleByID(id string) (Rule, bool) {
	for _, r := range Rules() {
		if strings.EqualFold(r.ID, id) {
			return r, true
		}
	}
	return Rule{}, false
}
