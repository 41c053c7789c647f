package finding

// Change is how the findings of a rule moved since the run before.
type Change struct {
	New       int `json:"new"`
	Fixed     int `json:"fixed"`
	Remaining int `json:"remaining"`
}

// Comparison sets the findings of this run beside those of an earlier one.
type Comparison struct {
	// Previous names the earlier run: a file name or a time.
	Previous string
	ByRule   map[string]Change
	// IsNew tells whether the earlier run did not have the finding; it may be
	// nil when only the counts are known.
	IsNew func(*Finding) bool
}

// Total returns the changes of all rules together.
func (c *Comparison) Total() Change {
	var t Change
	for _, r := range c.ByRule {
		t.New += r.New
		t.Fixed += r.Fixed
		t.Remaining += r.Remaining
	}
	return t
}

// Match counts how one rule's findings before sending met those that came
// back in the feedback.
type Match struct {
	Rule string `json:"rule"`
	// Foretold were found before sending and came back.
	Foretold int `json:"foretold"`
	// Unforetold came back without having been found.
	Unforetold int `json:"not_foretold"`
	// OursAlone were found before sending and did not come back.
	OursAlone int `json:"ours_alone"`
}
