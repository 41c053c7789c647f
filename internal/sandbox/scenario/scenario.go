// Package scenario names what can go wrong in the sandbox: each of its
// services has a table of them, and a run uses some.
package scenario

import (
	"strconv"
	"strings"
	"sync"

	"iplos/internal/fault"
)

// Name names a scenario ("upload-cut").
type Name string

// Kind is one row of a service's table.
type Kind struct {
	Name Name
	// Text is the id of its description in the catalogue.
	Text string
	// Default is the number used when none is given: a byte, a status, a
	// size.
	Default int64
	// Numbered tells of a number where the default, being 0, does not.
	Numbered bool
	// Times is how often it happens when nothing is said; 0 is every time.
	Times int
}

// TakesNumber tells whether a number means something to it.
func (k Kind) TakesNumber() bool { return k.Numbered || k.Default != 0 }

// Use is a scenario in use.
type Use struct {
	Name Name
	N    int64
	// Times is how often it happens; 0 is every time.
	Times int
}

// Parse reads "name", "name=number" and "name=number*times" against a table.
// What it does not know is a fault of kind usage.
func Parse(text string, table []Kind) (Use, error) {
	name, rest, _ := strings.Cut(text, "=")
	number, times, _ := strings.Cut(rest, "*")
	for _, k := range table {
		if string(k.Name) != name {
			continue
		}
		u := Use{k.Name, k.Default, k.Times}
		var err error
		if number != "" {
			u.N, err = strconv.ParseInt(number, 10, 64)
		}
		if times != "" && err == nil {
			u.Times, err = strconv.Atoi(times)
		}
		if err != nil || u.N < 0 || u.Times < 0 {
			return Use{}, fault.New(fault.Usage, "sandbox.scenario.number", "scenario", text)
		}
		return u, nil
	}
	return Use{}, fault.New(fault.Usage, "sandbox.scenario.unknown", "scenario", text)
}

// Set is the scenarios of a run; it counts how often each is still to
// happen. It is safe for concurrent use.
type Set struct {
	mu   sync.Mutex
	uses []Use
	done []int
}

// NewSet returns a set of the uses.
func NewSet(uses []Use) *Set { return &Set{uses: uses, done: make([]int, len(uses))} }

// Take returns the use of that name when it is to happen now, and counts it.
func (s *Set) Take(name Name) (Use, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, u := range s.uses {
		if u.Name == name && (u.Times == 0 || s.done[i] < u.Times) {
			s.done[i]++
			return u, true
		}
	}
	return Use{}, false
}

// Has tells whether the scenario is to happen now, and counts it.
func (s *Set) Has(name Name) bool {
	_, ok := s.Take(name)
	return ok
}
