package ui

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"iplos/internal/fault"
	"iplos/internal/peertest"
	"iplos/internal/ui/lang"
)

// pty opens a pseudo-terminal: what a person sees and types at one end, the
// program's streams at the other.
func pty(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		peertest.Missing(t, "a pseudo-terminal ("+err.Error()+")")
	}
	t.Cleanup(func() { _ = person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		peertest.Missing(t, "a pseudo-terminal ("+err.Error()+")")
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		peertest.Missing(t, "a pseudo-terminal ("+err.Error()+")")
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// seen reads what the person sees until it holds the text.
func seen(t *testing.T, person io.Reader, until string) string {
	t.Helper()
	var all strings.Builder
	buf := make([]byte, 256)
	for !strings.Contains(all.String(), until) {
		n, err := person.Read(buf)
		all.Write(buf[:n])
		if err != nil {
			t.Fatalf("saw %q, want %q: %v", all.String(), until, err)
		}
	}
	return all.String()
}

func TestSecretIsNotShown(t *testing.T) {
	person, program := pty(t)
	term := New(Streams{In: program, Out: program, Err: program}, Options{Lang: lang.Bokmal, Color: "auto"})
	if !term.Interactive() || !term.OutIsTerminal() {
		t.Fatal("a terminal is not recognised")
	}
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		v, err := term.Secret(t.Context(), "ask.pin")
		done <- answer{string(v.Reveal()), err}
		term.Say("init.nothing")
	}()
	shown := seen(t, person, ": ")
	// The echo is off a moment after the question is shown.
	for {
		state, err := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		if state.Lflag&unix.ECHO == 0 {
			break
		}
	}
	if _, err := person.WriteString("hemmelig\n"); err != nil {
		t.Fatal(err)
	}
	shown += seen(t, person, "Ingenting å endre.")
	if a := <-done; a.err != nil || a.text != "hemmelig" {
		t.Errorf("got %q, %v", a.text, a.err)
	}
	if strings.Contains(shown, "hemmelig") {
		t.Errorf("the secret is shown: %q", shown)
	}
	state, err := unix.IoctlGetTermios(int(program.Fd()), unix.TCGETS)
	if err != nil || state.Lflag&unix.ECHO == 0 {
		t.Errorf("the echo stays off: %v", err)
	}
}

func TestSecretNeedsARealTerminal(t *testing.T) {
	term, _, _ := screen("hemmelig\n", Options{})
	if _, err := term.Secret(t.Context(), "ask.pin"); fault.KindOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}

// A line wider than the window would leave its beginning behind.
func TestProgressFitsTheWindow(t *testing.T) {
	person, program := pty(t)
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: 20}); err != nil {
		t.Fatal(err)
	}
	term := New(Streams{In: program, Out: program, Err: program}, Options{Lang: lang.Bokmal})
	at := time.Unix(0, 0)
	p := term.Progress(func() time.Time { return at }, "progress.read", 1_000_000)
	at = at.Add(10 * time.Second)
	p.Set(500_000)
	term.Say("init.nothing")
	shown := seen(t, person, "Ingenting")
	if got := line(strings.SplitAfter(shown, "\r")[1]); len([]rune(got)) > 19 {
		t.Errorf("%d columns: %q", len([]rune(got)), got)
	}
}

func TestColourOnATerminal(t *testing.T) {
	_, program := pty(t)
	t.Setenv("TERM", "xterm")
	streams := Streams{In: program, Out: program, Err: program}
	if !New(streams, Options{Color: "auto"}).Colored() {
		t.Error("no colour on a terminal")
	}
	if New(streams, Options{Color: "auto", NoColorVariable: true}).Colored() {
		t.Error("colour in spite of NO_COLOR")
	}
	t.Setenv("TERM", "dumb")
	if New(streams, Options{Color: "auto"}).Colored() {
		t.Error("colour on a terminal that has none")
	}
}
