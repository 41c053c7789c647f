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

	"iplos/bench/rig"
	"iplos/internal/extract"
	"iplos/internal/finding"
	"iplos/internal/sandbox/synth"
	"iplos/internal/table"
	"iplos/internal/validate"
)

// children do one piece of work each on the file or folder they are given.
func children() map[string]rig.Child {
	return map[string]rig.Child{
		"encoding-csv":       onFile(readPeer, false),
		"encoding-csv-fails": onFile(readPeer, true),
		"own":                onFile(readOwn, false),
		"own-fails":          onFile(readOwn, true),
		"group":              group(0),
		"group-spilled":      group(16 << 20),
		"validate":           check,
		"write-sorted":       writeTables(false),
		"write-shuffled":     writeTables(true),
	}
}

func onFile(read func(out io.Writer, path string, fails bool) error, fails bool) rig.Child {
	return func(_ context.Context, out io.Writer, args []string) error { return read(out, args[0], fails) }
}

func writeTables(shuffle bool) rig.Child {
	return func(_ context.Context, _ io.Writer, args []string) error {
		g, err := synth.New(synth.Options{Persons: persons, Assessments: 2})
		if err != nil {
			return err
		}
		return g.WriteCSVFolder(args[0], synth.TableOptions{Shuffle: shuffle})
	}
}

func readPeer(out io.Writer, path string, fails bool) error {
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

func readOwn(out io.Writer, path string, fails bool) error {
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

// group reads the tables into persons; 0 is the default memory.
func group(memory int64) rig.Child {
	return func(ctx context.Context, out io.Writer, args []string) error {
		s, err := extract.Open(ctx, extract.Options{Path: args[0], Year: 2017, Now: time.Now(), MemoryBytes: memory})
		if err != nil {
			return err
		}
		found, rows := 0, 0
		for p, err := range s.Persons() {
			if err != nil {
				return err
			}
			found++
			rows += p.Len() - 1
		}
		fmt.Fprintln(out, found, "persons,", rows, "rows")
		return s.Close()
	}
}

// silent counts nothing: the validator's own summary does.
type silent struct{}

func (silent) Add(*finding.Finding) {}

func check(ctx context.Context, out io.Writer, args []string) error {
	s, err := extract.Open(ctx, extract.Options{Path: args[0], Year: 2017, Now: time.Now()})
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
