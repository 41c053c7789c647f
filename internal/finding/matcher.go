package finding

import (
	"iter"
	"maps"
	"slices"
)

// NewSent returns what the findings of a sent file are remembered by until
// the lists come back: a baseline of rule, person and row alone, since a list
// from elsewhere may name the place in another way. Findings that are merely
// worth knowing are left out: no list is expected to have them.
func NewSent(all iter.Seq[*Finding]) *Baseline {
	b := NewBaseline(nil)
	for f := range all {
		if f.Severity > Info {
			b.Add(sent(f))
		}
	}
	return b
}

// sent is a finding as it is remembered. The line is not part of a hash, but
// without one the arguments would be.
func sent(f *Finding) *Finding { return &Finding{Rule: f.Rule, Person: f.Person, Row: f.Row, Line: 1} }

// Matcher sets what was listed beside what was found before sending. Two
// findings are the same when rule, person and row are; several of the same
// match one by one.
type Matcher struct {
	own   *Baseline
	left  map[uint64]int
	rules map[string]*Match
}

// NewMatcher returns a matcher for what NewSent made.
func NewMatcher(own *Baseline) *Matcher {
	m := &Matcher{own: own, left: make(map[uint64]int, own.Len()), rules: map[string]*Match{}}
	for rule, h := range own.byRule {
		m.rules[rule] = &Match{Rule: rule, OursAlone: len(h.list)}
		for _, n := range h.list {
			m.left[n]++
		}
	}
	return m
}

// Listed takes one finding that came back.
func (m *Matcher) Listed(f *Finding) {
	r := m.rules[f.Rule]
	if r == nil {
		r = &Match{Rule: f.Rule}
		m.rules[f.Rule] = r
	}
	n := m.own.hash(sent(f))
	if m.left[n] == 0 {
		r.Unforetold++
		return
	}
	m.left[n]--
	r.Foretold++
	r.OursAlone--
}

// Result returns the counts of every rule, sorted by rule.
func (m *Matcher) Result() []Match {
	list := []Match{}
	for _, rule := range slices.Sorted(maps.Keys(m.rules)) {
		list = append(list, *m.rules[rule])
	}
	return list
}
