// Package rig runs programs in turn and compares what each took. Every round
// runs each program once, so that a busy machine slows all alike, and medians
// are compared. Each run is a process of its own, which gives it a memory and
// a clock of its own; work of ours that is no command runs as a child of the
// benchmark's own program.
package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Program is one side of a comparison and what its runs took.
type Program struct {
	Name string
	Argv []string
	// Dir is where it runs; empty is the current folder.
	Dir string
	// Env is added to the environment.
	Env []string
	// Makes is what it must make in Dir; removed before and after each run.
	Makes string
	// Feed is a program whose output it reads; its cost does not count.
	Feed []string

	runs []run
}

// run is what one run took: seconds on the clock and of all processors, and
// the largest memory of any of its processes in MiB.
type run struct {
	wall, cpu, peak float64
	said            string
}

// Shell is a line for bash in which any failing step fails the whole.
func Shell(line string) []string { return []string{"bash", "-c", "set -o pipefail; " + line} }

// OneProcessor holds a Go program to one processor.
func OneProcessor() []string { return []string{"GOMAXPROCS=1"} }

// InTurn runs each program once a round.
func InTurn(ctx context.Context, rounds int, programs ...*Program) error {
	for range rounds {
		for _, p := range programs {
			if err := p.Run(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// Run runs the program once, on a clean slate.
func (p *Program) Run(ctx context.Context) error {
	if err := p.once(ctx); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

func (p *Program) once(ctx context.Context) error {
	if err := p.remove(); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, p.Argv[0], p.Argv[1:]...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), p.Env...)
	feeder, err := p.feed(ctx, cmd)
	if err != nil {
		return err
	}
	var said, complained strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &complained
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start)
	if feeder != nil {
		err = errors.Join(err, feeder.Wait())
	}
	if err != nil {
		return fmt.Errorf("%w: %s%s", err, &said, &complained)
	}
	if p.Makes != "" {
		if _, err := os.Stat(filepath.Join(p.Dir, p.Makes)); err != nil {
			return fmt.Errorf("it made nothing: %w", err)
		}
	}
	s := cmd.ProcessState
	p.runs = append(p.runs, run{
		wall: wall.Seconds(), cpu: (s.UserTime() + s.SystemTime()).Seconds(),
		peak: float64(peakKiB(s)) / 1024, said: strings.TrimSpace(said.String() + complained.String()),
	})
	return p.remove()
}

func (p *Program) feed(ctx context.Context, cmd *exec.Cmd) (*exec.Cmd, error) {
	if p.Feed == nil {
		return nil, nil
	}
	feeder := exec.CommandContext(ctx, p.Feed[0], p.Feed[1:]...)
	var err error
	if cmd.Stdin, err = feeder.StdoutPipe(); err != nil {
		return nil, err
	}
	return feeder, feeder.Start()
}

func (p *Program) remove() error {
	if p.Makes == "" {
		return nil
	}
	return os.RemoveAll(filepath.Join(p.Dir, p.Makes))
}

// Wall is the median time on the clock in seconds.
func (p *Program) Wall() float64 { return p.median(func(r run) float64 { return r.wall }) }

// CPU is the median time of all processors in seconds.
func (p *Program) CPU() float64 { return p.median(func(r run) float64 { return r.cpu }) }

// Peak is the largest memory of any run in MiB.
func (p *Program) Peak() float64 {
	return slices.Max(p.all(func(r run) float64 { return r.peak }))
}

// Said is what the last run wrote.
func (p *Program) Said() string { return p.runs[len(p.runs)-1].said }

func (p *Program) all(of func(run) float64) []float64 {
	v := make([]float64, len(p.runs))
	for i, r := range p.runs {
		v[i] = of(r)
	}
	return v
}

func (p *Program) median(of func(run) float64) float64 {
	v := p.all(of)
	slices.Sort(v)
	return v[len(v)/2]
}
