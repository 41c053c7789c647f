package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
)

// contender is a program and what it writes, removed before and after.
type contender struct {
	name  string
	argv  []string
	makes []string
}

func shell(line string) []string { return []string{"bash", "-c", "set -o pipefail; " + line} }

// sample is one run: time on the wall and of all processors, and the largest
// memory of any of its processes.
type sample struct {
	wall, cpu time.Duration
	peakKiB   int64
}

// once runs a program on a clean slate.
func (b *bench) once(ctx context.Context, c contender) (sample, error) {
	for _, name := range c.makes {
		if err := os.RemoveAll(filepath.Join(b.work, name)); err != nil {
			return sample{}, err
		}
	}
	s, err := b.time(ctx, c)
	if err != nil {
		return s, err
	}
	for _, name := range c.makes {
		if err := os.Remove(filepath.Join(b.work, name)); err != nil {
			return s, fmt.Errorf("it made nothing: %w", err)
		}
	}
	return s, nil
}

func (b *bench) time(ctx context.Context, c contender) (sample, error) {
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Dir = b.work
	home := filepath.Join(b.work, "home")
	cmd.Env = append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "IPLOS_STATE_DIR="+filepath.Join(home, "state"),
		"IPLOS_MUNICIPALITY=0403", "IPLOS_YEAR=2017", "IPLOS_ORGANISATION_NUMBER=800000009",
		"IPLOS_CONTACT_EMAIL=iplos@eksempel.kommune.no", "IPLOS_FEEDBACK_PASSWORD=benk-benk-benk-benk",
	)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin)
	if err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, said.String())
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

// most is the largest memory of any run.
func most(runs []sample) int64 {
	return slices.MaxFunc(runs, func(a, b sample) int { return int(a.peakKiB - b.peakKiB) }).peakKiB
}

// message makes m.xml of about so many MiB, in a process of its own: what is
// measured starts from a small one.
func (b *bench) message(ctx context.Context, mebibytes int) (int64, error) {
	path := filepath.Join(b.work, "m.xml")
	if _, err := b.time(ctx, contender{argv: []string{b.self, "message", strconv.Itoa(mebibytes), path}}); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// makeMessage writes a clean synthetic message; how much a person takes is
// measured on a few of them first.
func makeMessage(mebibytes, path string) error {
	size, err := strconv.ParseInt(mebibytes, 10, 64)
	if err != nil {
		return err
	}
	const few = 500
	sized, err := writeMessage(path, few)
	if err != nil {
		return err
	}
	_, err = writeMessage(path, int(size<<20*few/sized))
	return err
}

func writeMessage(path string, persons int) (int64, error) {
	g, err := synth.New(synth.Options{Persons: max(persons, 1)})
	if err != nil {
		return 0, err
	}
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // the sync below says it
	w := bufio.NewWriterSize(f, 1<<20)
	if err := g.WriteMessage(w); err != nil {
		return 0, err
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), f.Sync()
}

func writeSchema(path string) error {
	return os.WriteFile(path, record.Schema(record.Profiles()[0]), 0o600) // that of 2017
}
