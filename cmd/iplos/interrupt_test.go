//go:build unix

package main

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/journal"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
)

// rehearsal is a sandbox and a municipality that is ready to send to it, with
// the program as its own process.
type rehearsal struct {
	t       *testing.T
	dir     string
	export  string
	sandbox *sandbox.Sandbox
	environ []string
	// opened are the packages that were found whole.
	opened map[string]bool
}

func newRehearsal(t *testing.T, persons int, scenarios ...string) *rehearsal {
	t.Helper()
	dir := t.TempDir()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: filepath.Join(dir, "ssb"), Scenarios: scenarios})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // the test's outcome is what counts
	r := &rehearsal{t: t, dir: dir, export: filepath.Join(dir, "eksport.xml"), sandbox: s, opened: map[string]bool{}}
	for _, sub := range []string{"tmp", "home"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.environ = []string{
		"IPLOS_CONFIG=" + s.Info().Config, "IPLOS_FEEDBACK_PASSWORD=et-langt-passord-til-uke-6", "IPLOS_LANG=nb",
		"HOME=" + filepath.Join(dir, "home"), "TMPDIR=" + filepath.Join(dir, "tmp"), "NO_COLOR=1",
		clockVariable + "=2018-01-03T10:00:00+01:00", asProgram + "=1", "GORACE=" + raceOptions,
	}
	r.writeExport(persons)
	r.must("key", "import", s.Info().RegisterKey, "--confirmed-by", "Kari")
	r.must("key", "import", s.Info().PseudonymiserKey, "--role", "pseudonymiser", "--confirmed-by", "Kari")
	return r
}

func (r *rehearsal) writeExport(persons int) {
	r.t.Helper()
	g, err := synth.New(synth.Options{Persons: persons, Seed: 7, Year: 2017, Municipality: "0403"})
	if err != nil {
		r.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := g.WriteMessage(&b); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.export, b.Bytes(), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// command is a run of the program in its own process: this test binary, whose
// TestMain runs the program when it is told to.
func (r *rehearsal) command(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env, cmd.Dir = r.environ, r.dir
	return cmd
}

func (r *rehearsal) run(args ...string) (code int, out string) {
	r.t.Helper()
	b, err := r.command(args...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(b)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return 0, string(b)
}

func (r *rehearsal) must(args ...string) string {
	r.t.Helper()
	code, out := r.run(args...)
	if code != 0 {
		r.t.Fatalf("iplos %v: %d\n%s", args, code, out)
	}
	return out
}

// killAfter runs the program and ends it after that time. The code is -1 for
// one that was killed.
func (r *rehearsal) killAfter(after time.Duration, signal os.Signal, args ...string) (code int, out string) {
	r.t.Helper()
	cmd := r.command(args...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) }) // it may have ended
	defer timer.Stop()
	err := cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), b.String()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return 0, b.String()
}

// TestInterruptedSubmit ends `submit` at many moments, by Ctrl-C and by a
// kill, and looks at what is left: nothing readable, nothing half, a journal
// that is whole, and a next run that never sends what may have arrived.
func TestInterruptedSubmit(t *testing.T) {
	r := newRehearsal(t, 60)
	began := time.Now()
	r.must("submit", "-i", r.export)
	whole := time.Since(began)
	ended := map[int]int{}
	// The moments lie evenly in the time a run takes and a little more,
	// alternately for each signal.
	const moments = 20
	for i := range moments {
		signal := []os.Signal{syscall.SIGINT, syscall.SIGKILL}[i%2]
		// Each run sends content of its own, so that it is no duplicate.
		r.otherContent(i + 1)
		after := whole * time.Duration(2*i+1) * 11 / (2 * moments * 10)
		before := len(r.sandbox.Deliveries())
		code, out := r.killAfter(after, signal, "--format", "json", "submit", "-i", r.export)
		what := fmt.Sprintf("run %d, %v after %v: exit %d\n%s", i, signal, after, code, out)
		ended[code]++
		r.checkCode(code, signal, what)
		arrived := r.checkArrived(before, code, what)
		r.checkLeft(what)
		r.checkNext(before, arrived, what)
	}
	if ended[0] > moments*3/4 {
		t.Errorf("hardly any run was interrupted: exit codes %v", ended)
	}
	t.Logf("exit codes: %v", ended)
}

