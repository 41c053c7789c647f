// Package report renders findings: as text, JSON, CSV and HTML for those who
// work with the file, and as a shareable form that holds counts only. What
// validate says before sending and what feedback says after it are rendered
// by the same code.
package report

import (
	"slices"

	"iplos/internal/fault"
	"iplos/internal/finding"
)

// Report is everything a report can show. Only Findings is needed; what is
// left empty is left out.
type Report struct {
	ToolVersion string
	// RulePack names the rule pack and its version ("2017.1").
	RulePack string
	Input    finding.Input
	// Municipality is the number. MunicipalityName is looked up for the data
	// year when it is empty.
	Municipality, MunicipalityName, District string
	// MunicipalitySet is the number that the configuration has, where the
	// municipality reports under another one; else empty.
	MunicipalitySet string
	// Year is the data year, 0 when it is not known.
	Year int
	// Feedback says that the findings came back from the receiver: there is
	// no verdict then, as nothing is about to be sent.
	Feedback bool
	// Verdict is taken from Summary when empty.
	Verdict finding.Verdict
	// Summary counts every finding; nil takes the one of Findings.
	Summary *finding.Summary
	// Totals are the file's own figures, Previous those they are compared
	// with, and PreviousYear the data year of those.
	Totals, Previous *finding.Totals
	PreviousYear     int
	// Overrides are the severities the configuration changed.
	Overrides []Override
	// Settings are other settings that change what a rule finds.
	Settings []Setting
	Findings *finding.Log
	// Comparison sets the findings beside those of an earlier run.
	Comparison *finding.Comparison
	// Uncompared tells that there was an earlier run, and no whole message to
	// set beside it.
	Uncompared bool
	// Account says what an extract read and left out.
	Account []AccountLine
	// Matches sets feedback beside what was found before sending.
	Matches []finding.Match
	// Identity returns a person's identity number by pePeID. It is set only
	// when the user asked for identities; nothing else shows one.
	Identity func(person string) string
	// Titles names rules the catalogue does not know: those of SSB's lists.
	Titles map[string]string
	// ServiceName names a service code; without it, or where it has no name,
	// the catalogue's is taken.
	ServiceName func(code int) string
	// Place turns a finding's line into the file of a set that it stands in
	// and the line there; nil for an export of one file.
	Place func(line int) (file string, inFile int)
	// NextStep replaces the advice that follows from the verdict.
	NextStep string
	// Failure is why the run ended before it was done.
	Failure *Failure
	Limits  Limits
	// Paint colours text output; nil leaves it plain.
	Paint func(t Tone, s string) string
}

// Override is a severity changed in the configuration, with its reason.
type Override struct {
	Rule string
	// From is what the rule pack says, nil when it is not known.
	From   *finding.Severity
	To     finding.Severity
	Reason string
}

// Setting is a key of the configuration that changes what a rule finds, and
// what that means in the report's language.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Text  string `json:"text"`
}

// AccountLine is one figure of what was read and left out.
type AccountLine struct {
	// Key is the figure's stable name in JSON ("outside_period").
	Key string
	// Text says in the report's language what was counted.
	Text  string
	Count int
	// Minor figures stand in the JSON only: those that say nothing new, such
	// as rows taken where all that were read are taken.
	Minor bool
}

// Failure is an error as the user is told it.
type Failure struct {
	Code int    `json:"code"`
	Kind string `json:"kind"`
	// ID tells failures of one kind apart, whatever the language.
	ID      string `json:"id"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Limits bound what is listed; the counts are always of everything.
type Limits struct {
	// MaxFindings is the most findings listed; 0 lists all, within the
	// format's own stated limit.
	MaxFindings int
	// SummaryOnly lists no finding.
	SummaryOnly bool
}

// Tone is what a piece of text output means; a Paint function makes it a
// colour.
type Tone uint8

// The tones.
const (
	Strong Tone = iota
	Faint
	Good
	Caution
	Bad
)

// log returns the findings, an empty log for none.
func (r *Report) log() *finding.Log {
	if r.Findings == nil {
		return &finding.Log{}
	}
	return r.Findings
}

func (r *Report) summary() *finding.Summary {
	if r.Summary == nil {
		return r.log().Summary()
	}
	return r.Summary
}

// verdict returns what the report says of the file, nothing when the run
// failed before there was a verdict.
func (r *Report) verdict() finding.Verdict {
	if r.Verdict == "" && r.Failure == nil && !r.Feedback {
		return r.summary().Verdict()
	}
	return r.Verdict
}

// at returns where a line stands: in a file of the set, or in the only one.
func (r *Report) at(line int) (file string, inFile int) {
	if r.Place == nil || line <= 0 {
		return "", line
	}
	return r.Place(line)
}

// otherYear tells whether Previous is of another data year than the file.
func (r *Report) otherYear() bool {
	return r.Previous != nil && r.PreviousYear != 0 && r.PreviousYear != r.Year
}

// trouble is the failure that is more than the verdict: a blocked or
// incomplete file says so by itself.
func (r *Report) trouble() *Failure {
	if f := r.Failure; f != nil && f.Kind != string(fault.Blocked) && f.Kind != string(fault.Incomplete) {
		return f
	}
	return nil
}

// checked tells whether the file was checked at all: a run that failed before
// must not read as one that found nothing.
func (r *Report) checked() bool { return r.verdict() != "" || r.Feedback || r.log().Len() > 0 }

// account returns the figures that a person is shown.
func (r *Report) account() []AccountLine {
	return slices.DeleteFunc(slices.Clone(r.Account), func(a AccountLine) bool { return a.Minor })
}

func (r *Report) paint(t Tone, s string) string {
	if r.Paint == nil {
		return s
	}
	return r.Paint(t, s)
}

// section is a group of findings and how many of them are listed.
type section struct {
	finding.Group
	Shown int
}

// sections shares a limit among the groups so that every rule is seen: each
// lists up to the same number, and what a short one leaves goes to the
// others, the most serious first. Each is zero for no limit.
func (r *Report) sections(limit, perGroup int) (list []section, shown int) {
	groups := r.log().Groups()
	list = make([]section, len(groups))
	if r.Limits.SummaryOnly {
		for i, g := range groups {
			list[i] = section{Group: g}
		}
		return list, 0
	}
	left := limit
	for i, g := range groups {
		list[i] = section{g, g.Count}
		if perGroup > 0 {
			list[i].Shown = min(g.Count, perGroup)
		}
		if limit > 0 {
			left -= list[i].Shown
		}
	}
	if limit > 0 && left < 0 {
		spread(list, limit)
	}
	for _, s := range list {
		shown += s.Shown
	}
	return list, shown
}

// spread lowers Shown until the sum is the limit.
func spread(list []section, limit int) {
	wanted := make([]int, len(list))
	for i := range list {
		wanted[i], list[i].Shown = list[i].Shown, 0
	}
	for left := limit; left > 0; {
		open := 0
		for i := range list {
			if list[i].Shown < wanted[i] {
				open++
			}
		}
		each := max(1, left/max(1, open))
		for i := range list {
			n := min(each, wanted[i]-list[i].Shown, left)
			list[i].Shown += n
			left -= n
		}
	}
}

// severities returns the severities, the most serious first.
func severities() []finding.Severity {
	return []finding.Severity{finding.Error, finding.Minimum, finding.Warning, finding.Info}
}
