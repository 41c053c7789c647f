package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
	"iplos/internal/ui"
)

// The demonstration's municipality, and when its steps happen: the campaign
// of the guide, for 2017 data.
const demoMunicipality = "0403"

type demoFlags struct {
	folder  string
	persons int
	force   bool
}

func (a *app) newDemo() *cobra.Command {
	var f demoFlags
	cmd := a.command("demo", "demo", a.noArgs("iplos demo"), func(cmd *cobra.Command, _ []string) error {
		return a.runDemo(cmd.Context(), f)
	})
	flags := cmd.Flags()
	flags.StringVar(&f.folder, "to", "iplos-demo", a.T("flag.demo-to"))
	flags.IntVar(&f.persons, "persons", 400, a.T("flag.persons"))
	flags.BoolVar(&f.force, "force", false, a.T("flag.force"))
	return cmd
}

// demo does the whole job as a user would: each step runs the program's own
// commands, on the demonstration's own calendar.
type demo struct {
	app     *app
	flags   demoFlags
	folder  string
	sandbox *sandbox.Sandbox
	clock   demoClock
	fetched string
	// out takes the steps: what the commands write, and words about it. They
	// are the result for a person to read; a script gets one answer at the end.
	out, words io.Writer
}

// demoClock goes on from the time it is set to. The sandbox reads it while
// the steps set it.
type demoClock struct{ from atomic.Pointer[demoTime] }

// demoTime is the demonstration's time when started was the real one.
type demoTime struct{ at, started time.Time }

func (c *demoClock) set(at time.Time) { c.from.Store(&demoTime{at, time.Now()}) }

func (c *demoClock) now() time.Time {
	t := c.from.Load()
	return t.at.Add(time.Since(t.started))
}

// demoStep is a row of the table of steps.
type demoStep struct {
	id string
	at time.Time
	do func(d *demo, ctx context.Context) error
}

func demoSteps() []demoStep {
	day := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2018, month, day, hour, minute, 0, 0, journal.Oslo())
	}
	send := day(time.January, 3, 10, 0)
	return []demoStep{
		{"demo.step.start", send, (*demo).start},
		{"demo.step.export", send, (*demo).export},
		{"demo.step.keys", send, (*demo).keys},
		{"demo.step.validate", send, (*demo).validate},
		{"demo.step.submit", send, (*demo).submit},
		{"demo.step.uploaded", send, (*demo).status},
		{"demo.step.receipt", day(time.January, 4, 8, 5), (*demo).receipt},
		{"demo.step.pull", day(time.February, 6, 9, 0), (*demo).pull},
		{"demo.step.open", day(time.February, 6, 9, 15), (*demo).open},
		{"demo.step.status", day(time.February, 6, 9, 20), (*demo).status},
	}
}

func (a *app) runDemo(ctx context.Context, f demoFlags) (err error) {
	if _, err := newGenerator(synth.Options{Persons: f.persons}); err != nil {
		return err
	}
	folder, err := filepath.Abs(f.folder)
	if err != nil {
		return err
	}
	if err := clearDemo(folder, f); err != nil {
		return err
	}
	d := &demo{app: a, flags: f, folder: folder, out: a.Out(), words: a.OutText()}
	switch {
	case a.global.quiet:
		d.out, d.words = io.Discard, io.Discard
	case a.global.format == formatJSON:
		d.out, d.words = a.Err(), a.ErrText()
	}
	defer func() {
		if d.sandbox != nil {
			err = errors.Join(err, d.sandbox.Close())
		}
	}()
	began := time.Now()
	steps := demoSteps()
	for i, s := range steps {
		d.clock.set(s.at)
		fmt.Fprintf(d.words, "\n%s\n", a.T("demo.heading", "number", i+1, "of", len(steps), "date", s.at, "title", a.T(s.id)))
		if err := s.do(d, ctx); err != nil {
			return err
		}
	}
	fmt.Fprintln(d.words)
	seconds := time.Since(began).Seconds()
	return a.answer(map[string]any{"folder": f.folder, "seconds": seconds}, func() {
		a.Say("demo.done", "seconds", seconds, "folder", f.folder)
	}, nil)
}

// demoMark is the file that shows a folder to be a demonstration's, so that
// --force never removes another.
const demoMark = "DETTE-ER-EN-DEMO.txt"

func clearDemo(folder string, f demoFlags) error {
	if _, err := os.Lstat(folder); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if !f.force {
		return &fs.PathError{Op: "creating", Path: f.folder, Err: atomicfile.ErrExists}
	}
	if _, err := os.Stat(filepath.Join(folder, demoMark)); err != nil {
		return fault.New(fault.Usage, "demo.not-a-demo", "folder", folder)
	}
	return os.RemoveAll(folder)
}

func (d *demo) now() time.Time { return d.clock.now() }

// path is a file of the demonstration: secure/… is the secure zone, outside/…
// the machine with internet, ssb/… the receivers.
func (d *demo) path(elements ...string) string {
	return filepath.Join(append([]string{d.folder}, elements...)...)
}

// say writes a line about a step.
func (d *demo) say(id string, args ...any) { fmt.Fprintln(d.words, d.app.T(id, args...)) }

// iplos runs a command of the program, shown as the user would type it. What
// nobody was to see is shown when it failed.
func (d *demo) iplos(ctx context.Context, zone string, args ...string) error {
	shown := strings.ReplaceAll(strings.Join(args, " "), d.folder+string(filepath.Separator), "")
	fmt.Fprintf(d.out, "$ iplos %s\n", shown)
	environ := []string{
		"IPLOS_CONFIG=" + d.path(zone, "iplos.yaml"), "IPLOS_LANG=" + string(d.app.Lang()),
		"HOME=" + d.path(zone), "APPDATA=" + d.path(zone), "LOCALAPPDATA=" + d.path(zone), "NO_COLOR=1",
	}
	var unseen bytes.Buffer
	out := &indented{w: d.out, start: true}
	if d.out == io.Discard {
		out.w = &unseen
	}
	code := run(ctx, host{
		args: args, environ: environ, now: d.now,
		streams: ui.Streams{In: strings.NewReader(""), Out: out, Err: out},
	})
	if code != 0 {
		_, _ = unseen.WriteTo(d.app.Err()) // the failure follows
		return fault.New(fault.Internal, "demo.failed", "command", "iplos "+shown, "code", fmt.Sprint(code))
	}
	return nil
}

// indented sets a command's output off from the demonstration's own.
type indented struct {
	w     io.Writer
	start bool
}

func (i *indented) Write(p []byte) (int, error) {
	for _, line := range strings.SplitAfter(string(p), "\n") {
		if line == "" {
			continue
		}
		if i.start && line != "\n" {
			line = "  " + line
		}
		i.start = strings.HasSuffix(line, "\n")
		if _, err := io.WriteString(i.w, line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
