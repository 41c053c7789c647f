package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"

	"iplos/bench/rig"
	"iplos/internal/record"
)

// children do one piece of work with the message; each prints what it found,
// which must agree with its peer.
func children() map[string]rig.Child {
	return map[string]rig.Child{"tokenize": on(tokenize), "read": on(read), "decode": on(decode)}
}

func on(work func(io.Reader) (string, error)) rig.Child {
	return func(_ context.Context, out io.Writer, args []string) error {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		found, err := work(f)
		fmt.Fprintln(out, found)
		return errors.Join(err, f.Close())
	}
}

func tokenize(r io.Reader) (string, error) {
	c, err := record.WellFormed(r, record.ReaderOptions{})
	return fmt.Sprint(c.Elements, c.Attributes, c.TextBytes), err
}

func read(r io.Reader) (string, error) {
	rd := record.NewReader(r, record.ReaderOptions{})
	persons, rows, services := 0, 0, 0
	for p, err := range rd.Persons() {
		if err != nil {
			return "", err
		}
		persons++
		rows += p.Len()
		services += p.Count(record.Tjeneste)
		if len(p.Problems) > 0 {
			return "", fmt.Errorf("person %d has problems", persons)
		}
	}
	return fmt.Sprint(persons, rows, services), nil
}

func decode(r io.Reader) (string, error) {
	d := xml.NewDecoder(r)
	persons, rows, services := 0, 0, 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return fmt.Sprint(persons, rows, services), nil
		}
		if err != nil {
			return "", err
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "PERSON" {
			continue
		}
		var p person
		if err := d.DecodeElement(&p, &start); err != nil {
			return "", err
		}
		persons++
		services += len(p.Tjeneste)
		rows += 1 + len(p.Personoppl) + len(p.Funksjon) + len(p.Tjeneste) + len(p.Diagnose) + len(p.Dogntilbud)
	}
}
