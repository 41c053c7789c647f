package record_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"iplos/internal/record"
)

// valid returns a text the type allows; n varies it.
func valid(t record.Type, n int) string {
	switch t.Base {
	case record.Enum:
		v := t.Values()
		return v[n%len(v)]
	case record.Date8:
		return fmt.Sprintf("2017%02d%02d", n%12+1, n%28+1)
	case record.Month6:
		return fmt.Sprintf("2017%02d", n%12+1)
	case record.Decimal:
		return fmt.Sprintf("%d.%d", n%100, n%10)
	case record.Int, record.Short:
		return fmt.Sprint(n % 30000)
	default:
		return validText(t, n)
	}
}

func validText(t record.Type, n int) string {
	size := t.Max
	if size == record.Unbounded {
		size = 11
	}
	digits := fmt.Sprintf("%0*d", size, n)
	return digits[len(digits)-size:]
}

// fillRow sets the mandatory fields of a row and some of the others.
func fillRow(rows *record.Rows, i int, p record.Profile, rng *rand.Rand, line int, text func(record.Field) string) {
	for _, f := range rows.Row(i).Class().Fields() {
		switch p.Cardinality(f) {
		case record.Absent:
			continue
		case record.ZeroOrOne:
			if rng.IntN(3) == 0 {
				continue
			}
		case record.One:
		}
		rows.SetString(i, f, text(f), line)
	}
}

// makePerson replaces a person with a made-up one.
func makePerson(dst *record.Person, p record.Profile, rng *rand.Rand, text func(record.Field) string) {
	dst.Reset()
	line := 1
	dst.Add(record.PersonRow, line)
	fillRow(&dst.Rows, 0, p, rng, line, text)
	for _, c := range record.ChildClasses() {
		n := p.Occurs(c).Min + rng.IntN(3)
		if c == record.Funksjon {
			n = 17
		}
		for range n {
			line++
			fillRow(&dst.Rows, dst.Add(c, line), p, rng, line, text)
		}
	}
}

func makeHeader(p record.Profile, rng *rand.Rand, text func(record.Field) string) *record.Header {
	h := &record.Header{}
	h.Add(record.Innhinfo, 1)
	fillRow(&h.Rows, 0, p, rng, 1, text)
	for range p.Occurs(record.Kontakt).Min {
		fillRow(&h.Rows, h.Add(record.Kontakt, 1), p, rng, 1, text)
	}
	return h
}

// message returns a message of n made-up persons in which every value is
// valid.
func message(t testing.TB, p record.Profile, n int) []byte {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	text := func(f record.Field) string { return valid(f.Type(), rng.IntN(1_000_000)) }
	var out bytes.Buffer
	w := record.NewWriter(&out, p)
	if err := w.Header(makeHeader(p, rng, text)); err != nil {
		t.Fatal(err)
	}
	var person record.Person
	for range n {
		makePerson(&person, p, rng, text)
		if err := w.Person(&person); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// dump writes rows out, values and problems, and lines if asked for.
func dump(b *strings.Builder, rows *record.Rows, lines bool) {
	for i := range rows.Len() {
		r := rows.Row(i)
		b.WriteString(r.Class().String())
		if lines {
			fmt.Fprintf(b, " line %d", r.Line())
		}
		for _, f := range r.Class().Fields() {
			if !r.Has(f) {
				continue
			}
			fmt.Fprintf(b, " %s=%q", f.Name(), r.Get(f))
			if lines {
				fmt.Fprintf(b, "@%d", r.FieldLine(f))
			}
		}
		b.WriteByte('\n')
	}
	for _, p := range rows.Problems {
		fmt.Fprintf(b, "%+v\n", p)
	}
}

// read returns a dump of a whole message.
func read(data []byte, lines bool) (string, error) {
	r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{Decoded: true})
	var b strings.Builder
	h, p, err := r.Header()
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "profile %s\n", p.ID)
	dump(&b, &h.Rows, lines)
	for person, err := range r.Persons() {
		if err != nil {
			return b.String(), err
		}
		dump(&b, &person.Rows, lines)
	}
	for _, p := range r.Problems() {
		fmt.Fprintf(&b, "%+v\n", p)
	}
	return b.String(), nil
}
