package report

import (
	"strconv"

	"iplos/internal/finding"
)

// few is the smallest count that is shared. Fewer persons than this could be
// recognised in a small municipality.
const few = 5

// count is a number that may be shared: exact, fewer than five, or a sum that
// is only known to be at least something.
type count struct {
	N    int
	Kind countKind
}

type countKind uint8

const (
	exact countKind = iota
	fewer
	atLeast
)

func shareable(n int) count {
	if n > 0 && n < few {
		return count{Kind: fewer}
	}
	return count{N: n}
}

// count writes a shared count.
func (w words) count(c count) string {
	switch {
	case c.Kind == fewer:
		return w.T("report.share.fewer", "count", few)
	case c.Kind == atLeast && c.N == 0:
		return w.T("report.share.hidden")
	case c.Kind == atLeast:
		return w.T("report.share.least", "count", c.N)
	default:
		return w.Number(int64(c.N))
	}
}

// plainCount is count for a table that reckons with its numbers.
func (w words) plainCount(c count) string {
	if c.Kind == exact {
		return strconv.Itoa(c.N)
	}
	return w.count(c)
}

// sharedGroup is the counts of one severity.
type sharedGroup struct {
	Severity finding.Severity
	Total    count
	Rules    []sharedRule
}

type sharedRule struct {
	Rule  string
	Count count
}

// suppress makes the counts by rule and severity ones that can be shared. A
// sum is exact only when it gives away no hidden count; the sum of all only
// when every severity's is. A sum that is not exact is the sum of what is
// shown beside it, which tells nothing more.
func suppress(groups []finding.Group) (list []sharedGroup, total count) {
	for _, sev := range severities() {
		g := sharedGroup{Severity: sev}
		sum, shown, hidden := 0, 0, 0
		for _, x := range groups {
			if x.Severity != sev {
				continue
			}
			c := shareable(x.Count)
			g.Rules = append(g.Rules, sharedRule{clean(x.Rule), c})
			sum += x.Count
			if c.Kind == exact {
				shown += x.Count
			} else {
				hidden++
			}
		}
		g.Total = groupTotal(sum, shown, hidden)
		total.N += g.Total.N
		if g.Total.Kind != exact {
			total.Kind = atLeast
		}
		list = append(list, g)
	}
	if total.Kind != exact {
		total.N = 0
		for _, g := range list {
			for _, r := range g.Rules {
				total.N += r.Count.N
			}
		}
	}
	return list, total
}

// groupTotal returns a sum that can stand beside its parts. Of the hidden parts,
// each 1 to 4, the reader learns their sum: it may be told only when every
// part could still be any of the four.
func groupTotal(sum, shown, hidden int) count {
	rest := sum - shown
	if hidden == 0 || hidden+few-2 <= rest && rest <= (few-1)*(hidden-1)+1 {
		return count{N: sum}
	}
	return count{N: shown, Kind: atLeast}
}
