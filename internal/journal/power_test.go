package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var errPower = errors.New("the power is gone")

// disk is a file on a disk that forgets what was not synced. At the step
// given the power goes, before or in the middle of what was asked for.
type disk struct {
	durable, pending []byte
	steps            int
}

func (d *disk) step() error {
	if d.steps--; d.steps < 0 {
		return errPower
	}
	return nil
}

func (d *disk) Write(p []byte) (int, error) {
	d.pending = append(d.pending, p...)
	return len(p), d.step()
}

func (d *disk) Sync() error {
	if err := d.step(); err != nil {
		return err
	}
	d.durable, d.pending = append(d.durable, d.pending...), nil
	return nil
}

func (d *disk) Truncate(size int64) error {
	if err := d.step(); err != nil {
		return err
	}
	all := append(d.durable, d.pending...)
	d.durable, d.pending = all[:size:size], nil
	return nil
}

func (d *disk) Close() error { return nil }

// Whenever the power goes, and however much of an unsynced line reached the
// disk by itself, every entry whose Append returned is there afterwards, and
// none that was never written.
func TestPowerCut(t *testing.T) {
	now := time.Date(2018, 1, 5, 9, 0, 0, 0, time.UTC)
	opts := Options{Municipality: "0403", User: "kari", Machine: "pc1", Now: func() time.Time { return now }}
	const entries = 4
	for steps := range 2*entries + 1 {
		d := &disk{steps: steps}
		returned := writeUntil(t, d, opts, entries)
		for kept := 0; kept <= len(d.pending); kept += max(1, len(d.pending)/7) {
			dir := t.TempDir()
			if err := os.MkdirAll(Dir(dir, "0403"), 0o700); err != nil {
				t.Fatal(err)
			}
			left := append(append([]byte(nil), d.durable...), d.pending[:kept]...)
			if err := os.WriteFile(filepath.Join(Dir(dir, "0403"), fileName), left, 0o600); err != nil {
				t.Fatal(err)
			}
			j, err := Open(dir, opts)
			if err != nil {
				t.Fatalf("cut after %d steps, %d bytes kept: %v", steps, kept, err)
			}
			found := 0
			for _, e := range j.View().Entries {
				if e.Type == Validated {
					found++
				}
			}
			if found < returned || found > returned+1 {
				t.Errorf("cut after %d steps, %d bytes kept: %d entries, %d were confirmed", steps, kept, found, returned)
			}
			if err := j.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// writeUntil appends to a new journal on the disk until the power goes, and
// returns how many were confirmed.
func writeUntil(t *testing.T, d *disk, opts Options, entries int) int {
	t.Helper()
	j, err := Open(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.file.Close(); err != nil {
		t.Fatal(err)
	}
	j.file = d
	defer func() { _ = j.Close() }()
	for n := range entries {
		if err := j.Append(Entry{Type: Validated, Year: 2017, District: "00"}); err != nil {
			if !errors.Is(err, errPower) {
				t.Fatal(err)
			}
			return n
		}
	}
	return entries
}
