package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/ui/lang"
)

// synthetic completes a number with its control digits.
func synthetic(t *testing.T) string {
	t.Helper()
	for i := range 100 {
		s := fmt.Sprintf("018198123%02d", i)
		if ident.Contains(s) {
			return s
		}
	}
	t.Fatal("no synthetic number")
	return ""
}

// Nothing of a row or a person reaches a report that is shared, whatever
// stands in the findings.
func TestShareableHoldsNothingOfAPerson(t *testing.T) {
	id := synthetic(t)
	canary := "KANARI " + id
	r := sample()
	for range 7 {
		r.Findings.Add(&finding.Finding{
			Rule: "ORG-MISSING", Severity: finding.Minimum, Line: 987654, Column: 4321, Class: canary, Field: canary,
			Person: canary, Row: canary, Message: canary, Args: []any{"value", canary},
		})
	}
	r.Identity = func(string) string { return canary }
	r.Input.Path, r.Input.SHA256 = canary, canary
	r.Overrides = []Override{{Rule: "SRV-HOURS", Reason: "Gjelder " + id[:6] + " " + id[6:]}}
	r.Account = []AccountLine{{Key: canary, Text: canary}}
	r.Comparison.Previous = canary
	r.Failure = &Failure{Message: canary, Hint: canary}
	r.NextStep = canary
	r.Matches = []finding.Match{{Rule: canary, Foretold: 1}}
	for _, f := range ShareableFormats() {
		for _, l := range lang.Languages() {
			out := render(t, f, r, l)
			if ident.Contains(out) {
				t.Errorf("%s %s holds an identity number", f.Name, l)
			}
			for _, word := range []string{"KANARI", "987654", "4321", "person 17", "4711", "<share.", "<report."} {
				if strings.Contains(out, word) {
					t.Errorf("%s %s holds %q", f.Name, l, word)
				}
			}
			if !strings.Contains(out, "ORG-MISSING") || !strings.Contains(out, "30") || !strings.Contains(out, ident.Redacted) {
				t.Errorf("%s %s lacks a rule's count or the override's reason:\n%s", f.Name, l, out)
			}
		}
	}
}

// What the maker overlooks, the detector stops: nothing is written.
func TestShareableIsGuarded(t *testing.T) {
	r := sample()
	r.RulePack = synthetic(t)
	for _, f := range ShareableFormats() {
		var out strings.Builder
		err := f.Write(&out, r, lang.New(lang.Bokmal))
		var e *fault.Error
		if !errors.As(err, &e) || e.ID != "report.share.identity" || out.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes written", f.Name, err, out.Len())
		}
	}
}

// rendering is all that a reader of the shared counts sees.
func rendering(counts []int, severity []int) (string, []sharedGroup) {
	var groups []finding.Group
	for i, n := range counts {
		if n > 0 {
			groups = append(groups, finding.Group{Rule: fmt.Sprint("R", i), Severity: finding.Severity(severity[i]), Count: n})
		}
	}
	list, total := suppress(groups)
	return fmt.Sprint(list, total), list
}

// A reader who knows how counts are withheld, and tries every count that
// could stand behind what is shown, still finds each hidden count to be any
// of one to four.
func TestHiddenCountsCannotBeDerived(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		n := 1 + r.IntN(5)
		counts, severity, small := make([]int, n), make([]int, n), []int{}
		for i := range counts {
			counts[i], severity[i] = 1+r.IntN(9), r.IntN(3)
			if counts[i] < few {
				small = append(small, i)
			}
		}
		want, _ := rendering(counts, severity)
		possible := make([]map[int]bool, n)
		for i := range possible {
			possible[i] = map[int]bool{}
		}
		tryAll(counts, small, func(guess []int) {
			if got, _ := rendering(guess, severity); got == want {
				for _, i := range small {
					possible[i][guess[i]] = true
				}
			}
		})
		for _, i := range small {
			if len(possible[i]) < few-1 {
				t.Fatalf("%v of severities %v shown as %s: count %d can only be %v", counts, severity, want, i, possible[i])
			}
		}
	}
}

// tryAll calls try with every choice of one to four for the small counts.
func tryAll(counts, small []int, try func([]int)) {
	guess := append([]int{}, counts...)
	var choose func(k int)
	choose = func(k int) {
		if k == len(small) {
			try(guess)
			return
		}
		for v := 1; v < few; v++ {
			guess[small[k]] = v
			choose(k + 1)
		}
	}
	choose(0)
}

// Exact sums are right, others are no more than what is shown beside them.
func TestSharedSums(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   string
	}{
		{[]int{10, 20}, "30"},
		{[]int{10, 3}, "minst 10"},
		{[]int{3}, "ikke oppgitt"},
		{[]int{10, 2, 3}, "15"},       // the two may be 1+4, 2+3, 3+2 or 4+1
		{[]int{10, 1, 2}, "minst 10"}, // 3 can only be 1+2 or 2+1
		{[]int{1, 1, 1, 50}, "minst 50"},
	} {
		severity := make([]int, len(c.counts))
		_, list := rendering(c.counts, severity)
		w := words{Printer: lang.New(lang.Bokmal)}
		if got := w.count(list[3].Total); got != c.want {
			t.Errorf("%v: %s, want %s", c.counts, got, c.want)
		}
	}
}

// Small counts of services are withheld in every format.
func TestShareableServices(t *testing.T) {
	out := render(t, ShareableFormats()[3], sample(), lang.Bokmal)
	var v struct {
		Services []struct {
			Code   int
			Users  any
			Before any `json:"users_before"`
		}
		Rules []struct {
			Rule  string
			Count any
		}
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, s := range v.Services {
		seen[fmt.Sprint(s.Code)] = fmt.Sprint(s.Users, s.Before)
	}
	for _, s := range v.Rules {
		seen[s.Rule] = fmt.Sprint(s.Count)
	}
	for key, want := range map[string]string{
		"15": "231 226", "25": "map[fewer_than:5] 0", "9": "0 31", "ORG-MISSING": "23", "DATE-INVALID": "map[fewer_than:5]",
	} {
		if seen[key] != want {
			t.Errorf("%s is %q, want %q", key, seen[key], want)
		}
	}
	for _, f := range ShareableFormats()[:3] {
		if out := render(t, f, sample(), lang.Bokmal); strings.Count(out, "færre enn 5") != 4 {
			t.Errorf("%s withholds %d counts, want 4:\n%s", f.Name, strings.Count(out, "færre enn 5"), out)
		}
	}
}
