// Package finding is the one vocabulary for what is wrong with a message:
// what `validate` says before sending and what SSB's feedback says after it
// are both findings. The package imports the standard library only.
package finding

import "fmt"

// Severity says how much a finding matters; higher is more serious.
type Severity uint8

// The severities, least serious first.
const (
	// Info is worth knowing.
	Info Severity = iota
	// Warning is what SSB's or the register's controls would list.
	Warning
	// Minimum breaks the guide's minimum requirements; the guide says that
	// the file shall be sent all the same.
	Minimum
	// Error means that the receiver cannot load the file or must not get it.
	Error

	NumSeverities = 4
)

// String returns the severity's name in JSON and configuration.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Minimum:
		return "minimum"
	case Error:
		return "error"
	default:
		return fmt.Sprintf("severity(%d)", uint8(s))
	}
}

// MarshalText returns the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Severity) UnmarshalText(text []byte) error {
	for v := Info; v <= Error; v++ {
		if v.String() == string(text) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q", text)
}

// Verdict is what the findings together say about the file.
type Verdict string

// The verdicts.
const (
	Ready      Verdict = "ready"
	Incomplete Verdict = "incomplete"
	Blocked    Verdict = "blocked"
)

// Finding is one thing found, at one place, by one rule.
type Finding struct {
	// Rule is the rule's stable id ("ORG-MISSING").
	Rule     string
	Severity Severity
	// Line is where the row or field starts in the input, from 1; 0 when the
	// finding is about the file or about totals. Column is 0 when unknown.
	Line, Column int
	// Class is the message class ("TJENESTE"), Field the field's name
	// ("tjInstOrgnr"); both may be empty.
	Class, Field string
	// Person is pePeID and Row the row id: personal data, though never an
	// identity number.
	Person, Row string
	// Message is the catalogue id of the text, "rule.<Rule>.message" or a
	// variant "rule.<Rule>.message.<variant>".
	Message string
	// Args are name, value pairs for the text: strings, ints, record dates,
	// or the types of this package that are texts of the catalogue. They
	// never hold an identity number.
	Args []any
}

// Sink takes findings as they are made. The finding is the caller's again
// after the call: what is kept must be copied.
type Sink interface {
	Add(f *Finding)
}

// Summary counts findings: all of them, also those a report leaves out.
type Summary struct {
	BySeverity [NumSeverities]int
	ByRule     map[string]int
}

// Total returns the number of findings.
func (s *Summary) Total() int {
	n := 0
	for _, c := range s.BySeverity {
		n += c
	}
	return n
}

// Verdict returns what the counts say about the file.
func (s *Summary) Verdict() Verdict {
	switch {
	case s.BySeverity[Error] > 0:
		return Blocked
	case s.BySeverity[Minimum] > 0:
		return Incomplete
	default:
		return Ready
	}
}

// Add counts a finding.
func (s *Summary) Add(f *Finding) {
	if s.ByRule == nil {
		s.ByRule = map[string]int{}
	}
	s.BySeverity[f.Severity]++
	s.ByRule[f.Rule]++
}
