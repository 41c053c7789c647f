// Command crypt measures sealing and opening against OpenSSL and age, and
// prints rows of a Markdown table.
//
//	go run ./bench/crypt -size 1024 -rounds 5 -dir /dev/shm
//
// Every round runs each program once, in turn, so that a busy machine slows
// all alike; the medians are compared. Each run is a process of its own,
// which also gives its peak memory.
package main

import (
	"context"
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
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
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
	dir := flags.String("dir", "/dev/shm", "where the files lie: tmpfs or disk")
	if err := flags.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp(*dir, "iplos-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	b := &bench{work: work, rounds: *rounds, place: *dir}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if err := b.prepare(ctx, *size); err != nil {
		return err
	}
	return b.all(ctx, out)
}

// bench is one run of the program.
type bench struct {
	self, work, place string
	rounds            int
	bytes             int64
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
		"age-keygen -o age.key 2>/dev/null",
		"age-keygen -y age.key > age.pub",
		b.self + " package none m.xml c.pem opened-none",
		b.self + " package gzip m.xml c.pem opened-gzip",
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

func (b *bench) all(ctx context.Context, out io.Writer) error {
	shell := func(name, line, makes string) contender {
		return contender{name, []string{"bash", "-c", "set -o pipefail; " + line}, makes}
	}
	ours := func(name, makes string, args ...string) contender {
		return contender{name, append([]string{b.self}, args...), makes}
	}
	const loop = `for p in %s/part-*.p7m; do openssl cms -decrypt -inform DER -in "$p" -inkey k.pem || exit 1; done`
	for _, race := range []struct {
		what string
		in   []contender
	}{
		{"seal without compression", []contender{
			ours("iplos", "s", "seal", "none", "m.xml", "c.pem", "s"),
			shell("openssl cms GCM", "openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -in m.xml -out o -recip c.pem -keyopt rsa_padding_mode:oaep && sync o", "o"),
			shell("age", "age -r $(cat age.pub) -o o m.xml && sync o", "o"),
		}},
		{"seal without compression, tar", []contender{
			ours("iplos", "s.tar", "seal", "none", "m.xml", "c.pem", "s.tar"),
			shell("openssl cms GCM", "openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -in m.xml -out o -recip c.pem -keyopt rsa_padding_mode:oaep && sync o", "o"),
		}},
		{"seal with gzip", []contender{
			ours("iplos", "s", "seal", "gzip", "m.xml", "c.pem", "s"),
			shell("gzip -6 and openssl cms", "gzip -6 < m.xml | openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -out o -recip c.pem -keyopt rsa_padding_mode:oaep && sync o", "o"),
		}},
		{"open without compression", []contender{
			ours("iplos", "o", "open", "opened-none", "k.pem", "o"),
			shell("openssl loop", fmt.Sprintf(loop, "opened-none")+" > o && sync o", "o"),
		}},
		{"open with gzip", []contender{
			ours("iplos", "o", "open", "opened-gzip", "k.pem", "o"),
			shell("openssl loop and gunzip", fmt.Sprintf(loop, "opened-gzip")+" | gunzip > o && sync o", "o"),
		}},
	} {
		if err := b.race(ctx, out, race.what, race.in); err != nil {
			return fmt.Errorf("%s: %w", race.what, err)
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
	first := median(runs[0]).wall
	for i, c := range in {
		m := median(runs[i])
		fmt.Fprintf(out, "| %s (%s) | %s | %.2f | %.0f | %d | %.2f |\n", what, b.place, c.name, m.wall.Seconds(),
			float64(b.bytes)/1e6/m.wall.Seconds(), m.peakKiB/1024, m.wall.Seconds()/first.Seconds())
		if err := os.RemoveAll(filepath.Join(b.work, c.makes)); err != nil {
			return err
		}
	}
	return nil
}

// sample is one run: the time on the wall and the largest memory of any of
// its processes.
type sample struct {
	wall    time.Duration
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
	return sample{wall, peakKiB(cmd.ProcessState)}, nil
}

// median is by wall time; the memory is that of the same run.
func median(s []sample) sample {
	slices.SortFunc(s, func(a, b sample) int { return int(a.wall - b.wall) })
	return s[len(s)/2]
}
