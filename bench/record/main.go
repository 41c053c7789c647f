// Command record measures reading a message against its peers: the strict
// tokenizer against a C program on libxml2's SAX2 interface, and reading into
// records against encoding/xml's DecodeElement. Every round runs each once,
// in turn; the medians are compared. It prints rows of a Markdown table:
//
//	go run ./bench/record -size 1024
//
// It needs a C compiler and libxml2's headers (libxml2-dev).
package main

import (
	"context"
	_ "embed"
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

//go:embed libxml2/sax2.c
var sax2 []byte

func main() {
	var o options
	flag.Int64Var(&o.size, "size", 128, "size of the message in MiB")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds")
	flag.StringVar(&o.layout, "layout", "indented", "indented or compact")
	flag.StringVar(&o.dir, "dir", "", "folder for the message (default: a temporary one, removed)")
	flag.StringVar(&o.only, "only", "", "run only this comparison: tokenize or read")
	flag.Parse()
	o.out, o.log = os.Stdout, os.Stderr
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	if flag.NArg() == 2 {
		err = child(o.out, flag.Arg(0), flag.Arg(1))
	} else {
		err = run(ctx, o)
	}
	stop()
	if err != nil {
		fmt.Fprintln(o.log, err)
		os.Exit(1)
	}
}

type options struct {
	size      int64
	rounds    int
	layout    string
	dir, only string
	out, log  io.Writer
}

// job is one program to measure and what was measured.
type job struct {
	name string
	args []string
	// wall, cpu in seconds and peak memory in MiB, one for each round.
	wall, cpu, mem []float64
	found          string
}

func run(ctx context.Context, o options) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "bench-record"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	path := filepath.Join(o.dir, "message.xml")
	persons, err := generate(path, o.layout, o.size<<20)
	if err != nil {
		return err
	}
	sax, err := compile(ctx, o.dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	jobs := map[string][]*job{
		"tokenize": {
			{name: "libxml2 SAX2 (C)", args: []string{sax, path}},
			{name: "tokenizer", args: []string{self, "tokenize", path}},
		},
		"read": {
			{name: "encoding/xml DecodeElement", args: []string{self, "decode", path}},
			{name: "reading into records", args: []string{self, "read", path}},
		},
	}
	all := slices.Concat(jobs["tokenize"], jobs["read"])
	if o.only != "" {
		all = jobs[o.only]
	}
	for range o.rounds {
		for _, j := range all {
			if err := j.round(ctx, o.log); err != nil {
				return err
			}
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return report(o, all, info.Size(), persons)
}

func compile(ctx context.Context, dir string) (string, error) {
	source, program := filepath.Join(dir, "sax2.c"), filepath.Join(dir, "sax2")
	if err := os.WriteFile(source, sax2, 0o600); err != nil {
		return "", err
	}
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libxml-2.0").Output()
	if err != nil {
		return "", fmt.Errorf("finding libxml2: %w", err)
	}
	args := append([]string{"-O2", "-o", program, source}, strings.Fields(string(flags))...)
	if out, err := exec.CommandContext(ctx, "cc", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("compiling: %w\n%s", err, out)
	}
	return program, nil
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

func report(o options, jobs []*job, size int64, persons int) error {
	fmt.Fprintf(o.out, "Message: %.0f MB, %d persons, %s.\n\n", float64(size)/1e6, persons, o.layout)
	fmt.Fprintln(o.out, "| reading XML | MB/s (wall) | MB/s (CPU) | peak MiB | ratio (CPU) |")
	fmt.Fprintln(o.out, "|---|---|---|---|---|")
	for i, j := range jobs {
		ratio := ""
		if i%2 == 1 {
			peer := jobs[i-1]
			if peer.found != j.found {
				return fmt.Errorf("%s found %q, %s %q", peer.name, peer.found, j.name, j.found)
			}
			ratio = fmt.Sprintf("%.2f", median(peer.cpu)/median(j.cpu))
		}
		fmt.Fprintf(o.out, "| %s | %.0f | %.0f | %.0f | %s |\n", j.name,
			float64(size)/1e6/median(j.wall), float64(size)/1e6/median(j.cpu), slices.Max(j.mem), ratio)
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
