package journal_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"iplos/internal/journal"
)

// TestEveryByteOfDeath cuts the journal at bytes all over, as a kill would, and
// opens it again: nothing that was whole is lost, and a new line follows.
func TestEveryByteOfDeath(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	add(t, j, sealed("a", "1"), upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(journalPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		// Each byte around a line's end, and every 17th of the rest: each
		// opening waits for the disk.
		if near := whole[max(0, n-3):min(len(whole), n+3)]; n%17 != 0 && !bytes.ContainsRune(near, '\n') {
			continue
		}
		dir := t.TempDir()
		path := journalPath(dir)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(dir, options(&now))
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		lines := bytes.Count(whole[:n], []byte("\n"))
		if n > 0 && whole[n] == '\n' {
			lines++ // whole but for its line feed
		}
		checkAfterCut(t, dir, j, n, lines)
		add(t, j, upload(journal.Refused, "a", "1"))
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Read(dir, "0403"); err != nil {
			t.Fatalf("cut at %d: after repair: %v", n, err)
		}
	}
}

func checkAfterCut(t *testing.T, dir string, j *journal.Journal, n, lines int) {
	t.Helper()
	var kept, repaired int
	for _, e := range j.View().Entries {
		switch {
		case e.Type == journal.Repaired:
			repaired++
			torn, err := os.ReadFile(filepath.Join(journal.Dir(dir, "0403"), e.File))
			if err != nil || int64(len(torn)) != e.Bytes {
				t.Errorf("cut at %d: torn bytes are not kept: %v", n, err)
			}
		case e.Reason == journal.ReasonKilled:
			if lines != 2 {
				t.Errorf("cut at %d: called unknown with %d lines", n, lines)
			}
		default:
			kept++
		}
	}
	if kept != lines {
		t.Errorf("cut at %d: %d entries kept, want %d", n, kept, lines)
	}
	want := journal.State("")
	switch lines {
	case 1:
		want = journal.StateSealed
	case 2:
		want = journal.StateUnknown
	case 3:
		want = journal.StateUploaded
	}
	if s := j.Submissions(); want != "" && (len(s) != 1 || s[0].State != want) {
		t.Errorf("cut at %d: state %q, want %q", n, s[0].State, want)
	}
}

func TestZerosAtTheEndAreTorn(t *testing.T) {
	now := at("2018-01-03 12:00")
	for _, tail := range []string{"\x00\x00\x00", "{\"hash\":\"\x00\x00\n"} {
		dir := t.TempDir()
		j := open(t, dir, &now)
		add(t, j, sealed("a", "1"))
		_ = j.Close()
		appendBytes(t, journalPath(dir), tail)
		j = open(t, dir, &now)
		if e := j.View().Entries; len(e) != 2 || e[1].Type != journal.Repaired {
			t.Errorf("%q: %+v", tail, e)
		}
		_ = j.Close()
	}
}

// TestKilledProcess kills a real process in the middle of its writing.
func TestKilledProcess(t *testing.T) {
	if dir := os.Getenv("JOURNAL_TEST_DIR"); dir != "" {
		now := time.Now()
		j, err := journal.Open(dir, options(&now))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1_000_000 {
			add(t, j, sealed(fmt.Sprintf("s%d", i), "1"))
			fmt.Fprintln(os.Stdout, i)
		}
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	cmd.Env = append(os.Environ(), "JOURNAL_TEST_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf, seen := make([]byte, 4096), 0
	for seen < 20 {
		n, err := out.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		seen += bytes.Count(buf[:n], []byte("\n"))
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	now := time.Now()
	j := open(t, dir, &now)
	if got := len(j.View().Entries); got < seen {
		t.Errorf("%d entries after %d were confirmed", got, seen)
	}
}
