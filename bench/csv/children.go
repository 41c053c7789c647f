package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"iplos/internal/extract"
	"iplos/internal/finding"
	"iplos/internal/sandbox/synth"
	"iplos/internal/table"
	"iplos/internal/validate"
)

// child does one piece of work, so that its time and memory are its own.
func child(ctx context.Context, b *bench, work, path string) error {
	out := b.out
	switch work {
	case "encoding-csv", "encoding-csv-fails":
		return peer(out, path, work == "encoding-csv-fails")
	case "own", "own-fails":
		return own(out, path, work == "own-fails")
	case "group":
		return group(ctx, out, path, 0)
	case "group-spilled":
		return group(ctx, out, path, 16<<20)
	case "validate":
		return check(ctx, out, path)
	case "write-shuffled", "write-sorted":
		g, err := synth.New(synth.Options{Persons: b.persons, Assessments: 2})
		if err != nil {
			return err
		}
		return g.WriteCSVFolder(path, synth.TableOptions{Shuffle: work == "write-shuffled"})
	}
	return fmt.Errorf("unknown work %q", work)
}

func peer(out io.Writer, path string, fails bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only
	r := csv.NewReader(bufio.NewReaderSize(f, 256<<10))
	r.Comma, r.ReuseRecord = ';', true
	rows, cells := 0, 0
	for {
		row, err := r.Read()
		if err != nil {
			return outcome(out, rows, cells, err, fails)
		}
		rows++
		cells += len(row)
	}
}

func own(out io.Writer, path string, fails bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	rows, err := table.OpenCSV(path, f, f, table.Format{Encoding: table.Auto, Quote: '"'})
	if err != nil {
		return err
	}
	n, cells := 1, len(rows.Columns()) // the heading is a row like others to the peer
	for {
		row, err := rows.Next()
		if err != nil {
			return errors.Join(outcome(out, n, cells, err, fails), rows.Close())
		}
		n++
		cells += len(row)
	}
}

func outcome(out io.Writer, rows, cells int, err error, fails bool) error {
	if errors.Is(err, io.EOF) == fails {
		return fmt.Errorf("ended with %w", err)
	}
	fmt.Fprintln(out, rows, "rows", cells, "cells")
	return nil
}

func group(ctx context.Context, out io.Writer, dir string, memory int64) error {
	s, err := extract.Open(ctx, extract.Options{Path: dir, Year: 2017, Now: time.Now(), MemoryBytes: memory})
	if err != nil {
		return err
	}
	persons, rows := 0, 0
	for p, err := range s.Persons() {
		if err != nil {
			return err
		}
		persons++
		rows += p.Len() - 1
	}
	fmt.Fprintln(out, persons, "persons,", rows, "rows")
	return s.Close()
}

// silent counts nothing: the validator's own summary does.
type silent struct{}

func (silent) Add(*finding.Finding) {}

func check(ctx context.Context, out io.Writer, dir string) error {
	s, err := extract.Open(ctx, extract.Options{Path: dir, Year: 2017, Now: time.Now()})
	if err != nil {
		return err
	}
	v, err := validate.New(validate.Options{Year: 2017, Municipality: "0403", District: "00", AllowSynthetic: true}, silent{})
	if err != nil {
		return err
	}
	v.Header(s.Profile(), s.Header())
	for p, err := range s.Persons() {
		if err != nil {
			return err
		}
		v.Person(p)
	}
	v.Finish()
	n := v.Summary().BySeverity
	fmt.Fprintf(out, "%d persons, %d findings\n", v.Totals().Persons, n[finding.Warning]+n[finding.Minimum]+n[finding.Error])
	return s.Close()
}
