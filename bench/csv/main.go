// Command csv measures tables against their peers: the CSV reader against
// encoding/csv with ReuseRecord, what a stray quote costs each, grouping the
// rows of a municipality as large as Oslo, and validating a CSV set against
// DuckDB with like rules. Every round runs each once, in turn; the medians are
// compared. It prints rows of Markdown tables:
//
//	go run ./bench/csv -size 1024
//
// DuckDB comes from npm (duckdb/package.json) into a folder under .cache; its
// row is left out, and said to be, where npm cannot get it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	var b bench
	flag.Int64Var(&b.size, "size", 128, "size of the table in MiB")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds")
	flag.IntVar(&b.persons, "persons", 40_000, "persons in the CSV set")
	flag.StringVar(&b.dir, "dir", "", "folder for the data (default: a temporary one, removed)")
	flag.Parse()
	b.out, b.log = os.Stdout, os.Stderr
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	if flag.NArg() == 2 {
		err = child(ctx, &b, flag.Arg(0), flag.Arg(1))
	} else {
		err = b.run(ctx)
	}
	stop()
	if err != nil {
		fmt.Fprintln(b.log, err)
		os.Exit(1)
	}
}

type bench struct {
	size     int64
	rounds   int
	persons  int
	dir      string
	self     string
	out, log io.Writer
}

// job is one program to measure and what was measured.
type job struct {
	name string
	args []string
	// wall, cpu in seconds and peak memory in MiB, one for each round.
	wall, cpu, mem []float64
	found          string
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "bench-csv"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{b.reading, b.strayQuote, b.grouping, b.validating} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) reading(ctx context.Context) error {
	path := filepath.Join(b.dir, "services.csv")
	size, err := writeServices(path, b.size<<20)
	if err != nil {
		return err
	}
	jobs := []*job{
		{name: "encoding/csv, ReuseRecord", args: []string{b.self, "encoding-csv", path}},
		{name: "own reader, with encoding found and checked, SHA-256 not", args: []string{b.self, "own", path}},
	}
	if err := b.rounded(ctx, jobs); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "Reading one table of %.0f MB, one thread:\n\n", float64(size)/1e6)
	return b.table(jobs, size)
}

func (b *bench) strayQuote(ctx context.Context) error {
	path := filepath.Join(b.dir, "stray.csv")
	size, err := writeStray(path, 256<<20)
	if err != nil {
		return err
	}
	jobs := []*job{
		{name: "encoding/csv, ReuseRecord", args: []string{b.self, "encoding-csv-fails", path}},
		{name: "own reader", args: []string{b.self, "own-fails", path}},
	}
	if err := b.rounded(ctx, jobs); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\nA stray quote before %.0f MB, until the error:\n\n", float64(size)/1e6)
	fmt.Fprintln(b.out, "| reader | seconds (wall) | peak MiB |\n|---|---|---|")
	for _, j := range jobs {
		fmt.Fprintf(b.out, "| %s | %.3f | %.0f |\n", j.name, median(j.wall), slices.Max(j.mem))
	}
	return nil
}

func (b *bench) grouping(ctx context.Context) error {
	dir, size, err := b.tables(ctx, "shuffled")
	if err != nil {
		return err
	}
	jobs := []*job{
		{name: "grouped in memory", args: []string{b.self, "group", dir}},
		{name: "grouped through the encrypted spill, 16 MiB in memory", args: []string{b.self, "group-spilled", dir}},
	}
	if err := b.rounded(ctx, jobs); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\nGrouping %d persons from %.0f MB of CSV tables in no order (%s):\n\n", b.persons, float64(size)/1e6, jobs[0].found)
	return b.table(jobs, size)
}

func (b *bench) validating(ctx context.Context) error {
	dir, size, err := b.tables(ctx, "sorted")
	if err != nil {
		return err
	}
	script, err := installDuckDB(ctx, b.log)
	if err != nil {
		fmt.Fprintf(b.out, "\nDuckDB is not to be had on this machine (%v): not compared.\n", err)
		return nil
	}
	jobs := []*job{
		{name: "DuckDB, a dozen of the rules in SQL, one thread", args: []string{"node", script, dir}},
		{name: "extract and validate, every rule, one thread", args: []string{b.self, "validate", dir}},
	}
	if err := b.rounded(ctx, jobs); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\nValidating a CSV set of %d persons, %.0f MB:\n\n", b.persons, float64(size)/1e6)
	return b.table(jobs, size)
}

// tables writes a CSV set and returns its folder and size. A child writes it:
// the peak memory of this process would count as that of every later child.
func (b *bench) tables(ctx context.Context, name string) (string, int64, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", 0, err
	}
	cmd := exec.CommandContext(ctx, b.self, "-persons", strconv.Itoa(b.persons), "write-"+name, dir)
	cmd.Stderr = b.log
	if err := cmd.Run(); err != nil {
		return "", 0, fmt.Errorf("writing tables: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", 0, err
	}
	size := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return "", 0, err
		}
		size += info.Size()
	}
	return dir, size, nil
}

func (b *bench) rounded(ctx context.Context, jobs []*job) error {
	for range b.rounds {
		for _, j := range jobs {
			if err := j.round(ctx, b.log); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *job) round(ctx context.Context, log io.Writer) error {
	cmd := exec.CommandContext(ctx, j.args[0], j.args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = log
	start := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", j.name, err)
	}
	j.wall = append(j.wall, time.Since(start).Seconds())
	j.cpu = append(j.cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	j.mem = append(j.mem, float64(peakKiB(cmd.ProcessState))/1024)
	j.found = strings.TrimSpace(string(out))
	return nil
}

// table prints pairs of a peer and what is compared with it.
func (b *bench) table(jobs []*job, size int64) error {
	fmt.Fprintln(b.out, "| | MB/s (wall) | MB/s (CPU) | peak MiB | ratio (CPU) |\n|---|---|---|---|---|")
	for i, j := range jobs {
		ratio := ""
		if i%2 == 1 {
			peer := jobs[i-1]
			if peer.found != j.found {
				return fmt.Errorf("%s found %q, %s %q", peer.name, peer.found, j.name, j.found)
			}
			ratio = fmt.Sprintf("%.2f", median(peer.cpu)/median(j.cpu))
		}
		mb := float64(size) / 1e6
		fmt.Fprintf(b.out, "| %s | %.0f | %.0f | %.0f | %s |\n", j.name, mb/median(j.wall), mb/median(j.cpu), slices.Max(j.mem), ratio)
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
