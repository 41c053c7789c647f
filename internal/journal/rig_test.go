package journal_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"iplos/internal/finding"
	"iplos/internal/journal"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, journal.Oslo())
	if err != nil {
		panic(err)
	}
	return t
}

func options(now *time.Time) journal.Options {
	return journal.Options{
		Municipality: "0403", User: "kari", Machine: "pc1", Tool: "test",
		Now: func() time.Time { return *now },
	}
}

func open(t *testing.T, dir string, now *time.Time) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, options(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func add(t *testing.T, j *journal.Journal, entries ...journal.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

func sealed(id string, files ...string) journal.Entry {
	e := journal.Entry{
		Type: journal.Sealed, Submission: id, District: "00", Year: 2017, Package: "iplos-0403-00-2017-" + id + ".tar",
		Content: "c-" + id, Source: &finding.Input{Path: "/data/eksport.xml", SHA256: "s-" + id, Bytes: 9},
		Totals: &finding.Totals{Persons: 400}, Verdict: finding.Ready,
	}
	for _, f := range files {
		e.Files = append(e.Files, journal.File{Name: f, Bytes: 10, SHA256: "h-" + f})
	}
	return e
}

func upload(typ journal.Type, id, file string) journal.Entry {
	return journal.Entry{Type: typ, Submission: id, District: "00", Year: 2017, File: file}
}

// journalPath is where the lines are.
func journalPath(dir string) string {
	return filepath.Join(journal.Dir(dir, "0403"), "journal.jsonl")
}

func appendBytes(t *testing.T, path, s string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(s); err != nil {
		t.Fatal(err)
	}
}

func errOf[T any](_ T, err error) error { return err }
