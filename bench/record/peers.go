package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"

	"iplos/internal/record"
)

// The jobs a child process can be asked to do with the message; each prints
// what it found, which must agree.
func jobs() map[string]func(io.Reader) (string, error) {
	return map[string]func(io.Reader) (string, error){
		"tokenize": tokenize,
		"read":     read,
		"decode":   decode,
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

// child runs one job on a file, in a process of its own so that its CPU time
// and memory can be taken.
func child(out io.Writer, job, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	found, err := jobs()[job](f)
	fmt.Fprintln(out, found)
	return errors.Join(err, f.Close())
}
