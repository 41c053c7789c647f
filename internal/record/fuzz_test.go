package record_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/iotest"

	"iplos/internal/record"
)

func addSeeds(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.data)
	}
	for _, p := range record.Profiles() {
		f.Add(message(f, p, 1))
	}
}

// FuzzReader proves that no input makes the reader panic, hang or keep more
// than its bound, that its errors have a place, and that how the source cuts
// the input into pieces changes nothing.
func FuzzReader(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{Decoded: true})
		persons := 0
		for p, err := range r.Persons() {
			if err != nil {
				checkError(t, data, err)
				break
			}
			persons++
			if p.Size() > 4<<20 || p.Row(0).Class() != record.PersonRow {
				t.Fatal("no person within the bound")
			}
		}
		if r.Offset() > int64(len(data)) {
			t.Fatalf("read %d of %d bytes", r.Offset(), len(data))
		}
		if len(data) > 4<<10 {
			return
		}
		whole, err := record.Events(bytes.NewReader(data))
		pieces, errPieces := record.Events(iotest.OneByteReader(bytes.NewReader(data)))
		if whole != pieces || (err == nil) != (errPieces == nil) || err != nil && err.Error() != errPieces.Error() {
			t.Fatalf("in pieces: %v, whole: %v", errPieces, err)
		}
	})
}

func checkError(t *testing.T, data []byte, err error) {
	t.Helper()
	var syntax *record.SyntaxError
	var version *record.VersionError
	switch {
	case errors.As(err, &syntax):
		if syntax.Line < 1 || syntax.Column < 1 || syntax.Offset < 0 || syntax.Offset > int64(len(data)) {
			t.Fatalf("%v at offset %d", syntax, syntax.Offset)
		}
		if want := 1 + bytes.Count(data[:syntax.Offset], []byte("\n")); syntax.Line != want {
			t.Fatalf("%v, but offset %d is on line %d", syntax, syntax.Offset, want)
		}
	case errors.As(err, &version):
		if version.Line < 1 || version.Column < 1 {
			t.Fatal(version)
		}
	default:
		t.Fatalf("%T: %v", err, err)
	}
}

// FuzzRoundTrip proves that what was read is written so that it reads the
// same, and that writing it again gives the same bytes.
func FuzzRoundTrip(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		once, ok := rewrite(t, data)
		if !ok {
			return
		}
		twice, ok := rewrite(t, once)
		if !ok || !bytes.Equal(once, twice) {
			t.Fatalf("written once:\n%q\ntwice:\n%q", once, twice)
		}
	})
}

// rewrite reads a message and writes it; ok is false when it cannot be read.
func rewrite(t *testing.T, data []byte) (out []byte, ok bool) {
	t.Helper()
	r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{Decoded: true})
	h, p, err := r.Header()
	if err != nil {
		return nil, false
	}
	var b bytes.Buffer
	w := record.NewWriter(&b, p)
	if err := w.Header(h); err != nil {
		t.Fatal(err)
	}
	for person, err := range r.Persons() {
		if err != nil {
			return nil, false
		}
		if err := w.Person(person); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), true
}