// otherContent gives the export other content: another version of the care
// system.
func (r *rehearsal) otherContent(i int) {
	r.t.Helper()
	data, err := os.ReadFile(r.export)
	if err != nil {
		r.t.Fatal(err)
	}
	at := bytes.Index(data, []byte("<iiSysVersjon>"))
	end := bytes.Index(data, []byte("</iiSysVersjon>"))
	if at < 0 || end < at {
		r.t.Fatal("the export has no iiSysVersjon")
	}
	text := string(data[:at]) + fmt.Sprintf("<iiSysVersjon>%d", i+1) + string(data[end:])
	if err := os.WriteFile(r.export, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// checkCode: done before the signal, interrupted, or unknown.
func (r *rehearsal) checkCode(code int, signal os.Signal, what string) {
	r.t.Helper()
	switch {
	case code == 0, signal == syscall.SIGKILL && code == -1:
	case signal == syscall.SIGINT && (code == 130 || code == 7):
	case signal == syscall.SIGINT && code == -1:
		// Before the program had asked to hear of it.
	default:
		r.t.Errorf("%s: an exit code that says something else", what)
	}
	if strings.Contains(what, `"error":{"code":`) && !strings.Contains(what, fmt.Sprintf(`"error":{"code":%d,`, code)) {
		r.t.Errorf("%s: the answer and the exit code differ", what)
	}
}

// checkArrived compares what the program said with what the sandbox holds.
func (r *rehearsal) checkArrived(before, code int, what string) bool {
	r.t.Helper()
	n := len(r.sandbox.Deliveries()) - before
	switch {
	case n > 1:
		r.t.Errorf("%s: the sandbox holds it %d times", what, n)
	case code == 0 && n != 1:
		r.t.Errorf("%s: it said it was uploaded, and the sandbox holds it %d times", what, n)
	case code == 130 && n != 0:
		r.t.Errorf("%s: it said nothing was sent, and the sandbox holds it", what)
	}
	return n > 0
}

// checkLeft looks for what must not be left, whenever the run ended.
func (r *rehearsal) checkLeft(what string) {
	r.t.Helper()
	state := filepath.Join(r.dir, "ssb", "state")
	for _, folder := range []string{state, filepath.Join(r.dir, "tmp"), filepath.Join(r.dir, "home")} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if bytes.Contains(data, []byte("<PERSON")) || bytes.Contains(data, []byte("peFnr")) {
				r.t.Errorf("%s: %s holds the message in plain", what, path)
			}
			return nil
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	packages, err := filepath.Glob(filepath.Join(journal.Dir(state, "0403"), "packages", "iplos-*.tar"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range packages {
		if r.opened[p] {
			continue
		}
		r.opened[p] = true
		keys := []*rsa.PrivateKey{r.private(r.sandbox.Info().RegisterPrivate), r.private(r.sandbox.Info().PseudonymiserPrivate)}
		o := crypt.OpenOptions{Keys: keys, Message: filepath.Join(r.t.TempDir(), "melding.xml")}
		if _, err := crypt.Open(r.t.Context(), p, o); err != nil {
			r.t.Errorf("%s: %s has its name and cannot be opened: %v", what, p, err)
		}
	}
	if _, err := journal.Read(state, "0403"); err != nil {
		r.t.Errorf("%s: the journal: %v", what, err)
	}
}

func (r *rehearsal) private(file string) *rsa.PrivateKey {
	r.t.Helper()
	key, err := readPrivate(file)
	if err != nil {
		r.t.Fatal(err)
	}
	return key
}

// checkNext runs the same once more: it sends what did not arrive, or says
// what is known of what may have.
func (r *rehearsal) checkNext(before int, arrived bool, what string) {
	r.t.Helper()
	code, out := r.run("submit", "-i", r.export)
	what += fmt.Sprintf("\nthe next run: exit %d\n%s", code, out)
	n := len(r.sandbox.Deliveries()) - before
	switch code {
	case 0:
		if arrived {
			r.t.Errorf("%s: it was sent a second time", what)
		}
	case 8, 7:
	default:
		r.t.Errorf("%s: an exit code that says something else", what)
	}
	if n > 1 || code != 7 && n != 1 {
		r.t.Errorf("%s: the sandbox holds it %d times", what, n)
	}
	if _, err := journal.Read(filepath.Join(r.dir, "ssb", "state"), "0403"); err != nil {
		r.t.Errorf("%s: the journal: %v", what, err)
	}
}

// TestInterruptedDemo ends the demonstration at several moments; whatever it
// leaves, nothing outside its folder is touched and a second run replaces it.
func TestInterruptedDemo(t *testing.T) {
	dir := t.TempDir()
	r := &rehearsal{t: t, dir: dir, environ: []string{"HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"), "NO_COLOR=1", "IPLOS_LANG=nb", asProgram + "=1", "GORACE=" + raceOptions}}
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	r.must("demo", "--persons", "20")
	whole := time.Since(began)
	for i, share := range []float64{0.15, 0.55, 0.75, 0.9} {
		signal := []os.Signal{syscall.SIGINT, syscall.SIGKILL}[i%2]
		code, out := r.killAfter(time.Duration(share*float64(whole)), signal, "demo", "--persons", "20", "--force")
		if code != 0 && code != -1 && code != 130 {
			t.Errorf("%v at %v: exit %d\n%s", signal, share, code, out)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() != "tmp" && e.Name() != "iplos-demo" {
				t.Errorf("%v at %v left %s", signal, share, e.Name())
			}
		}
	}
	if out := r.must("demo", "--persons", "20", "--force"); !strings.Contains(out, "tilbakemelding") {
		t.Errorf("the next demonstration does not go to its end:\n%s", out)
	}
}
