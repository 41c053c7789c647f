package source_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/secret"
	"iplos/internal/secret/source"
)

func write(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hemmelig fil")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func wantFault(t *testing.T, err error, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != id {
		t.Fatalf("got %v, want %s", err, id)
	}
}

func TestOneLineEndIsNotPartOfTheSecret(t *testing.T) {
	for text, want := range map[string]string{
		"1234": "1234", "1234\n": "1234", "1234\r\n": "1234", "1234\n\n": "1234\n",
		" 12 34 \n": " 12 34 ", "blåbær\n": "blåbær",
	} {
		v, err := source.FromFile(write(t, text, 0o600))
		if err != nil || string(v.Reveal()) != want {
			t.Errorf("%q: %q, %v", text, v.Reveal(), err)
		}
	}
}

// What Notepad and PowerShell on Windows write is the password that was typed.
func TestMarksOfWindowsAreNotPartOfTheSecret(t *testing.T) {
	for text, want := range map[string]string{
		"\xef\xbb\xbfblåbær\r\n":                         "blåbær",
		"\xff\xfeb\x00\xe5\x00=\xd8\x00\xde\r\x00\n\x00": "bå😀",
		"\xfe\xff\x00b\x00\xe5\xd8=\xde\x00\x00\n":       "bå😀",
		"\xff\xfeb\x00=\xd8":                             "b\uFFFD", // half a pair
		"\xff\xfeabc":                                    "\xff\xfeabc",
		"\xef\xbb\xbf\xef\xbb\xbfx":                      "\ufeffx",
		"x\ufeff\n":                                      "x\ufeff",
	} {
		v, err := source.FromFile(write(t, text, 0o600))
		if err != nil || string(v.Reveal()) != want {
			t.Errorf("%q: %q, %v", text, v.Reveal(), err)
		}
	}
	for _, empty := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xff\xfe\r\x00\n\x00"} {
		_, err := source.FromFile(write(t, empty, 0o600))
		wantFault(t, err, "secret.empty")
	}
	t.Setenv("SOURCE_TEST_SAYS", "\ufefffra program\r\n")
	v, err := source.FromCommand(t.Context(), `"`+os.Args[0]+`"`)
	if err != nil || string(v.Reveal()) != "fra program" {
		t.Errorf("%q, %v", v.Reveal(), err)
	}
}

func TestFilesRefused(t *testing.T) {
	_, err := source.FromFile(filepath.Join(t.TempDir(), "x"))
	wantFault(t, err, "secret.file.missing")
	_, err = source.FromFile(t.TempDir())
	wantFault(t, err, "secret.file.folder")
	_, err = source.FromFile(write(t, "\n", 0o600))
	wantFault(t, err, "secret.empty")
	_, err = source.FromFile(write(t, strings.Repeat("x", 65<<10), 0o600))
	wantFault(t, err, "secret.file.large")
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o660} {
		_, err = source.FromFile(write(t, "1234", mode))
		wantFault(t, err, "secret.file.open")
	}
	if _, err := source.FromFile(write(t, "1234", 0o400)); err != nil {
		t.Error(err)
	}
}

func TestSplitCommand(t *testing.T) {
	for line, want := range map[string][]string{
		`pass show iplos/pin`:                 {"pass", "show", "iplos/pin"},
		`"C:\Program Files\kp.exe"  -q 'a b'`: {`C:\Program Files\kp.exe`, "-q", "a b"},
		`x "" ''`:                             {"x", "", ""},
		`a"b c"d`:                             {"ab cd"},
		`echo $HOME; rm *`:                    {"echo", "$HOME;", "rm", "*"},
		``:                                    nil,
	} {
		got, ok := source.SplitCommand(line)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", line, got, ok)
		}
	}
	if _, ok := source.SplitCommand(`x "y`); ok {
		t.Error("an open quote passed")
	}
}

// The test's own binary stands in for the user's program.
func TestMain(m *testing.M) {
	switch os.Getenv("SOURCE_TEST_SAYS") {
	case "":
		os.Exit(m.Run())
	case "fail":
		_, _ = os.Stdout.WriteString("half-a-secret")
		_, _ = os.Stderr.WriteString("secret-in-an-error")
		os.Exit(3)
	case "much":
		_, _ = os.Stdout.WriteString(strings.Repeat("x", 10<<20))
	case "wait":
		time.Sleep(time.Minute)
	default:
		_, _ = os.Stdout.WriteString(os.Getenv("SOURCE_TEST_SAYS"))
	}
}

func TestCommand(t *testing.T) {
	line := `"` + os.Args[0] + `"`
	t.Setenv("SOURCE_TEST_SAYS", "fra program\n")
	v, err := source.FromCommand(t.Context(), line)
	if err != nil || string(v.Reveal()) != "fra program" {
		t.Fatalf("%q, %v", v.Reveal(), err)
	}
	t.Setenv("SOURCE_TEST_SAYS", "fail")
	_, err = source.FromCommand(t.Context(), line)
	wantFault(t, err, "secret.command.failed")
	if strings.Contains(err.Error(), "secret-in") || strings.Contains(err.Error(), "half-a") {
		t.Error("what the program wrote is in the error")
	}
	t.Setenv("SOURCE_TEST_SAYS", "much")
	_, err = source.FromCommand(t.Context(), line)
	wantFault(t, err, "secret.command.large")
	_, err = source.FromCommand(t.Context(), "no-such-program-here")
	wantFault(t, err, "secret.command.missing")
	_, err = source.FromCommand(t.Context(), `x "`)
	wantFault(t, err, "secret.command.syntax")

	t.Setenv("SOURCE_TEST_SAYS", "wait")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err = source.FromCommand(ctx, line)
	wantFault(t, err, "secret.command.stopped")
}

func TestOrderOfSources(t *testing.T) {
	prompt := func(context.Context) (secret.Value, error) { return secret.FromString("spurt"), nil }
	s := source.Source{Name: "pin", Env: "SOURCE_TEST_PIN", Prompt: prompt}
	get := func(want string) {
		t.Helper()
		v, err := s.Read(t.Context())
		if err != nil || string(v.Reveal()) != want {
			t.Errorf("%q, %v; want %q", v.Reveal(), err, want)
		}
	}
	get("spurt")
	if s.Configured() {
		t.Error("a prompt is no configuration")
	}
	t.Setenv("SOURCE_TEST_PIN", "miljø")
	get("miljø")
	s.File = write(t, "fil\n", 0o600)
	get("fil")
	_, err := source.Source{Name: "pin", Env: "SOURCE_TEST_NONE"}.Read(t.Context())
	wantFault(t, err, "secret.none.pin")
	_, err = source.Source{Name: "feedback-password", Env: "SOURCE_TEST_NONE"}.Read(t.Context())
	wantFault(t, err, "secret.none.feedback-password")
	_, err = source.Source{Name: "password", Env: "SOURCE_TEST_NONE"}.Read(t.Context())
	wantFault(t, err, "secret.none")
	_, err = source.Source{Setting: "vault_passphrase", Env: "SOURCE_TEST_NONE"}.Read(t.Context())
	wantFault(t, err, "secret.none-unflagged")
}
