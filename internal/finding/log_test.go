package finding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"
)

type day int32

func clone(f *Finding) Finding {
	c := *f
	c.Args = append([]any{}, f.Args...)
	return c
}

func randomFinding(r *rand.Rand) Finding {
	rules := []string{"ORG-MISSING", "XML-MISSING", "ID-DATE", "SRV-HOURS", "KEY-DUP"}
	ids := []string{"", "0", "17", "017", "-3", "+4", "999999999999999999", "9223372036854775807", "x<y", strconv.Itoa(r.IntN(1 << 30))}
	f := Finding{
		Rule: rules[r.IntN(len(rules))], Severity: Severity(r.IntN(NumSeverities)),
		Line: r.IntN(1 << 20), Column: r.IntN(3), Class: []string{"", "TJENESTE"}[r.IntN(2)],
		Field: []string{"", "tjInstOrgnr"}[r.IntN(2)], Person: ids[r.IntN(len(ids))], Row: ids[r.IntN(len(ids))],
		Message: "rule.m" + strconv.Itoa(r.IntN(3)),
	}
	values := []any{
		"text", strconv.Itoa(r.Int()), "", 42, -1, math.MinInt, int64(7), 168.5, day(20171231),
		time.Duration(5), string(make([]byte, r.IntN(200))), Place("Solsiden"), ServiceCode(15),
	}
	for i := range r.IntN(4) {
		f.Args = append(f.Args, "a"+strconv.Itoa(i*r.IntN(2)), values[r.IntN(len(values))])
	}
	return f
}

// What goes in comes out, in order, by group and in the totals.
func TestLogKeepsEverything(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 1))
		var l Log
		var want []Finding
		for range r.IntN(2000) {
			f := randomFinding(r)
			want = append(want, clone(&f))
			l.Add(&f)
		}
		i := 0
		for f := range l.All() {
			if got := clone(f); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want[i]) {
				t.Fatalf("seed %d: finding %d is\n%#v, want\n%#v", seed, i, got, want[i])
			}
			i++
		}
		if i != len(want) || l.Len() != len(want) {
			t.Fatalf("seed %d: read %d, Len %d, want %d", seed, i, l.Len(), len(want))
		}
		checkGroups(t, &l, want)
	}
}

func checkGroups(t *testing.T, l *Log, want []Finding) {
	t.Helper()
	total, byRule, bySeverity := 0, map[string]int{}, [NumSeverities]int{}
	last := Group{Severity: Error, Count: math.MaxInt}
	for _, g := range l.Groups() {
		if g.Severity > last.Severity || g.Severity == last.Severity && g.Count > last.Count {
			t.Fatalf("group %+v stands after %+v", g, last)
		}
		last = g
		var in []Finding
		for _, f := range want {
			if f.Rule == g.Rule && f.Severity == g.Severity {
				in = append(in, f)
			}
		}
		n := 0
		for f := range g.All() {
			if got := clone(f); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", in[n]) {
				t.Fatalf("group %s: finding %d is\n%#v, want\n%#v", g.Rule, n, got, in[n])
			}
			n++
		}
		if n != g.Count || n != len(in) {
			t.Fatalf("group %s has %d, says %d, want %d", g.Rule, n, g.Count, len(in))
		}
		total += n
		byRule[g.Rule] += n
		bySeverity[g.Severity] += n
	}
	s := l.Summary()
	if total != s.Total() || bySeverity != s.BySeverity || fmt.Sprint(byRule) != fmt.Sprint(s.ByRule) && len(byRule) > 0 {
		t.Fatalf("groups add up to %d %v %v, the summary says %+v", total, bySeverity, byRule, s)
	}
}

// Reading stops where the caller stops, and begins anew each time.
func TestLogStopsAndStartsAgain(t *testing.T) {
	var l Log
	for i := range 10 {
		l.Add(&Finding{Rule: "R", Line: i + 1})
	}
	for range 2 {
		n := 0
		for f := range l.All() {
			if n++; f.Line != n {
				t.Fatalf("finding %d is at line %d", n, f.Line)
			}
			if n == 3 {
				break
			}
		}
		for f := range l.Groups()[0].All() {
			if f.Line != 1 {
				t.Fatalf("the first of the group is at line %d", f.Line)
			}
			break
		}
	}
}

func fill(l *Log, n int) {
	f := Finding{Severity: Minimum, Class: "TJENESTE", Field: "tjInstOrgnr", Message: "rule.ORG-MISSING.message"}
	for i := range n {
		f.Rule = [...]string{"ORG-MISSING", "SRV-HOURS", "DATE-ORDER"}[i%3]
		f.Line, f.Person, f.Row = 100+i*33, strconv.Itoa(i/2), strconv.Itoa(100000+i*3)
		f.Args = append(f.Args[:0], "service", i%29, "value", strconv.Itoa(i))
		l.Add(&f)
	}
}

// A million findings take well under 40 MiB, by the heap's own account; a
// quarter of a million show it sooner.
func TestLogIsSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := &Log{}
	fill(l, 250_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	got := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d findings: %.1f MiB of heap", l.Len(), float64(got)/(1<<20))
	if got > 25<<20/4 {
		t.Errorf("%d findings take %d bytes", l.Len(), got)
	}
	runtime.KeepAlive(l)
}

func BenchmarkLogAdd(b *testing.B) {
	b.ReportAllocs()
	l := &Log{}
	fill(l, b.N)
	b.ReportMetric(float64(l.shelf.used)/float64(b.N), "bytes-kept/op")
}

func BenchmarkLogRead(b *testing.B) {
	l := &Log{}
	fill(l, b.N)
	b.ResetTimer()
	b.ReportAllocs()
	for range l.All() {
	}
}
