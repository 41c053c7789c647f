// Command crypt measures sealing and opening against OpenSSL and age, and
// prints rows of a Markdown table.
//
//	go run ./bench/crypt -size 1024 -rounds 5 -dir /dev/shm,/tmp
//
// "seal" seals a file's bytes as they are, through the same parts and
// container as a message: what OpenSSL and age do, and three digests that they
// do not take (of the message, of each sealed part, and of the tar). Every
// round runs each program once, in turn, so that a busy machine slows all
// alike; the medians are compared. Each run is a process of its own, which
// also gives its peak memory.
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
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/crypt:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		if child, ok := children()[args[0]]; ok {
			return child(ctx, args[1:])
		}
	}
	flags := flag.NewFlagSet("crypt", flag.ContinueOnError)
	size := flags.Int("size", 1024, "message size in MiB")
	rounds := flags.Int("rounds", 5, "rounds; medians are shown")
	only := flags.String("only", "", "run only what has this in its name")
	dirs := flags.String("dir", "/dev/shm,"+os.TempDir(), "where the files lie, tmpfs and disk, with commas between")
	if err := flags.Parse(args); err != nil {
		return err
	}
	fmt.Fprintln(out, "| work | where | program | seconds | MB/s | CPU seconds | peak MiB | iplos is faster by | CPU |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|---|")
	for dir := range strings.SplitSeq(*dirs, ",") {
		if err := runIn(ctx, out, dir, *only, *size, *rounds); err != nil {
			return err
		}
	}
	return nil
}

// runIn runs every race with its files in one place.
func runIn(ctx context.Context, out io.Writer, dir, only string, size, rounds int) (err error) {
	work, err := os.MkdirTemp(dir, "iplos-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	b := &bench{work: work, rounds: rounds, place: placeOf(dir), only: only}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if err := b.prepare(ctx, size); err != nil {
		return err
	}
	return b.all(ctx, out)
}

// placeOf says what kind of place a folder is.
func placeOf(dir string) string {
	if strings.HasPrefix(dir, "/dev/shm") {
		return "memory"
	}
	return "disk"
}

// bench is one run of the program.
type bench struct {
	self, work, place, only string

	rounds int
	bytes  int64
}

// contender is a program in a race; the first in a race is ours.
type contender struct {
	name string
	argv []string
	// makes is what it writes, removed before each run.
	makes string
}

