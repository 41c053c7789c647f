//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yeka/zip"
)

// TestKilledOpen kills an opening while its folder is there: the folder is
// named by status, stays as long as somebody fills it, and is removed by the
// next opening beside it.
func TestKilledOpen(t *testing.T) {
	r := newRehearsal(t, 1)
	archive, pipe := filepath.Join(r.dir, "tilbake.zip"), filepath.Join(r.dir, "pipe")
	writeLocked(t, archive, "et-langt-passord-til-uke-6")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// Reading the password from a pipe that nobody writes to takes for ever.
	cmd := r.command("feedback", "open", archive, "--to", "ut", "--feedback-password-file", pipe)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	staging := r.waitNoted()
	if err := os.WriteFile(filepath.Join(staging, "feilliste.csv"), []byte("01887340036"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := r.must("feedback", "open", archive, "--to", "annen"); strings.Contains(out, staging) {
		t.Errorf("the folder of a run under way: %s", out)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if _, err := os.Stat(filepath.Join(staging, "feilliste.csv")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"status"}, {"doctor"}} {
		if _, out := r.run(args...); !strings.Contains(out, staging) {
			t.Errorf("%v does not name %s:\n%s", args, staging, out)
		}
	}
	if out := r.must("feedback", "open", archive, "--to", "ut"); !strings.Contains(out, staging) {
		t.Errorf("nothing is said of what was removed:\n%s", out)
	}
	left, err := filepath.Glob(filepath.Join(r.dir, "ssb", "state", "municipalities", "0403", "staging", "*"))
	if _, gone := os.Stat(staging); !os.IsNotExist(gone) || err != nil || len(left) != 0 {
		t.Errorf("%v, %v, left %v", gone, err, left)
	}
	if _, out := r.run("status"); strings.Contains(out, staging) || !strings.Contains(out, filepath.Join(r.dir, "ut")) {
		t.Errorf("status:\n%s", out)
	}
}

// waitNoted waits until the folder of an opening is among the readable files.
func (r *rehearsal) waitNoted() string {
	r.t.Helper()
	for range 1000 {
		found, err := filepath.Glob(filepath.Join(r.dir, ".iplos-*.tmp"))
		noted, _ := os.ReadFile(filepath.Join(r.dir, "ssb", "state", "municipalities", "0403", "readable.json"))
		if err == nil && len(found) == 1 && strings.Contains(string(noted), filepath.Base(found[0])) {
			return found[0]
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("no folder was made")
	return ""
}

func writeLocked(t *testing.T, path, password string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	e, err := w.Encrypt("brev.txt", password, zip.AES256Encryption)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write([]byte("hei")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
