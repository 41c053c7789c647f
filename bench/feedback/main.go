// Command feedback measures opening an AES zip against 7-Zip and bsdtar, and
// fetching a file over TLS against curl, and prints rows of a Markdown table.
//
//	go run ./bench/feedback -size 1024 -rounds 5 -dir /dev/shm
//
// Every round runs each program once, in turn, so that a busy machine slows
// all alike; the medians are compared. Each run is a process of its own,
// which also gives its peak memory.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"time"
)

const password = "benk-2018"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench/feedback:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		if child, ok := children()[args[0]]; ok {
			return child(ctx, args[1:])
		}
	}
	flags := flag.NewFlagSet("feedback", flag.ContinueOnError)
	size := flags.Int("size", 1024, "size of the file in MiB")
	rounds := flags.Int("rounds", 5, "rounds; medians are shown")
	dir := flags.String("dir", "/dev/shm", "where the files lie: tmpfs or disk")
	if err := flags.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp(*dir, "iplos-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a benchmark leaves only its figures
	b := &bench{work: work, rounds: *rounds, size: *size, out: out}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	fmt.Fprintln(out, "| work | program | wall s | CPU s | peak MiB | ours against it |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|")
	for _, method := range []string{"Copy", "Deflate"} {
		if err := b.open(ctx, method); err != nil {
			return err
		}
	}
	return b.pull(ctx)
}

// bench is one run of the whole.
type bench struct {
	work, self   string
	rounds, size int
	out          io.Writer
}

// contender is a program that does the work; ours stands first.
type contender struct {
	name string
	// make returns the command, which must write below the folder.
	make func(dir string) *exec.Cmd
}

// usage is what one run took.
type usage struct {
	wall, cpu time.Duration
	peakKiB   int64
}

// race runs the contenders in turn and prints a row for each.
func (b *bench) race(work string, contenders []contender) error {
	all := make([][]usage, len(contenders))
	for range b.rounds {
		for i, c := range contenders {
			u, err := b.once(c)
			if err != nil {
				return fmt.Errorf("%s by %s: %w", work, c.name, err)
			}
			all[i] = append(all[i], u)
		}
	}
	ours := median(all[0])
	for i, c := range contenders {
		u := median(all[i])
		ratio := "–"
		if i > 0 {
			ratio = fmt.Sprintf("speed %.2f, CPU %.2f", u.wall.Seconds()/ours.wall.Seconds(), ours.cpu.Seconds()/u.cpu.Seconds())
		}
		fmt.Fprintf(b.out, "| %s | %s | %.2f | %.2f | %.1f | %s |\n", work, c.name, u.wall.Seconds(), u.cpu.Seconds(), float64(u.peakKiB)/1024, ratio)
	}
	return nil
}

func (b *bench) once(c contender) (usage, error) {
	dir, err := os.MkdirTemp(b.work, "out-")
	if err != nil {
		return usage{}, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a benchmark leaves only its figures
	cmd := c.make(dir)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	peak := watch(cmd.Process.Pid)
	err = cmd.Wait()
	wall := time.Since(begin)
	kib := peak()
	if err != nil {
		return usage{}, fmt.Errorf("%w: %s", err, said.Bytes())
	}
	if err := b.whole(dir); err != nil {
		return usage{}, err
	}
	s := cmd.ProcessState
	return usage{wall, s.UserTime() + s.SystemTime(), kib}, nil
}

// whole checks that the work was done: a file of the right size is there.
func (b *bench) whole(dir string) error {
	found := false
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		found = found || err == nil && info.Size() >= int64(b.size)<<20
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("nothing of %d MiB came out", b.size)
	}
	return err
}

// median takes each figure's own.
func median(all []usage) usage {
	pick := func(less func(a, b usage) int) usage {
		return slices.SortedFunc(slices.Values(all), less)[len(all)/2]
	}
	return usage{
		wall:    pick(func(a, b usage) int { return int(a.wall - b.wall) }).wall,
		cpu:     pick(func(a, b usage) int { return int(a.cpu - b.cpu) }).cpu,
		peakKiB: pick(func(a, b usage) int { return int(a.peakKiB - b.peakKiB) }).peakKiB,
	}
}
