package feedback

import (
	"hash/maphash"
	"iter"
	"maps"
	"slices"

	"iplos/internal/finding"
)

// matcher sets what was listed beside what was found before sending. Two
// findings are the same when rule, person and row are; several of the same
// match one by one. Findings that are merely worth knowing are left out: no
// list is expected to have them.
type matcher struct {
	seed  maphash.Seed
	own   map[uint64]int
	rules map[string]*finding.Match
	// left are our findings that have not come back, by rule.
	left map[string]int
}

func newMatcher(own iter.Seq[*finding.Finding]) *matcher {
	m := &matcher{seed: maphash.MakeSeed(), own: map[uint64]int{}, rules: map[string]*finding.Match{}, left: map[string]int{}}
	for f := range own {
		if f.Severity > finding.Info {
			m.own[m.key(f)]++
			m.left[f.Rule]++
		}
	}
	return m
}

// key is a hash: a million keys as text would take hundreds of megabytes, and
// a collision miscounts one finding.
func (m *matcher) key(f *finding.Finding) uint64 {
	var h maphash.Hash
	h.SetSeed(m.seed)
	for _, s := range []string{f.Rule, f.Person, f.Row} {
		_, _ = h.WriteString(s) // does not fail
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// listed takes one finding that came back.
func (m *matcher) listed(f *finding.Finding) {
	r := m.rules[f.Rule]
	if r == nil {
		r = &finding.Match{Rule: f.Rule}
		m.rules[f.Rule] = r
	}
	k := m.key(f)
	if m.own[k] == 0 {
		r.Unforetold++
		return
	}
	m.own[k]--
	m.left[f.Rule]--
	r.Foretold++
}

// result returns the counts of every rule, sorted by rule.
func (m *matcher) result() []finding.Match {
	for rule, n := range m.left {
		if m.rules[rule] == nil {
			m.rules[rule] = &finding.Match{Rule: rule}
		}
		m.rules[rule].OursAlone = n
	}
	list := []finding.Match{}
	for _, rule := range slices.Sorted(maps.Keys(m.rules)) {
		list = append(list, *m.rules[rule])
	}
	return list
}
