package report

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

// sums is what a report says of itself: by severity, by group, listed, and
// the total it states.
type sums struct {
	severity      [finding.NumSeverities]int
	groups        int
	listed, total int
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func all(t *testing.T, out, pattern string) (list []int) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(out, -1) {
		list = append(list, atoi(t, m[1]))
	}
	return list
}

func add(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// readers take the sums out of each format, as a reader of it would.
func readers() map[string]func(t *testing.T, out string) sums {
	return map[string]func(t *testing.T, out string) sums{
		"text": func(t *testing.T, out string) (s sums) {
			m := regexp.MustCompile(`I alt (\d+) funn: Feil (\d+), Mangel (\d+), Varsel (\d+), Til\s+orientering\s+(\d+)`).FindStringSubmatch(out)
			if m == nil {
				t.Fatalf("no sums in %s", out)
			}
			s.total = atoi(t, m[1])
			for i := range s.severity {
				s.severity[i] = atoi(t, m[5-i])
			}
			s.groups = add(all(t, out, `(?m)^\S.* · RULE\d · (\d+) funn$`))
			s.listed = strings.Count(out, "\n  linje ")
			return s
		},
		"json": func(t *testing.T, out string) (s sums) {
			var v struct {
				Summary       map[string]any
				Findings      []any
				FindingsTotal int `json:"findings_total"`
			}
			if err := json.Unmarshal([]byte(out), &v); err != nil {
				t.Fatal(err)
			}
			for i := range s.severity {
				s.severity[i] = int(v.Summary[finding.Severity(i).String()].(float64))
			}
			for _, n := range v.Summary["by_rule"].(map[string]any) {
				s.groups += int(n.(float64))
			}
			s.listed, s.total = len(v.Findings), v.FindingsTotal
			return s
		},
		"csv": func(t *testing.T, out string) (s sums) {
			names := map[string]finding.Severity{"Antall: Feil": 3, "Antall: Mangel": 2, "Antall: Varsel": 1, "Antall: Til orientering": 0}
			for _, row := range readCSV(t, out) {
				if row[0] == "Funn" {
					s.listed++
				}
				if sev, ok := names[row[3]]; ok {
					s.severity[sev] = atoi(t, row[4])
					s.total += s.severity[sev]
				}
			}
			s.groups = s.total
			return s
		},
		"html": func(t *testing.T, out string) (s sums) {
			for i := range s.severity {
				name := finding.Severity(i).String()
				s.severity[i] = add(all(t, out, `(?s)<tr class="s-`+name+`"><th scope="row"><svg class="icon" aria-hidden="true">[^\n]*?<td class="n">(\d+)</td>`))
			}
			s.groups = add(all(t, out, `<a href="#[a-z]+-RULE\d">[^\n]*?<td class="n">(\d+)</td>`))
			s.listed = strings.Count(out, `<span class="msg">`)
			s.total = s.groups
			if stated := all(t, out, `<p class="soft">Vist \d+ av (\d+) funn\.`); len(stated) > 0 {
				s.total = stated[0]
			}
			return s
		},
	}
}

// In every format the counts by severity, by rule and in all are the same
// number, and as many findings are listed as the limit lets through.
func TestTotalsAddUpInEveryFormat(t *testing.T) {
	read := readers()
	for seed := range uint64(10) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		l := &finding.Log{}
		n := rnd.IntN(120)
		for i := range n {
			l.Add(&finding.Finding{
				Rule: fmt.Sprint("RULE", rnd.IntN(8)), Severity: finding.Severity(rnd.IntN(finding.NumSeverities)),
				Line: 1 + i, Person: strconv.Itoa(rnd.IntN(40)), Message: "none.such",
			})
		}
		r := &Report{Findings: l, Limits: Limits{MaxFindings: rnd.IntN(2) * (1 + rnd.IntN(60)), SummaryOnly: rnd.IntN(6) == 0}}
		want := sums{severity: l.Summary().BySeverity, groups: n, total: n, listed: n}
		if limit := r.Limits.MaxFindings; limit > 0 {
			want.listed = min(n, limit)
		}
		if r.Limits.SummaryOnly {
			want.listed = 0
		}
		for _, f := range Formats() {
			if got := read[f.Name](t, render(t, f, r, lang.Bokmal)); got != want {
				t.Errorf("seed %d, %s, %+v: %+v, want %+v", seed, f.Name, r.Limits, got, want)
			}
		}
	}
}
