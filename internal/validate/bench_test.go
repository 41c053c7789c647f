package validate_test

import (
	"bytes"
	"testing"

	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
	"iplos/internal/validate"
)

// message returns a synthetic message of so many persons.
func message(tb testing.TB, persons int) []byte {
	tb.Helper()
	g, err := synth.New(synth.Options{Persons: persons, Assessments: 2})
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	w := record.NewWriter(&b, g.Profile())
	if err := w.Header(g.Header()); err != nil {
		tb.Fatal(err)
	}
	for p := range g.Persons() {
		if err := w.Person(p); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func everyRule() validate.Options {
	return validate.Options{
		Year: 2017, Municipality: "0403", OrgNumber: "800000017", AllowSynthetic: true, Today: 20180105,
	}
}

// BenchmarkRead is reading alone, to subtract.
func BenchmarkRead(b *testing.B) {
	text := message(b, 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r := record.NewReader(bytes.NewReader(text), record.ReaderOptions{})
		for _, err := range r.Persons() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	text := message(b, 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		v, err := validate.New(everyRule(), nil)
		if err != nil {
			b.Fatal(err)
		}
		read(v, text)
	}
}

// BenchmarkPerson is the rules alone, on one person.
func BenchmarkPerson(b *testing.B) {
	g, err := synth.New(synth.Options{Persons: 10, Assessments: 2})
	if err != nil {
		b.Fatal(err)
	}
	v, err := validate.New(everyRule(), nil)
	if err != nil {
		b.Fatal(err)
	}
	v.Header(g.Profile(), g.Header())
	for p := range g.Persons() {
		b.ReportAllocs()
		for b.Loop() {
			v.Person(p)
		}
		break
	}
}
