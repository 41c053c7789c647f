package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/ident"
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

func TestStates(t *testing.T) {
	now := at("2018-01-03 12:00") // a Wednesday
	for _, tc := range []struct {
		name    string
		entries []journal.Entry
		later   string
		want    journal.State
	}{
		{"sealed", nil, "", journal.StateSealed},
		{"not sent", []journal.Entry{upload(journal.Uploading, "a", "1"), upload(journal.NotSent, "a", "1")}, "", journal.StateSealed},
		{"uploading", []journal.Entry{upload(journal.Uploading, "a", "1")}, "", journal.StateUploading},
		{"one of two", []journal.Entry{upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1")}, "", journal.StateUploading},
		{"uploaded", []journal.Entry{upload(journal.Uploaded, "a", "1"), upload(journal.Uploaded, "a", "2")}, "", journal.StateUploaded},
		{"uploaded, due", []journal.Entry{upload(journal.Uploaded, "a", "1"), upload(journal.Uploaded, "a", "2")}, "2018-01-04 08:00", journal.StateUploaded},
		{"overdue", []journal.Entry{upload(journal.Uploaded, "a", "1"), upload(journal.Uploaded, "a", "2")}, "2018-01-04 08:01", journal.StateOverdue},
		{"unknown wins", []journal.Entry{upload(journal.Uploaded, "a", "1"), upload(journal.Unknown, "a", "2")}, "2018-02-01 08:01", journal.StateUnknown},
		{"refused", []journal.Entry{upload(journal.Uploaded, "a", "1"), upload(journal.Refused, "a", "2")}, "", journal.StateRefused},
		{"resend", []journal.Entry{upload(journal.Unknown, "a", "1"), {Type: journal.Resend, Submission: "a"}}, "", journal.StateSealed},
		{"by hand", []journal.Entry{{Type: journal.Recorded, Submission: "a", Reference: "R1"}}, "", journal.StateUploaded},
		{"receipt", []journal.Entry{upload(journal.Unknown, "a", "1"), {Type: journal.Receipt, Submission: "a"}}, "", journal.StateConfirmed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clock := now
			j := open(t, t.TempDir(), &clock)
			add(t, j, sealed("a", "1", "2"))
			add(t, j, tc.entries...)
			if tc.later != "" {
				clock = at(tc.later)
			}
			s := j.Submissions()
			if len(s) != 1 || s[0].State != tc.want {
				t.Fatalf("state %q, want %q", s[0].State, tc.want)
			}
		})
	}
}

func TestReceiptDue(t *testing.T) {
	for sent, want := range map[string]string{
		"2018-01-02 10:00": "2018-01-03 08:00",
		"2018-01-03 07:59": "2018-01-04 08:00",
		"2018-01-05 23:59": "2018-01-08 08:00", // Friday
		"2018-01-06 09:00": "2018-01-08 08:00", // Saturday
		"2017-12-31 12:00": "2018-01-02 08:00", // New Year's Day
		"2018-03-28 12:00": "2018-04-03 08:00", // Easter: Wednesday to Tuesday
		"2018-03-21 12:00": "2018-03-22 08:00",
		"2018-05-16 12:00": "2018-05-18 08:00", // 17 May
		"2018-05-09 12:00": "2018-05-11 08:00", // Ascension Day
		"2018-05-18 12:00": "2018-05-22 08:00", // Whit Monday
		"2024-04-30 12:00": "2024-05-02 08:00", // 1 May
		"2018-12-22 12:00": "2018-12-24 08:00", // Christmas Eve is a working day
		"2018-12-24 12:00": "2018-12-27 08:00",
		"2018-03-23 12:00": "2018-03-26 08:00", // over the change to summer time
	} {
		if got := journal.ReceiptDue(at(sent)); !got.Equal(at(want)) {
			t.Errorf("sent %s: due %s, want %s", sent, got, want)
		}
	}
	utc := time.Date(2018, 1, 2, 23, 30, 0, 0, time.UTC) // already the 3rd in Oslo
	if got := journal.ReceiptDue(utc); !got.Equal(at("2018-01-04 08:00")) {
		t.Errorf("due %s", got)
	}
}

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
		checkAfterCut(t, j, n, lines)
		add(t, j, upload(journal.Refused, "a", "1"))
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Verify(dir, "0403"); err != nil {
			t.Fatalf("cut at %d: after repair: %v", n, err)
		}
	}
}

