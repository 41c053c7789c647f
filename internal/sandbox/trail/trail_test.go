package trail_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iplos/internal/sandbox/trail"
)

func TestTrailGoesOnInItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trail.jsonl")
	now := func() time.Time { return time.Date(2018, 1, 3, 8, 0, 0, 0, time.UTC) }
	for range 2 {
		tr, err := trail.Open(path, now)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { tr.Add(trail.Entry{Service: "ssb", Event: "opened", Object: "S1", OK: true}) })
		}
		wg.Wait()
		if len(tr.Entries()) != 50 || tr.Count("ssb", "opened") != 50 || tr.Count("", "login") != 0 {
			t.Errorf("%d entries", len(tr.Entries()))
		}
		if err := tr.Close(); err != nil {
			t.Error(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for _, line := range lines {
		var e trail.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Object != "S1" || !e.Time.Equal(now()) {
			t.Errorf("%q: %v", line, err)
		}
	}
	if info, _ := os.Stat(path); len(lines) != 100 || info.Mode().Perm() != 0o600 {
		t.Errorf("%d lines, mode %v", len(lines), info.Mode())
	}
}
