// Command csv measures tables against their peers: the CSV reader against
// encoding/csv with ReuseRecord, what a stray quote costs each, grouping the
// rows of a municipality as large as Oslo, and validating a CSV set against
// DuckDB with like rules; each on one processor. It prints rows of Markdown
// tables:
//
//	go run ./bench/csv -size 1024 -rounds 5
//
// DuckDB comes from npm (duckdb/package.json) into a folder under .cache; its
// row is left out, and said to be, where npm cannot get it.
package main

import (
	"context"
	"fmt"
	"os"

	"iplos/bench/rig"
)

// persons is as many as have services in the largest municipality.
const persons = 40_000

func main() { rig.Main("csv", "", children(), measure) }

func measure(ctx context.Context, b *rig.Bench) error {
	for _, part := range []func(context.Context, *rig.Bench) error{reading, strayQuote, grouping, validating} {
		if err := part(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func own(b *rig.Bench, name string, args ...string) *rig.Program {
	return &rig.Program{Name: name, Argv: b.Child(args...), Env: rig.OneProcessor()}
}

func reading(ctx context.Context, b *rig.Bench) error {
	path := b.Path("services.csv")
	size, err := writeServices(path, int64(b.Size)<<20)
	if err != nil {
		return err
	}
	peer := own(b, "encoding/csv, ReuseRecord", "encoding-csv", path)
	ours := own(b, "own reader, with encoding found and checked, SHA-256 not", "own", path)
	if err := rig.InTurn(ctx, b.Rounds, peer, ours); err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "One table of %.0f MB:\n\n", rig.MB(size))
	return b.Rates("reading CSV", size, peer, ours)
}

func strayQuote(ctx context.Context, b *rig.Bench) error {
	path := b.Path("stray.csv")
	size, err := writeStray(path, 256<<20)
	if err != nil {
		return err
	}
	peer := own(b, "encoding/csv, ReuseRecord", "encoding-csv-fails", path)
	ours := own(b, "own reader", "own-fails", path)
	if err := rig.InTurn(ctx, b.Rounds, peer, ours); err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "\nA stray quote before %.0f MB, until the error:\n\n| reader | seconds (wall) | peak MiB |\n|---|---|---|\n", rig.MB(size))
	for _, p := range []*rig.Program{peer, ours} {
		fmt.Fprintf(b.Out, "| %s | %.3f | %.0f |\n", p.Name, p.Wall(), p.Peak())
	}
	return nil
}

func grouping(ctx context.Context, b *rig.Bench) error {
	dir, size, err := tables(ctx, b, "shuffled")
	if err != nil {
		return err
	}
	memory := own(b, "grouped in memory", "group", dir)
	spilled := own(b, "grouped through the encrypted spill, 16 MiB in memory", "group-spilled", dir)
	if err := rig.InTurn(ctx, b.Rounds, memory, spilled); err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "\n%.0f MB of CSV tables in no order (%s):\n\n", rig.MB(size), memory.Said())
	return b.Rates("grouping", size, memory, spilled)
}

func validating(ctx context.Context, b *rig.Bench) error {
	dir, size, err := tables(ctx, b, "sorted")
	if err != nil {
		return err
	}
	script, err := installDuckDB(ctx, os.Stderr)
	if err != nil {
		fmt.Fprintf(b.Out, "\nDuckDB is not to be had on this machine (%v): not compared.\n", err)
		return nil
	}
	peer := &rig.Program{Name: "DuckDB, a dozen of the rules in SQL, one thread", Argv: []string{"node", script, dir}}
	ours := own(b, "extract and validate, every rule, one thread", "validate", dir)
	if err := rig.InTurn(ctx, b.Rounds, peer, ours); err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "\nA CSV set of %d persons, %.0f MB:\n\n", persons, rig.MB(size))
	return b.Rates("validating", size, peer, ours)
}

// tables writes a CSV set and returns its folder and size. A child writes it:
// the peak memory of this process would count as that of every later child.
func tables(ctx context.Context, b *rig.Bench, order string) (string, int64, error) {
	dir := b.Path(order)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", 0, err
	}
	if err := rig.Do(ctx, b.Child("write-"+order, dir)...); err != nil {
		return "", 0, err
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
