package journal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/journal"
)

func TestVerifyNamesTheFirstBrokenLine(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	add(t, j, sealed("a", "1"), sealed("b", "1"), sealed("c", "1"))
	_ = j.Close()
	whole, err := os.ReadFile(journalPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	join := func(l ...[]byte) []byte { return bytes.Join(l, nil) }
	for name, tc := range map[string]struct {
		data []byte
		line int
	}{
		"count changed":  {bytes.Replace(whole, []byte(`"persons":400`), []byte(`"persons":401`), 1), 1},
		"second changed": {join(lines[0], bytes.Replace(lines[1], []byte("ready"), []byte("blocked"), 1), lines[2]), 2},
		"last changed":   {join(lines[0], lines[1], bytes.Replace(lines[2], []byte("ready"), []byte("block"), 1)), 3},
		"line dropped":   {join(lines[0], lines[2]), 2},
		"swapped":        {join(lines[1], lines[0], lines[2]), 1},
		"doubled":        {join(lines[0], lines[0], lines[1]), 2},
		"empty line":     {join(lines[0], []byte("\n"), lines[1]), 2},
		"hash changed":   {join(lines[0], bytes.Replace(lines[1], lines[1][9:13], []byte("0000"), 1), lines[2]), 2},
	} {
		if err := os.WriteFile(journalPath(dir), tc.data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := journal.Read(dir, "0403")
		b, ok := errors.AsType[*journal.BrokenError](err)
		if !ok || b.Line != tc.line || fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v, want line %d", name, err, tc.line)
		}
		if _, err := journal.Open(dir, options(&now)); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: opened all the same: %v", name, err)
		}
		after, _ := os.ReadFile(journalPath(dir))
		if !bytes.Equal(after, tc.data) {
			t.Errorf("%s: a changed journal was written to", name)
		}
	}
}

func TestAnotherMunicipalitysJournalIsRefused(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	add(t, j, sealed("a", "1"))
	_ = j.Close()
	if err := os.Rename(journal.Dir(dir, "0403"), journal.Dir(dir, "0301")); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Read(dir, "0301"); fault.KindOf(err) != fault.Integrity {
		t.Errorf("read as 0301: %v", err)
	}
	if _, err := journal.Read(dir, "../0403"); fault.KindOf(err) != fault.Usage {
		t.Errorf("a path as municipality: %v", err)
	}
}

func TestNewerVersionIsRefused(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	add(t, j, sealed("a", "1"))
	_ = j.Close()
	appendBytes(t, journalPath(dir), fmt.Sprintf(`{"hash":"x","entry":{"v":%d,"new":"field"}}`+"\n", journal.Version+1))
	for name, err := range map[string]error{
		"read": errOf(journal.Read(dir, "0403")),
		"open": errOf(journal.Open(dir, options(&now))),
	} {
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.ID != "journal.newer" || e.Kind != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// chained writes lines as the format says, whatever version they are of.
func chained(municipality string, entries ...string) []byte {
	sum := sha256.Sum256([]byte("iplos-journal " + municipality))
	var out []byte
	for _, e := range entries {
		sum = sha256.Sum256([]byte(hex.EncodeToString(sum[:]) + "\n" + e))
		out = fmt.Appendf(out, `{"hash":"%x","entry":%s}`+"\n", sum, e)
	}
	return out
}

// TestFirstVersionIsRead: lines of version 1 had no path of the package and
// no settings.
func TestFirstVersionIsRead(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	if err := os.MkdirAll(journal.Dir(dir, "0403"), 0o700); err != nil {
		t.Fatal(err)
	}
	old := chained("0403", `{"v":1,"seq":1,"at":"2018-01-03T11:00:00Z","type":"sealed","municipality":"0403","district":"00","year":2017,"submission":"a","package":"p.tar","files":[{"name":"p.tar","bytes":1,"sha256":"x"}]}`)
	if err := os.WriteFile(journalPath(dir), old, 0o600); err != nil {
		t.Fatal(err)
	}
	j := open(t, dir, &now)
	add(t, j, upload(journal.Uploaded, "a", "p.tar"))
	if s := j.Submissions(); len(s) != 1 || s[0].PackageArg() != "p.tar" || s[0].State != journal.StateUploaded {
		t.Errorf("%+v", s)
	}
	if v, err := journal.Read(dir, "0403"); err != nil || len(v.Entries) != 2 || v.Entries[1].Version != journal.Version {
		t.Errorf("%+v, %v", v, err)
	}
}
