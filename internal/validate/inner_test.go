package validate

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"iplos/internal/record"
)

func TestIDSet(t *testing.T) {
	patterns := map[string]func(*rand.Rand, int) uint32{
		"dense":     func(_ *rand.Rand, i int) uint32 { return uint32(i) },
		"falling":   func(_ *rand.Rand, i int) uint32 { return uint32(1<<20 - i) },
		"anything":  func(r *rand.Rand, _ int) uint32 { return r.Uint32() },
		"crowded":   func(r *rand.Rand, _ int) uint32 { return r.Uint32N(20_000) },
		"negative":  func(_ *rand.Rand, i int) uint32 { return uint32(-int32(i)) },
		"one chunk": func(r *rand.Rand, _ int) uint32 { return 5<<16 + r.Uint32N(1<<16) },
	}
	for name, next := range patterns {
		r := rand.New(rand.NewPCG(1, 3))
		var set idSet
		want := map[uint32]bool{}
		for i := range 60_000 {
			n := next(r, i)
			if got := set.add(n); got == want[n] {
				t.Fatalf("%s: add(%d) number %d says new %v", name, n, i, got)
			}
			want[n] = true
		}
		for n := range want {
			if set.add(n) {
				t.Fatalf("%s: %d was forgotten", name, n)
			}
		}
	}
}

// TestIDSetIsSmall bounds the memory of ids that are dense, as they mostly
// are, and of ids scattered over all there are.
func TestIDSetIsSmall(t *testing.T) {
	const n = 1 << 19
	for name, tt := range map[string]struct {
		spread uint32
		limit  uint64
	}{"dense": {1, 1 << 18}, "scattered": {2654435769, 5 << 20}} {
		before := heap()
		set := &idSet{}
		for i := range uint32(n) {
			if !set.add(i * tt.spread) {
				t.Fatalf("%s: %d is there twice", name, i)
			}
		}
		got := heap() - before
		t.Logf("%s: %.1f bytes an id", name, float64(got)/n)
		if got > tt.limit {
			t.Errorf("%s: %d bytes for %d ids", name, got, n)
		}
		runtime.KeepAlive(set)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func FuzzIDSet(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 1, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var set idSet
		want := map[uint32]bool{}
		for ; len(data) >= 4; data = data[4:] {
			n := uint32(data[0])<<24 | uint32(data[1])<<16 | uint32(data[2])<<8 | uint32(data[3])
			if set.add(n) == want[n] {
				t.Fatalf("%d", n)
			}
			want[n] = true
		}
	})
}

// TestOverlap compares with looking at every pair.
func TestOverlap(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 4))
		var spans []span
		for i := range r.IntN(12) {
			from := record.Date(20170101 + r.IntN(28))
			spans = append(spans, span{from: from, to: from + record.Date(r.IntN(8)), value: int32(r.IntN(3)), row: i})
		}
		want := false
		for _, a := range spans {
			for _, b := range spans {
				inside := b.from > a.from && b.from < a.to || b.from == a.from
				want = want || a.row != b.row && a.value != b.value && inside
			}
		}
		a, b, got := overlap(append([]span(nil), spans...))
		if got != want {
			t.Fatalf("seed %d: %v, want %v, in %+v", seed, got, want, spans)
		}
		if got && (a.value == b.value || !share(a, b)) {
			t.Fatalf("seed %d: %+v and %+v", seed, a, b)
		}
	}
}

func TestDiagnosisShapes(t *testing.T) {
	for text, want := range map[string][2]bool{ // ICPC-2, ICD-10
		"P70": {true, true}, "p70": {true, true}, "-45": {true, false}, "-29": {false, false}, "-70": {false, false},
		"F03": {true, true}, "F00.1": {false, true}, "F001": {false, true}, "F00.": {false, false}, "F00.12": {false, true},
		"M0690*": {false, true}, "A170+": {false, true}, "P700004": {true, false}, "P70.0004": {true, false},
		"": {false, false}, "P7": {false, false}, "770": {false, false}, "Ola": {false, false}, "F0012345": {false, false},
		"F00-1": {false, false}, "ØØ1": {false, false},
	} {
		if got := looksLikeICPC2([]byte(text)); got != want[0] {
			t.Errorf("%q as ICPC-2: %v", text, got)
		}
		if got := looksLikeICD10([]byte(text)); got != want[1] {
			t.Errorf("%q as ICD-10: %v", text, got)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]state{
		"20170228": valid, "20170229": noDay, "20160229": valid, "19000229": noDay, "20000229": valid, "20170431": noDay,
		"20170430": valid, "99991231": valid, "00000101": valid, "20170001": invalid, "20171301": invalid, "20170100": invalid,
		"20170132": invalid, "2017010": invalid, "201701011": invalid, "2017-1-1": invalid, "": invalid, "2017010x": invalid,
		" 2017010": invalid, "20170131": valid, "20171231": valid, "20170631": noDay,
	} {
		v := readDate([]byte(text))
		if v.state != want {
			t.Errorf("%q: %v, want %v", text, v.state, want)
		}
		d, ok := record.ParseDate([]byte(text))
		if ok != (want == valid) || ok && d != record.Date(v.n) {
			t.Errorf("%q: record says %v %v", text, d, ok)
		}
	}
}

func TestDecimals(t *testing.T) {
	for text, want := range map[string]int32{
		"12.5": 1250, "12.50": 1250, "0": 0, "-0": 0, "168": 16800, "999.99": 99999, "+1.": 100, ".5": 50, "-3.25": -325,
		"0012.500": 1250, " 7 ": 700, "99999": 9999900, "0.01": 1, "1.0000000": 100,
	} {
		if v := readDecimal([]byte(text), 5, 2); v.state != valid || v.n != want {
			t.Errorf("%q: %+v, want %d", text, v, want)
		}
	}
	for _, text := range []string{"", ".", "+", "1,5", "1.5.5", "1e3", "1.255", "100000", "1000.01", "--1", "1 2", "x", "INF"} {
		if v := readDecimal([]byte(text), 5, 2); v.state != invalid {
			t.Errorf("%q: %+v", text, v)
		}
	}
}