// prepare makes the message, the keys and the packages to open.
func (b *bench) prepare(ctx context.Context, mebibytes int) error {
	steps := []string{
		fmt.Sprintf("%s message %d %s/m.xml", b.self, mebibytes, b.work),
		"openssl req -x509 -newkey rsa:3072 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=SSB 2>/dev/null",
		"openssl req -x509 -newkey rsa:3072 -nodes -keyout /dev/null -out p.pem -days 30 -subj /CN=TPF 2>/dev/null",
		"age-keygen -o age.key 2>/dev/null",
		"age-keygen -y age.key > age.pub",
		// The register's key opens what OpenSSL opens: link ids stay.
		b.self + " package none m.xml c.pem opened-none p.pem",
		b.self + " package gzip m.xml c.pem opened-gzip p.pem",
	}
	for _, s := range steps {
		if _, err := b.time(ctx, contender{argv: []string{"bash", "-c", s}}); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	info, err := os.Stat(filepath.Join(b.work, "m.xml"))
	if err != nil {
		return err
	}
	b.bytes = info.Size()
	return nil
}

// race is one thing to do and who does it; the first contender is ours.
type race struct {
	what string
	in   []contender
}

// races returns every race. Peers put their file on disk too (sync).
func (b *bench) races() []race {
	shell := func(name, line string) contender {
		return contender{name, []string{"bash", "-c", "set -o pipefail; (" + line + ") && sync o"}, "o"}
	}
	ours := func(makes string, args ...string) contender {
		return contender{"iplos", append([]string{b.self}, args...), makes}
	}
	const cms = "openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -recip c.pem -keyopt rsa_padding_mode:oaep"
	const loop = `for p in %s/part-*.p7m; do openssl cms -decrypt -inform DER -in "$p" -inkey k.pem || exit 1; done`
	return []race{
		{"seal without compression", []contender{
			ours("s", "seal", "none", "m.xml", "c.pem", "s"),
			shell("openssl cms, GCM", cms+" -in m.xml -out o"),
			shell("age", "age -r $(cat age.pub) -o o m.xml"),
		}},
		{"seal without compression, as tar", []contender{
			ours("s.tar", "seal", "none", "m.xml", "c.pem", "s.tar"),
			shell("openssl cms, GCM", cms+" -in m.xml -out o"),
		}},
		{"seal with gzip", []contender{
			ours("s", "seal", "gzip", "m.xml", "c.pem", "s"),
			shell("gzip -6, openssl cms", "gzip -6 < m.xml | "+cms+" -out o"),
		}},
		{"open without compression", []contender{
			ours("o", "open", "opened-none", "k.pem", "o"),
			shell("openssl loop", fmt.Sprintf(loop, "opened-none")+" > o"),
		}},
		{"open with gzip", []contender{
			ours("o", "open", "opened-gzip", "k.pem", "o"),
			shell("openssl loop, gunzip", "("+fmt.Sprintf(loop, "opened-gzip")+") | gunzip > o"),
		}},
	}
}

func (b *bench) all(ctx context.Context, out io.Writer) error {
	for _, r := range b.races() {
		if !strings.Contains(r.what, b.only) {
			continue
		}
		if err := b.race(ctx, out, r.what, r.in); err != nil {
			return fmt.Errorf("%s: %w", r.what, err)
		}
	}
	return nil
}

// race runs the contenders in turn and prints a row for each.
func (b *bench) race(ctx context.Context, out io.Writer, what string, in []contender) error {
	runs := make([][]sample, len(in))
	for range b.rounds {
		for i, c := range in {
			if err := os.RemoveAll(filepath.Join(b.work, c.makes)); err != nil {
				return err
			}
			s, err := b.time(ctx, c)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			runs[i] = append(runs[i], s)
		}
	}
	ours := medians(runs[0])
	for i, c := range in {
		m, ratio, cpu := medians(runs[i]), "", ""
		if i > 0 {
			ratio = fmt.Sprintf("**%.2f**", m.wall.Seconds()/ours.wall.Seconds())
			cpu = fmt.Sprintf("%.2f", m.cpu.Seconds()/ours.cpu.Seconds())
		}
		fmt.Fprintf(out, "| %s | %s | %s | %.2f | %.0f | %.2f | %d | %s | %s |\n", what, b.place, c.name, m.wall.Seconds(),
			float64(b.bytes)/1e6/m.wall.Seconds(), m.cpu.Seconds(), m.peakKiB/1024, ratio, cpu)
		if err := os.RemoveAll(filepath.Join(b.work, c.makes)); err != nil {
			return err
		}
	}
	return nil
}

// sample is one run: time on the wall and of all processors, and the largest
// memory of any of its processes.
type sample struct {
	wall    time.Duration
	cpu     time.Duration
	peakKiB int64
}

func (b *bench) time(ctx context.Context, c contender) (sample, error) {
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Dir = b.work
	var errs strings.Builder
	cmd.Stderr = &errs
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, errs.String())
	}
	p := cmd.ProcessState
	return sample{wall, p.UserTime() + p.SystemTime(), peakKiB(p)}, nil
}

// medians takes each figure's own.
func medians(runs []sample) sample {
	pick := func(of func(sample) int64) int64 {
		var v []int64
		for _, s := range runs {
			v = append(v, of(s))
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return sample{
		wall:    time.Duration(pick(func(s sample) int64 { return int64(s.wall) })),
		cpu:     time.Duration(pick(func(s sample) int64 { return int64(s.cpu) })),
		peakKiB: pick(func(s sample) int64 { return s.peakKiB }),
	}
}
