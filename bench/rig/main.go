package rig

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
	"strings"
)

// Bench is one run of a benchmark program.
type Bench struct {
	// Size is that of what is worked on, in MiB.
	Size int
	// Rounds is how often each program runs.
	Rounds int
	// Work is a folder for files, removed in the end.
	Work string
	// Self is this program: what runs a child.
	Self string
	// Out takes the Markdown.
	Out io.Writer
}

// Child is a piece of work that is measured in a process of its own.
type Child func(ctx context.Context, out io.Writer, args []string) error

// Main runs a benchmark: the flags -size, -rounds and -dir, or, when the first
// argument names one, a child. Several folders in -dir, with commas between,
// run it in each.
func Main(name, dir string, children map[string]Child, measure func(context.Context, *Bench) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := start(ctx, name, dir, children, measure)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench/%s: %v\n", name, err)
		os.Exit(1)
	}
}

func start(ctx context.Context, name, dir string, children map[string]Child, measure func(context.Context, *Bench) error) error {
	if len(os.Args) > 1 {
		if child, ok := children[os.Args[1]]; ok {
			return child(ctx, os.Stdout, os.Args[2:])
		}
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	size := flags.Int("size", 1024, "size of what is worked on, in MiB")
	rounds := flags.Int("rounds", 5, "rounds; medians are compared")
	dirs := flags.String("dir", dir, "where the files lie; several with commas between")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for place := range strings.SplitSeq(*dirs, ",") {
		b := &Bench{Size: *size, Rounds: *rounds, Self: self, Out: os.Stdout}
		if err := b.in(ctx, place, measure); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bench) in(ctx context.Context, dir string, measure func(context.Context, *Bench) error) (err error) {
	if b.Work, err = os.MkdirTemp(dir, "iplos-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.Work)) }()
	return measure(ctx, b)
}

// memory is where files lie in memory.
const memory = "/dev/shm"

// MemoryAndDisk are the folders of a benchmark that runs in both.
func MemoryAndDisk() string { return memory + "," + os.TempDir() }

// Place says what kind of place the folder for files is.
func (b *Bench) Place() string {
	if strings.HasPrefix(b.Work, memory) {
		return "from memory to memory"
	}
	return "from disk to disk"
}

// Path is a file's in the folder for files.
func (b *Bench) Path(name string) string { return filepath.Join(b.Work, name) }

// Child returns the command line of a child.
func (b *Bench) Child(args ...string) []string { return append([]string{b.Self}, args...) }

// Do runs a command that is not measured.
func Do(ctx context.Context, argv ...string) error {
	if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", argv[0], err, out)
	}
	return nil
}
