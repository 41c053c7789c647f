//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterruptedWhileWaiting ends commands that wait for an export which
// never comes: the first signal is enough, and the code is that of an
// interruption.
func TestInterruptedWhileWaiting(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "rør")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	silent, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	r := &rehearsal{t: t, dir: dir, environ: []string{"HOME=" + dir, "TMPDIR=" + dir, "NO_COLOR=1", "IPLOS_LANG=nb", asProgram + "=1", "GORACE=" + raceOptions}}
	for _, tt := range []struct {
		signal os.Signal
		args   []string
	}{
		{syscall.SIGINT, []string{"validate", "-i", "-"}},
		{syscall.SIGTERM, []string{"validate", "-i", pipe}},
		{syscall.SIGINT, []string{"extract", "--describe", "-i", pipe}},
		{syscall.SIGTERM, []string{"extract", "-i", "-", "--source", "xlsx", "-o", "melding.xml"}},
	} {
		cmd := r.command(tt.args...)
		cmd.Stdin = silent
		if code, out := r.interrupt(cmd, tt.signal); code != 130 || !strings.Contains(out, "Avbrutt.") {
			t.Errorf("%v %v: exit %d\n%s", tt.signal, tt.args, code, out)
		}
	}
}

// interrupt starts a command, sends it a signal when it has said its first
// word, and waits for its end; one that goes on is killed.
func (r *rehearsal) interrupt(cmd *exec.Cmd, signal os.Signal) (code int, said string) {
	r.t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() }) // it may have ended
	defer timer.Stop()
	var out bytes.Buffer
	if _, err := io.CopyN(&out, stderr, 1); err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
	if _, err := io.Copy(&out, stderr); err != nil {
		r.t.Fatal(err)
	}
	_ = cmd.Wait() // the code tells
	return cmd.ProcessState.ExitCode(), out.String()
}
