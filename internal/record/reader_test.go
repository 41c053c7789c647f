package record_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"iplos/internal/record"
)

func TestReadBack(t *testing.T) {
	for _, p := range record.Profiles() {
		data := message(t, p, 20)
		r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{})
		h, got, err := r.Header()
		if err != nil || got.ID != p.ID {
			t.Fatalf("profile %q, %v", got.ID, err)
		}
		var again bytes.Buffer
		w := record.NewWriter(&again, got)
		if err := w.Header(h); err != nil {
			t.Fatal(err)
		}
		n := 0
		for person, err := range r.Persons() {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if len(person.Problems) > 0 {
				t.Fatalf("person %d: %+v", n, person.Problems)
			}
			if err := w.Person(person); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if n != 20 || len(r.Problems()) > 0 {
			t.Errorf("%d persons, problems %+v", n, r.Problems())
		}
		if !bytes.Equal(again.Bytes(), data) {
			t.Errorf("profile %s: written again the message differs", p.ID)
		}
	}
}

// TestSourceShapes reads the same message in pieces of every kind.
func TestSourceShapes(t *testing.T) {
	data := message(t, record.Profiles()[0], 3)
	want, err := read(data, true)
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]io.Reader{
		"one byte":     iotest.OneByteReader(bytes.NewReader(data)),
		"half":         iotest.HalfReader(bytes.NewReader(data)),
		"data and EOF": iotest.DataErrReader(bytes.NewReader(data)),
	} {
		r := record.NewReader(src, record.ReaderOptions{})
		var b strings.Builder
		h, p, err := r.Header()
		if err != nil {
			t.Fatal(name, err)
		}
		b.WriteString("profile " + p.ID + "\n")
		dump(&b, &h.Rows, true)
		for person, err := range r.Persons() {
			if err != nil {
				t.Fatal(name, err)
			}
			dump(&b, &person.Rows, true)
		}
		if b.String() != want {
			t.Errorf("%s: records differ", name)
		}
	}
}

// TestSourceFails proves that the source's own error comes through, after
// the persons that were whole before it.
func TestSourceFails(t *testing.T) {
	data := message(t, record.Profiles()[0], 3)
	cut := errors.New("cut")
	for n := 0; n <= len(data); n += 97 {
		src := io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(cut))
		r := record.NewReader(src, record.ReaderOptions{})
		var last error
		for _, err := range r.Persons() {
			last = err
		}
		if !errors.Is(last, cut) {
			t.Fatalf("after %d bytes: %v", n, last)
		}
	}
}
