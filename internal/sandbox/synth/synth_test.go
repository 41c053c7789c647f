package synth_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
)

func generator(t testing.TB, o synth.Options) *synth.Generator {
	t.Helper()
	g, err := synth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// control checks a number against weights that include the control digit.
func control(number string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(number[i]-'0')
	}
	return sum%11 == 0
}

func TestEveryIdentityIsSyntheticAndRight(t *testing.T) {
	g := generator(t, synth.Options{Persons: 20_000, Seed: 7})
	seen := map[string]bool{}
	for p := range g.Persons() {
		id := string(p.Get(record.PeFnr))
		if len(id) != 11 || seen[id] {
			t.Fatalf("identity %q: wrong length or met before", id)
		}
		seen[id] = true
		if !control(id, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1) || !control(id, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) {
			t.Fatalf("identity %q: control digits", id)
		}
		checkBirth(t, p, id)
	}
	if len(seen) != 20_000 {
		t.Fatalf("%d persons", len(seen))
	}
}

func checkBirth(t *testing.T, p *record.Person, id string) {
	t.Helper()
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	month, individual := num(id[2:4]), num(id[6:9])
	if month < 81 || month > 92 {
		t.Fatalf("identity %q: month is not synthetic", id)
	}
	year := 1900 + num(id[4:6])
	if individual >= 500 {
		year += 100
	}
	if _, ok := record.ParseDate([]byte(strconv.Itoa(year*10000 + (month-80)*100 + num(id[:2])))); !ok {
		t.Fatalf("identity %q: no such birth day", id)
	}
	if age := num(string(p.Get(record.PeAlder))); age != 2017-year {
		t.Fatalf("identity %q: age %d", id, age)
	}
	if male := individual%2 == 1; male != (string(p.Get(record.PeKjonn)) == "M") {
		t.Fatalf("identity %q: sex %s", id, p.Get(record.PeKjonn))
	}
}

func TestOrganisationNumbersAreRight(t *testing.T) {
	seen := map[string]bool{}
	for n := range 5000 {
		s := synth.OrgNumber(n)
		if len(s) != 9 || s[:2] != "80" || seen[s] || !control(s, 3, 2, 7, 6, 5, 4, 3, 2, 1) {
			t.Fatalf("organisation number %d: %q", n, s)
		}
		seen[s] = true
	}
}

