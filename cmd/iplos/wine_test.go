package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// wineProgram names this test, built for Windows. With it the stories run the
// Windows program under Wine: release/wine builds it and says how.
const wineProgram = "STORY_WINE"

// wineSet begins the name of a variable that Wine would take for its own:
// the Windows program puts it back under its right name.
const wineSet = "STORY_SET_"

// storyCondition is [wine]: the program is the Windows one. A story says with
// it what Wine cannot do.
func storyCondition(name string) (bool, error) {
	if name != "wine" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	return os.Getenv(wineProgram) != "", nil
}

// setupWine hands a story what Wine needs, which is otherwise not among a
// story's variables.
func setupWine(env *testscript.Env) {
	for _, name := range []string{wineProgram, "WINEPREFIX", "WINEDEBUG", "WINEDLLOVERRIDES"} {
		if value := os.Getenv(name); value != "" {
			env.Setenv(name, value)
		}
	}
}

// underWine runs the Windows program with this process's arguments, variables
// and streams, and returns its exit code. Wine's server ends when it has had
// nothing to do for a while, and a program that comes in that moment is lost
// before it has done anything: such a one is started again.
func underWine(program string) int {
	args := []string{program}
	for _, arg := range os.Args[1:] {
		args = append(args, windowsArgument(arg))
	}
	for tries := 3; ; tries-- {
		if code, lost := wineOnce(args); !lost || tries == 1 {
			return code
		}
	}
}

// wineOnce also tells whether Wine lost the program: it ended with 1, of which
// the program would say why, and what was said is at most Wine's own words.
func wineOnce(args []string) (code int, lost bool) {
	cmd := exec.Command("wine", args...)
	cmd.Env = wineEnviron(os.Environ())
	cmd.Stdin = os.Stdin
	out, err := &unixPaths{w: os.Stdout}, &unixPaths{w: os.Stderr}
	cmd.Stdout, cmd.Stderr = out, err
	failed := cmd.Run()
	out.flush()
	err.flush()
	exit, ended := errors.AsType[*exec.ExitError](failed)
	switch {
	case failed == nil:
		return 0, false
	case ended:
		return exit.ExitCode(), exit.ExitCode() == 1 && !out.said && !err.said
	default:
		fmt.Fprintln(os.Stderr, failed)
		return 1, false
	}
}

// windowsPath writes an absolute path as Wine shows it to a Windows program.
func windowsPath(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }

// windowsArgument translates an absolute path, also as a flag's value.
func windowsArgument(arg string) string {
	name, value, isFlag := strings.Cut(arg, "=")
	switch {
	case strings.HasPrefix(arg, "/"):
		return windowsPath(arg)
	case isFlag && strings.HasPrefix(name, "-") && strings.HasPrefix(value, "/"):
		return name + "=" + windowsPath(value)
	default:
		return arg
	}
}

// wineEnviron is the story's environment as a Windows machine would have it.
func wineEnviron(environ []string) []string {
	env := append([]string{asProgram + "=1"}, environ...)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case pair == "LANG=C": // says nothing, and Windows under Wine says English
			env = append(env, "LANG=nb_NO.UTF-8", "LC_CTYPE=C.UTF-8")
		case name == "XDG_CONFIG_HOME":
			env = append(env, wineSet+"APPDATA="+windowsPath(value))
		case name == "XDG_STATE_HOME":
			env = append(env, wineSet+"LOCALAPPDATA="+windowsPath(value))
		case name == "TMPDIR":
			// Wine itself is not to leave anything there.
			env = append(env, "TMPDIR=/tmp", wineSet+"TMP="+windowsPath(value))
		case strings.HasPrefix(name, "IPLOS_") && strings.HasPrefix(value, "/"):
			env = append(env, name+"="+windowsPath(value))
		}
	}
	return env
}

// windowsConfig writes the paths of a sandbox's configuration as the Windows
// program knows them.
func windowsConfig(file string) error {
	if os.Getenv(wineProgram) == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := regexp.MustCompile(`"/[^"]*"`).ReplaceAllStringFunc(string(data), func(path string) string {
		return "'" + windowsPath(strings.Trim(path, `"`)) + "'"
	})
	return os.WriteFile(file, []byte(text), 0o600)
}

// putVariables is the Windows program's side of wineEnviron.
func putVariables() error {
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if short, ok := strings.CutPrefix(name, wineSet); ok {
			if err := os.Setenv(short, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// unixPaths writes lines on, with the paths a Windows program shows in the
// form a story knows; in JSON their strokes are doubled.
type unixPaths struct {
	w    io.Writer
	rest []byte
	said bool
}

// wineWords are what Wine itself says when it loses a program.
var wineWords = regexp.MustCompile(`(?m)^wine client error:.*\n?`)

var drive = regexp.MustCompile(`\bZ:(?:\\{1,2}[^\\\n"<>|*?:;,)»]+)+`)

func (u *unixPaths) Write(p []byte) (int, error) {
	u.rest = append(u.rest, p...)
	if i := strings.LastIndexByte(string(u.rest), '\n'); i >= 0 {
		whole := u.rest[:i+1]
		u.rest = append([]byte(nil), u.rest[i+1:]...)
		return len(p), u.put(whole)
	}
	return len(p), nil
}

func (u *unixPaths) flush() { _ = u.put(u.rest) }

func (u *unixPaths) put(text []byte) error {
	text = wineWords.ReplaceAll(text, nil)
	u.said = u.said || len(text) > 0
	_, err := u.w.Write(drive.ReplaceAllFunc(text, func(path []byte) []byte {
		plain := strings.ReplaceAll(strings.TrimPrefix(string(path), "Z:"), `\\`, `\`)
		return []byte(strings.ReplaceAll(plain, `\`, "/"))
	}))
	return err
}
