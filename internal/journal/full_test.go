//go:build linux

package journal_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/journal"
)

// TestNoRoom lets the system refuse to let the journal grow, in the middle of
// a line: what was confirmed is there, what failed left nothing.
func TestNoRoom(t *testing.T) {
	if dir := os.Getenv("JOURNAL_ROOM_DIR"); dir != "" {
		fillUp(t, dir)
		return
	}
	for _, room := range []string{"1", "700", "1401", "2000"} {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoRoom$")
		cmd.Env = append(os.Environ(), "JOURNAL_ROOM_DIR="+dir, "JOURNAL_ROOM="+room)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("room %s: %v\n%s", room, err, out)
		}
		v, err := journal.Read(dir, "0403")
		if err != nil || v.Torn != 0 {
			t.Fatalf("room %s: %v, torn %d", room, err, v.Torn)
		}
		if want := fmt.Sprintf("confirmed %d\n", len(v.Entries)); !strings.Contains(string(out), want) {
			t.Errorf("room %s: %d lines, the writer says %s", room, len(v.Entries), out)
		}
	}
}

func fillUp(t *testing.T, dir string) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	now := time.Now()
	j, err := journal.Open(dir, options(&now))
	if err != nil {
		t.Fatal(err)
	}
	var room uint64
	if _, err := fmt.Sscan(os.Getenv("JOURNAL_ROOM"), &room); err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = room
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range 10 {
		err := j.Append(sealed(fmt.Sprint("s", i), "1"))
		if err == nil {
			n++
			continue
		}
		if fault.KindOf(err) != fault.Usage || !errors.Is(err, syscall.EFBIG) {
			t.Fatalf("no room: %v", err)
		}
	}
	if n == 10 || len(j.View().Entries) != n {
		t.Fatalf("%d confirmed, %d held", n, len(j.View().Entries))
	}
	fmt.Fprintf(os.Stdout, "confirmed %d\n", n)
}
