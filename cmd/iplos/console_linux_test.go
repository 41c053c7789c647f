package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
	"golang.org/x/text/encoding/charmap"
)

// storyConsole runs the program as a person has it, in a window of a width,
// and types the lines of a file, each when it is asked for:
// console WIDTH CODE TYPED ARG... What was on the screen is standard output
// of no command but the file "screen". No line may be as wide as the window,
// but for a command or a path that must stay in one piece.
func storyConsole(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 4 {
		ts.Fatalf("usage: console WIDTH CODE TYPED ARG...")
	}
	width, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := openScreen(ts, width)
	cmd := exec.Command(os.Args[0], args[3:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), consoleEnviron(ts)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.program, s.program, s.program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	failed := s.typeLines(ts.ReadFile(args[2]), ended)
	_ = s.program.Close() // the program has its own
	<-s.read
	text := strings.ReplaceAll(s.text(), "\r\n", "\n")
	ts.Logf("%s", text)
	ts.Check(os.WriteFile(ts.MkAbs("screen"), []byte(text), 0o600))
	if ts.Getenv("TERM") == "dumb" {
		checkOldConsole(ts, text)
	}
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](failed); ok {
		code = exit.ExitCode()
	} else if failed != nil {
		ts.Fatalf("%v", failed)
	}
	if fmt.Sprint(code) != args[1] {
		ts.Fatalf("exit code %d, want %s", code, args[1])
	}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if wide := utf8.RuneCountInString(line); wide >= width && !onePiece.MatchString(line) {
			ts.Fatalf("%d columns in a window of %d: %q", wide, width, line)
		}
	}
}

// checkOldConsole looks for what a console before Windows 10 cannot show: it
// has the signs of code page 850 and knows no escape sequences. TERM=dumb is
// the same console to the program.
func checkOldConsole(ts *testscript.TestScript, text string) {
	if i := strings.IndexByte(text, 0x1b); i >= 0 {
		ts.Fatalf("an escape sequence: %q", text[max(0, i-40):min(len(text), i+40)])
	}
	for line := range strings.Lines(text) {
		if _, err := charmap.CodePage850.NewEncoder().String(line); err != nil {
			ts.Fatalf("not in code page 850: %q", line)
		}
	}
}

// onePiece is a line that holds nothing but a command, or ends with a path or
// an address, which may not be broken, or with what a person has typed.
var onePiece = regexp.MustCompile(`^ *(→ )?«?iplos .*$|(^| )\S*/\S+$|: \S+$`)

func consoleEnviron(ts *testscript.TestScript) []string {
	env := []string{asProgram + "=1", "TERM=xterm", "GORACE=" + raceOptions}
	if term := ts.Getenv("TERM"); term != "" {
		env[1] = "TERM=" + term
	}
	for _, name := range []string{
		"PATH", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "TMPDIR", "LANG", "LC_ALL", "NO_COLOR", clockVariable,
		"IPLOS_CONFIG", "IPLOS_SENDEMODUL_URL", "IPLOS_SENDEMODUL_CA_FILE", "IPLOS_ALLOW_SYNTHETIC", "IPLOS_ORGANISATION_NUMBER",
	} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// screen is a pseudo-terminal: what a person sees and types at one end, the
// program's streams at the other.
type screen struct {
	person, program *os.File
	read            chan struct{}

	mu  sync.Mutex
	all strings.Builder
}

func openScreen(ts *testscript.TestScript, width int) *screen {
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	ts.Check(err)
	ts.Defer(func() { _ = person.Close() })
	fd := int(person.Fd())
	ts.Check(unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	ts.Check(err)
	ts.Check(unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 25, Col: uint16(width)}))
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	ts.Check(err)
	s := &screen{person: person, program: program, read: make(chan struct{})}
	go func() {
		defer close(s.read)
		_, _ = io.Copy(s, person) // ends with an error when nobody holds the other end
	}()
	return s
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(p)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// typeLines answers each question with the next line, until the program ends.
func (s *screen) typeLines(typed string, ended <-chan error) error {
	lines := strings.Split(strings.TrimSuffix(typed, "\n"), "\n")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	answered := 0
	for {
		select {
		case err := <-ended:
			return err
		case <-deadline:
			return fmt.Errorf("the program waits; the screen ends with %q", s.text()[max(0, len(s.text())-200):])
		case <-tick.C:
		}
		text := s.text()
		asks := strings.HasSuffix(text, ": ") || strings.HasSuffix(text, "] ")
		if len(lines) > 0 && asks && len(text) > answered {
			answered = len(text)
			if _, err := s.person.WriteString(lines[0] + "\n"); err != nil {
				return err
			}
			lines = lines[1:]
		}
	}
}