func dump(g *synth.Generator) []byte {
	var b bytes.Buffer
	for p := range g.Persons() {
		for i := range p.Len() {
			r := p.Row(i)
			b.WriteString(r.Class().String())
			for _, f := range r.Class().Fields() {
				b.WriteByte(';')
				b.Write(r.Get(f))
			}
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func TestSameSeedSamePersons(t *testing.T) {
	a := generator(t, synth.Options{Persons: 300, Seed: 3})
	first := dump(a)
	if !bytes.Equal(first, dump(a)) {
		t.Error("a second run of the same generator differs")
	}
	if !bytes.Equal(first, dump(generator(t, synth.Options{Persons: 300, Seed: 3}))) {
		t.Error("another generator with the same seed differs")
	}
	if bytes.Equal(first, dump(generator(t, synth.Options{Persons: 300, Seed: 4}))) {
		t.Error("another seed gives the same persons")
	}
}

func TestShapeIsThatOfAMunicipality(t *testing.T) {
	g := generator(t, synth.Options{Persons: 4000, Seed: 1})
	rows := map[record.Class]int{}
	young, working, women := 0, 0, 0
	for p := range g.Persons() {
		for _, c := range record.ChildClasses() {
			rows[c] += p.Count(c)
		}
		age, _ := strconv.Atoi(string(p.Get(record.PeAlder)))
		if age < 18 {
			young++
		}
		if age < 67 {
			working++
		}
		if string(p.Get(record.PeKjonn)) == "K" {
			women++
		}
	}
	within := func(what string, n, lo, hi int) {
		t.Helper()
		if n < lo || n > hi {
			t.Errorf("%s: %d of 4000, want %d to %d", what, n, lo, hi)
		}
	}
	within("under 18", young, 160, 240)
	within("under 67", working, 1480, 1640)
	within("women", women, 2000, 2500)
	within("PERSONOPPL", rows[record.Personoppl], 4000, 4000)
	within("FUNKSJON", rows[record.Funksjon], 68000, 68000)
	within("TJENESTE", rows[record.Tjeneste], 8000, 16000)
	within("DIAGNOSE", rows[record.Diagnose], 1800, 3000)
	within("DOGNTILBUD", rows[record.Dogntilbud], 100, 300)
}

func TestDefectsLeaveOthersAlone(t *testing.T) {
	clean := generator(t, synth.Options{Persons: 900, Seed: 5})
	bad := generator(t, synth.Options{Persons: 900, Seed: 5, Defects: synth.All})
	a, b := fingerprints(clean), fingerprints(bad)
	planted := bad.Planted()
	if len(planted) != len(synth.DefectRules()) {
		t.Fatalf("planted %d of %d kinds: %+v", len(planted), len(synth.DefectRules()), planted)
	}
	var differing []string
	for i := range a {
		if a[i] != b[i] {
			differing = append(differing, strconv.Itoa(i+1))
		}
	}
	var want []string
	for _, d := range planted {
		want = append(want, d.Person)
	}
	if !slices.Equal(differing, want) {
		t.Errorf("persons that differ: %v\nplanted in: %v", differing, want)
	}
}

// fingerprints writes each person with row ids counted from the person's first
// row of the class: they move when a defect adds or takes a row before.
func fingerprints(g *synth.Generator) []string {
	var out []string
	for p := range g.Persons() {
		var b bytes.Buffer
		first := map[record.Class]int{}
		for i := range p.Len() {
			r := p.Row(i)
			for _, f := range r.Class().Fields() {
				text := string(r.Get(f))
				if f == r.Class().RowIDField() && i > 0 {
					id, _ := strconv.Atoi(text)
					if first[r.Class()] == 0 {
						first[r.Class()] = id
					}
					text = strconv.Itoa(id - first[r.Class()])
				}
				b.WriteString(text + ";")
			}
		}
		out = append(out, b.String())
	}
	return out
}

func TestSendableDefectsDoNotBlock(t *testing.T) {
	g := generator(t, synth.Options{Persons: 900, Defects: synth.Sendable})
	for range g.Persons() {
		continue
	}
	for _, d := range g.Planted() {
		if d.Severity >= finding.Error {
			t.Errorf("%s blocks the file", d.Rule)
		}
	}
	if len(g.Planted()) < 20 {
		t.Errorf("planted only %d", len(g.Planted()))
	}
}

func TestTablesHoldEveryRow(t *testing.T) {
	g := generator(t, synth.Options{Persons: 60, Seed: 2})
	want := map[string]int{"innhinfo": 1, "person": 60}
	for p := range g.Persons() {
		for _, c := range record.ChildClasses() {
			want[lower(c)] += p.Count(c)
		}
	}
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{Shuffle: true}); err != nil {
		t.Fatal(err)
	}
	var archive, book bytes.Buffer
	if err := g.WriteCSVZip(&archive, synth.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := g.WriteXLSX(&book, synth.TableOptions{Shuffle: true}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range want {
		data, err := os.ReadFile(filepath.Join(dir, name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		if got := countCSV(t, bytes.NewReader(data)); got != n {
			t.Errorf("%s.csv: %d rows, want %d", name, got, n)
		}
		f, err := z.Open(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		if got := countCSV(t, f); got != n {
			t.Errorf("%s.csv in the zip: %d rows, want %d", name, got, n)
		}
		rows, err := x.GetRows(upper(name))
		if err != nil || len(rows) != n+1 {
			t.Errorf("sheet %s: %d rows, want %d (%v)", name, len(rows)-1, n, err)
		}
	}
}

func lower(c record.Class) string { return string(bytes.ToLower([]byte(c.String()))) }
func upper(s string) string       { return string(bytes.ToUpper([]byte(s))) }

func countCSV(t *testing.T, r io.Reader) int {
	t.Helper()
	c := csv.NewReader(r)
	c.Comma = ';'
	rows, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return len(rows) - 1
}

func TestOptionsOutOfRange(t *testing.T) {
	for _, o := range []synth.Options{
		{Persons: -1},
		{Persons: 5_000_000},
		{Year: 2014},
		{Municipality: "403"},
		{Municipality: "9999"},
		{Municipality: "5001", Year: 2017},
		{Municipality: "5054", Year: 2017},
		{District: "0A"},
		{Assessments: 9},
	} {
		if _, err := synth.New(o); err == nil {
			t.Errorf("%+v: accepted", o)
		}
	}
}

func BenchmarkPersons(b *testing.B) {
	for b.Loop() {
		bytesOut := 0
		for p := range generator(b, synth.Options{Persons: 10_000}).Persons() {
			bytesOut += p.Size()
		}
	}
}

func TestMessageReadsBackAsItWas(t *testing.T) {
	for _, year := range []int{2017, 2018} {
		g := generator(t, synth.Options{Persons: 50, Year: year})
		var b bytes.Buffer
		if err := g.WriteMessage(&b); err != nil {
			t.Fatal(err)
		}
		r := record.NewReader(&b, record.ReaderOptions{})
		if _, p, err := r.Header(); err != nil || p.ID != strconv.Itoa(year) {
			t.Fatalf("%d: profile %q, %v", year, p.ID, err)
		}
		n := 0
		for p, err := range r.Persons() {
			if err != nil || len(p.Problems) > 0 {
				t.Fatalf("%d: %v %v", year, err, p.Problems)
			}
			if p.Count(record.Funksjon) != 17 {
				t.Fatalf("%d: %d functions", year, p.Count(record.Funksjon))
			}
			n++
		}
		if n != 50 || len(r.Problems()) > 0 {
			t.Errorf("%d: %d persons, %v", year, n, r.Problems())
		}
	}
}

func BenchmarkMessage(b *testing.B) {
	g := generator(b, synth.Options{Persons: 10_000})
	var n int64
	for b.Loop() {
		c := &counter{}
		if err := g.WriteMessage(c); err != nil {
			b.Fatal(err)
		}
		n = c.n
	}
	b.SetBytes(n)
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
