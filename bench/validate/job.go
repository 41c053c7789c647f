package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// job is one program to measure and what was measured.
type job struct {
	name string
	args []string
	env  []string
	// feed is a program whose output is the job's input; its own cost does
	// not count.
	feed []string
	// wall and cpu in seconds and peak memory in MiB, one for each round.
	wall, cpu, mem []float64
	found          string
}

func (j *job) round(ctx context.Context) (err error) {
	cmd := exec.CommandContext(ctx, j.args[0], j.args[1:]...)
	cmd.Env = append(append(os.Environ(), "GOMAXPROCS=1"), j.env...)
	var feeder *exec.Cmd
	if j.feed != nil {
		feeder = exec.CommandContext(ctx, j.feed[0], j.feed[1:]...)
		if cmd.Stdin, err = feeder.StdoutPipe(); err != nil {
			return err
		}
		if err := feeder.Start(); err != nil {
			return err
		}
	}
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if feeder != nil {
		err = errors.Join(err, feeder.Wait())
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", j.name, err, out)
	}
	cpu, mem := usage(cmd)
	j.wall = append(j.wall, time.Since(start).Seconds())
	j.cpu = append(j.cpu, cpu)
	j.mem = append(j.mem, mem)
	j.found = strings.TrimSpace(string(out))
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
