package finding

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

func plain(rule, person, row string) *Finding {
	return &Finding{Rule: rule, Line: 4, Class: "TJENESTE", Field: "tjInstOrgnr", Person: person, Row: row}
}

func record(previous *Baseline, fs ...*Finding) *Baseline {
	b := NewBaseline(previous)
	for _, f := range fs {
		b.Add(f)
	}
	return b
}

func TestCompare(t *testing.T) {
	a := plain("ORG-MISSING", "17", "51")
	moved := *a
	moved.Line = 99
	before := record(nil, a, plain("ORG-MISSING", "18", "52"), plain("SRV-HOURS", "17", "51"))
	now := record(before, &moved, plain("ORG-MISSING", "19", "53"), plain("ID-DUP", "20", ""))
	c := now.Compare(before, "i går")
	want := map[string]Change{
		"ORG-MISSING": {New: 1, Fixed: 1, Remaining: 1},
		"SRV-HOURS":   {Fixed: 1},
		"ID-DUP":      {New: 1},
	}
	for rule, w := range want {
		if c.ByRule[rule] != w {
			t.Errorf("%s: %+v, want %+v", rule, c.ByRule[rule], w)
		}
	}
	if len(c.ByRule) != len(want) {
		t.Errorf("rules: %v", c.ByRule)
	}
	if c.IsNew(&moved) || !c.IsNew(plain("ORG-MISSING", "19", "53")) {
		t.Error("IsNew is wrong")
	}
	if got := c.Total(); got != (Change{New: 2, Fixed: 2, Remaining: 1}) {
		t.Errorf("total %+v", got)
	}
}

// Parts that run together must not make two findings one.
func TestHashParts(t *testing.T) {
	b := NewBaseline(nil)
	seen := map[uint64]bool{}
	for _, f := range []*Finding{
		plain("A", "1", "23"), plain("A", "12", "3"), plain("A", "123", ""), plain("A", "", "123"),
		{Rule: "A", Args: []any{"code", 15}},
		{Rule: "A", Args: []any{"code", 21}},
		{Rule: "A"},
		{Rule: "AT", Class: ""},
		{Rule: "A", Class: "T"},
		{Rule: "A", Field: "T"},
	} {
		h := b.hash(f)
		if seen[h] {
			t.Errorf("%+v has the hash of another", f)
		}
		seen[h] = true
	}
}

// Every finding is new or remaining, and IsNew says the same as the counts.
func TestCompareAddsUp(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		random := func(n int) []*Finding {
			var fs []*Finding
			for range r.IntN(n) {
				fs = append(fs, plain([]string{"A", "B", "C"}[r.IntN(3)], strconv.Itoa(r.IntN(40)), strconv.Itoa(r.IntN(3))))
			}
			return fs
		}
		before := record(nil, random(200)...)
		fs := random(200)
		now := record(before, fs...)
		c := now.Compare(before, "")
		isNew := map[string]int{}
		for _, f := range fs {
			if c.IsNew(f) {
				isNew[f.Rule]++
			}
		}
		for rule, ch := range c.ByRule {
			if ch.New != isNew[rule] {
				t.Errorf("seed %d, %s: %d new by the counts, %d by IsNew", seed, rule, ch.New, isNew[rule])
			}
		}
		if got := c.Total(); got.New+got.Remaining != len(fs) {
			t.Errorf("seed %d: %+v of %d", seed, got, len(fs))
		}
	}
}

func TestBaselineFile(t *testing.T) {
	b := record(nil, plain("ORG-MISSING", "17", "51"), plain("ID-DUP", "canary-person", "canary-row"))
	b.About = About{Municipality: "1601", District: "00", Year: 2017, RulePack: "2017.1", Made: time.Date(2017, 12, 1, 2, 0, 0, 0, time.UTC)}
	b.Totals = &Totals{Persons: 400, Rows: map[string]int{"TJENESTE": 900}, ServiceUsers: map[int]int{15: 210}}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "canary") {
		t.Error("the file holds a person or row id")
	}
	got, err := ReadBaseline(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got.About != b.About || got.Totals.ServiceUsers[15] != 210 || got.Len() != 2 {
		t.Errorf("read %+v %+v %d", got.About, got.Totals, got.Len())
	}
	again := record(got, plain("ORG-MISSING", "17", "51"), plain("ID-DUP", "canary-person", "canary-row"))
	if c := again.Compare(got, "").Total(); c != (Change{Remaining: 2}) {
		t.Errorf("after reading: %+v", c)
	}
	other := record(nil, plain("ORG-MISSING", "17", "51"))
	if c := other.Compare(got, "").Total(); c.Remaining != 0 {
		t.Error("two baselines of different salt have hashes in common")
	}
}

// A baseline of many findings takes more than one piece of the file.
func TestBaselineOfMany(t *testing.T) {
	const n = 3*pieceHashes + 5
	b := NewBaseline(nil)
	b.Reserve(map[string]int{"A": n})
	for i := range n {
		b.Add(plain("A", strconv.Itoa(i), "1"))
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	got, err := ReadBaseline(&out)
	if err != nil || got.Len() != n {
		t.Fatalf("%d of %d, %v", got.Len(), n, err)
	}
	if c := b.Compare(got, "").Total(); c != (Change{Remaining: n}) {
		t.Errorf("after reading: %+v", c)
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	for _, text := range []string{
		"", "{}", "null", "[]", `{"iplos_baseline":3}`, `{"iplos_baseline":2,"salt":"AAAA"}`,
		`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":{"A":["AAAA"]}}`,
		`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":{"A":["!"]}}`,
		`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":{"A":""}}`,
		`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":{"A":[1]}}`,
		`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":[]}`,
		`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":{"A":["AAAAAAAAAAA=`,
	} {
		if _, err := ReadBaseline(strings.NewReader(text)); !errors.Is(err, ErrBaseline) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReadBaseline(f *testing.F) {
	var out bytes.Buffer
	if err := record(nil, plain("A", "1", "2")).Write(&out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte(`{"iplos_baseline":2,"salt":"AAAAAAAAAAAAAAAAAAAAAA==","findings":{"A":["AAAAAAAAAAA="]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ReadBaseline(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := b.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadBaseline(&out)
		if err != nil || again.Len() != b.Len() {
			t.Errorf("after writing: %v", err)
		}
	})
}

func BenchmarkBaselineAdd(b *testing.B) {
	base := NewBaseline(nil)
	f := plain("ORG-MISSING", "123456", "7890123")
	for b.Loop() {
		base.Add(f)
	}
}