func checkAfterCut(t *testing.T, j *journal.Journal, n, lines int) {
	t.Helper()
	var kept, repaired int
	for _, e := range j.Entries() {
		switch {
		case e.Type == journal.Repaired:
			repaired++
			torn, err := os.ReadFile(filepath.Join(j.Folder(), e.File))
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
		if e := j.Entries(); len(e) != 2 || e[1].Type != journal.Repaired {
			t.Errorf("%q: %+v", tail, e)
		}
		_ = j.Close()
	}
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
		_, err := journal.Verify(dir, "0403")
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
	appendBytes(t, journalPath(dir), `{"hash":"x","entry":{"v":2,"new":"field"}}`+"\n")
	for name, err := range map[string]error{
		"read": errOf(journal.Read(dir, "0403")),
		"open": errOf(journal.Open(dir, options(&now))),
	} {
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.ID != "journal.newer" || e.Kind != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestLockSaysWhoHoldsIt(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	_, err := journal.Open(dir, options(&now))
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Locked {
		t.Fatalf("second run: %v", err)
	}
	text := fmt.Sprint(e.Args...)
	for _, want := range []string{"kari", "pc1", fmt.Sprint(os.Getpid()), "2018-01-03"} {
		if !strings.Contains(text, want) {
			t.Errorf("the error lacks %q: %s", want, text)
		}
	}
	add(t, j, sealed("a", "1"), upload(journal.Uploading, "a", "1"))
	v, err := journal.Read(dir, "0403")
	if err != nil || v.Running == nil || v.Running.User != "kari" {
		t.Fatalf("reading beside a run: %+v, %v", v, err)
	}
	if s := v.Submissions(now); s[0].State != journal.StateUploading {
		t.Errorf("beside a run: %q", s[0].State)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	v, err = journal.Read(dir, "0403")
	if err != nil || v.Running != nil {
		t.Fatalf("after the run: %+v, %v", v, err)
	}
	if s := v.Submissions(now); s[0].State != journal.StateUnknown {
		t.Errorf("after a killed run: %q", s[0].State)
	}
	other := options(&now)
	other.Municipality = "0301"
	k, err := journal.Open(dir, other)
	if err != nil {
		t.Fatalf("another municipality waits for this one's lock: %v", err)
	}
	_ = k.Close()
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
	if got := len(j.Entries()); got < seen {
		t.Errorf("%d entries after %d were confirmed", got, seen)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are by ACL on Windows")
	}
	now := at("2018-01-03 12:00")
	dir := filepath.Join(t.TempDir(), "state")
	j := open(t, dir, &now)
	add(t, j, sealed("a", "1"))
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoIdentityIsWritten(t *testing.T) {
	const identity = "01819010001" // synthetic: month + 80
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	e := sealed("a", "1")
	e.Source.Path = "/home/" + identity + "/" + identity + ".xml"
	e.Reference, e.Confirmation, e.Reason = identity, "mottatt "+identity, identity
	e.Keys = []journal.Key{{ConfirmedBy: identity}}
	e.Answers = []journal.Answer{{Question: "q", Answer: identity}}
	e.Overrides = map[string]string{"ORG-MISSING": identity}
	add(t, j, e)
	bad := sealed("b", "1")
	bad.Account = []byte(`{"left_out":"` + identity + `"}`)
	if err := j.Append(bad); err == nil {
		t.Error("an account with an identity was written")
	}
	data, err := os.ReadFile(journalPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if ident.Contains(string(data)) || strings.Contains(string(data), identity) || strings.Contains(string(data), "/home/") {
		t.Errorf("the journal holds an identity or a path: %s", data)
	}
}

func TestDuplicate(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	real := journal.Planned{District: "00", Year: 2017, Content: "c-a"}
	check := func(name string, p journal.Planned, want fault.Kind) {
		t.Helper()
		if _, err := j.View().Duplicate(p, now); fault.KindOf(err) != want {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	add(t, j, sealed("a", "1", "2"))
	check("only sealed", real, "")
	add(t, j, upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
	check("partly sent", real, fault.Duplicate)
	add(t, j, upload(journal.Uploading, "a", "2"), upload(journal.Unknown, "a", "2"))
	check("unknown", real, fault.Unknown)
	add(t, j, upload(journal.Uploaded, "a", "2"))
	check("uploaded", real, fault.Duplicate)
	check("same source", journal.Planned{District: "00", Year: 2017, Source: "s-a"}, fault.Duplicate)
	check("other content", journal.Planned{District: "00", Year: 2017, Content: "c-b", Source: "s-b"}, "")
	check("no hashes", journal.Planned{District: "00", Year: 2017}, "")
	check("other district", journal.Planned{District: "01", Year: 2017, Content: "c-a"}, "")
	check("other year", journal.Planned{District: "00", Year: 2016, Content: "c-a"}, "")
	check("rehearsal", journal.Planned{District: "00", Year: 2017, Content: "c-a", Rehearsal: true}, "")
	add(t, j, journal.Entry{Type: journal.Receipt, Submission: "a"})
	check("confirmed", real, fault.Duplicate)
}

func TestLastTotalsAndBaselines(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	if j.View().LastTotals(2017, "00") != nil {
		t.Error("totals from nothing")
	}
	add(t, j, journal.Entry{Type: journal.Validated, Year: 2017, District: "00", Totals: &finding.Totals{Persons: 1}})
	if got := j.View().LastTotals(2017, "00"); got == nil || got.Persons != 1 {
		t.Errorf("after validation: %+v", got)
	}
	add(t, j, sealed("a", "1"), journal.Entry{Type: journal.Validated, Year: 2017, District: "00", Totals: &finding.Totals{Persons: 2}})
	if got := j.View().LastTotals(2017, "00"); got == nil || got.Persons != 400 {
		t.Errorf("after sealing: %+v", got)
	}
	for i := range 20 {
		now = now.Add(time.Second)
		if err := j.SaveBaseline(2017, "00", []byte(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	got, err := journal.Baseline(dir, "0403", 2017, "00")
	if err != nil || string(got) != "19" {
		t.Errorf("baseline %q, %v", got, err)
	}
	kept, _ := os.ReadDir(filepath.Join(j.Folder(), "baselines"))
	if len(kept) != 14 {
		t.Errorf("%d baselines kept", len(kept))
	}
}

func TestFind(t *testing.T) {
	now := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &now)
	add(t, j, sealed("abc1", "1"), sealed("abd2", "1"))
	if s, err := j.View().Find("abc", now); err != nil || s.ID != "abc1" {
		t.Errorf("%v, %v", s, err)
	}
	for _, id := range []string{"ab", "x", ""} {
		if _, err := j.View().Find(id, now); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestProof(t *testing.T) {
	now := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &now)
	add(t, j, sealed("a", "1"), sealed("b", "1"), upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
	p, err := j.View().Proof("a", now)
	if err != nil {
		t.Fatal(err)
	}
	if p.State != journal.StateUploaded || len(p.Events) != 3 || p.Lines != 4 || p.Events[1].Line != 3 || len(p.Files) != 1 || p.Receipt != nil {
		t.Errorf("%+v", p)
	}
	data, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(data), `"receipt_due":"2018-01-04T08:00:00+01:00"`) {
		t.Errorf("%s, %v", data, err)
	}
}
