package extract

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
)

// FuzzOpen gives any bytes to every way of reading: what fails must fail with
// a fault or a place, and the account must add up.
func FuzzOpen(f *testing.F) {
	g := generator(f, synth.Options{Persons: 2})
	var message, zipped, book bytes.Buffer
	if err := errors.Join(g.WriteMessage(&message), g.WriteCSVZip(&zipped, synth.TableOptions{}), g.WriteXLSX(&book, synth.TableOptions{})); err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		message.Bytes(), zipped.Bytes(), book.Bytes(), []byte(persons), []byte("pePeID;peFnr\n1;\x00"), []byte("sep=,\npePeID,peKomnr\n1,403\n"),
		[]byte("<IPLOS versjon=\"3.3\">"), []byte("\xFF\xFE<\x00"), []byte("\x00<\x00I"), []byte("PK\x05\x06"), []byte("a;b\nc;d\ne;f\n"),
		[]byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><IPLOS versjon=\"3.3\">\xC3\xB8"),
	} {
		for _, source := range []string{"", "csv", "xlsx", "message"} {
			f.Add(seed, source)
		}
	}
	profile := writeFile(f, "p.yaml", "tables:\n  - {table: stdin, class: PERSON, by_name: true, distinct: true}\n"+
		"  - {table: stdin, class: FUNKSJON, key: pePeID, fields: {fnFnID: {serial: true}, fnFraDato: {column: peFraDato, optional: true}}}\n"+
		"  - {table: person, class: PERSON, by_name: true, optional: true}\n")
	f.Fuzz(func(t *testing.T, in []byte, source string) {
		start := time.Now()
		defer func() {
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		}()
		for _, p := range []string{"", profile} {
			o := Options{Path: "-", Stdin: bytes.NewReader(in), Source: source, Profile: p, Year: 2017, Municipality: "0403", Now: time.Unix(1.5e9, 0)}
			if len(in)%3 == 0 {
				o.MemoryBytes, o.TempDir = 100, t.TempDir()
			}
			_, _, err := tryRead(t, o)
			placed(t, err)
			o.Stdin = bytes.NewReader(in)
			_, err = Describe(context.Background(), o)
			placed(t, err)
		}
	})
}

// placed checks that an error is one that tells the user something.
func placed(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	_, isFault := errors.AsType[*fault.Error](err)
	_, isSyntax := errors.AsType[*record.SyntaxError](err)
	_, isVersion := errors.AsType[*record.VersionError](err)
	_, isValue := errors.AsType[*record.ValueError](err)
	if !isFault && !isSyntax && !isVersion && !isValue {
		t.Fatalf("neither fault nor place: %v", err)
	}
}
