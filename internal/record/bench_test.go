package record_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"iplos/internal/record"
)

func BenchmarkWellFormed(b *testing.B) {
	data := message(b, record.Profiles()[0], 1000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := record.WellFormed(bytes.NewReader(data), record.ReaderOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	for _, p := range record.Profiles() {
		b.Run(p.ID, func(b *testing.B) {
			data := message(b, p, 1000)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				for _, err := range record.NewReader(bytes.NewReader(data), record.ReaderOptions{}).Persons() {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkWriter writes one person again and again.
func BenchmarkWriter(b *testing.B) {
	p := record.Profiles()[0]
	data := message(b, p, 1)
	r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{})
	h, _, err := r.Header()
	if err != nil {
		b.Fatal(err)
	}
	for person, err := range r.Persons() {
		w := record.NewWriter(io.Discard, p)
		if err := errors.Join(err, w.Header(h)); err != nil {
			b.Fatal(err)
		}
		one, err := record.AppendPerson(nil, person, p, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(one)))
		for b.Loop() {
			if err := w.Person(person); err != nil {
				b.Fatal(err)
			}
		}
	}
}
