// Package ui talks to the person: prompts, progress, notes and the log, in
// their language. Results go to standard output, everything else to standard
// error; only this package and report write to either.
package ui

import (
	"fmt"
	"io"
	"sync/atomic"

	"golang.org/x/term"

	"iplos/internal/ui/lang"
)

// Streams are the process's own three streams, or a test's.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Options are what the user asked for.
type Options struct {
	Lang lang.Lang
	// NoInput never asks. Without a terminal on standard input it is implied.
	NoInput bool
	// Quiet leaves out notes and progress; errors are always said.
	Quiet bool
	// Color is "auto", "always" or "never".
	Color string
	// NoColorVariable is true when NO_COLOR is set to anything.
	NoColorVariable bool
}

// Terminal is where the person is.
type Terminal struct {
	*lang.Printer
	streams Streams
	opts    Options
	// inTTY, outTTY and errTTY tell whether the streams are a person's.
	inTTY, outTTY, errTTY bool
	// running is the progress line on the screen, if any: what is written
	// next takes it away.
	running atomic.Pointer[Progress]
}

// New looks at the streams and returns the terminal.
func New(s Streams, opts Options) *Terminal {
	return &Terminal{
		Printer: lang.New(opts.Lang),
		streams: s,
		opts:    opts,
		inTTY:   isTerminal(s.In),
		outTTY:  isTerminal(s.Out),
		errTTY:  isTerminal(s.Err),
	}
}

func isTerminal(stream any) bool {
	f, ok := fileOf(stream)
	return ok && term.IsTerminal(int(f.Fd()))
}

// In returns standard input, for a command that reads data from it.
func (t *Terminal) In() io.Reader { return t.streams.In }

// Out returns standard output, for results.
func (t *Terminal) Out() io.Writer {
	t.clear()
	return t.streams.Out
}

// Err returns standard error.
func (t *Terminal) Err() io.Writer {
	t.clear()
	return t.streams.Err
}

// clear takes the progress line away before something else is written.
func (t *Terminal) clear() {
	if p := t.running.Load(); p != nil {
		p.Done()
	}
}

// Interactive tells whether a person is there to be asked.
func (t *Terminal) Interactive() bool { return t.inTTY && t.errTTY && !t.opts.NoInput }

// OutIsTerminal tells whether results are shown on a screen rather than kept.
func (t *Terminal) OutIsTerminal() bool { return t.outTTY }

// Say writes a line of result.
func (t *Terminal) Say(id string, args ...any) {
	fmt.Fprintln(t.OutText(), t.T(id, args...))
}

// Note writes a line of what is going on, unless the user wants quiet.
func (t *Terminal) Note(id string, args ...any) {
	if !t.opts.Quiet {
		fmt.Fprintln(t.ErrText(), t.T(id, args...))
	}
}

// Warn writes a line that quiet does not silence.
func (t *Terminal) Warn(id string, args ...any) {
	fmt.Fprintln(t.ErrText(), t.bold(t.T("ui.warning"))+" "+t.T(id, args...))
}

// bold marks a word on a terminal that has colours; the word says the same
// without.
func (t *Terminal) bold(s string) string {
	if !t.Colored() {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}

// Colored tells whether colour may be used on standard error.
func (t *Terminal) Colored() bool { return t.colored(t.errTTY, t.streams.Err) }

// ColoredOut tells whether colour may be used on standard output.
func (t *Terminal) ColoredOut() bool { return t.colored(t.outTTY, t.streams.Out) }

func (t *Terminal) colored(isTTY bool, w io.Writer) bool {
	switch t.opts.Color {
	case "always":
		return true
	case "never":
		return false
	default:
		return isTTY && !t.opts.NoColorVariable && enableANSI(w)
	}
}
