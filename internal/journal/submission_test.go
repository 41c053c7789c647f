package journal_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
)

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
		{"resend", []journal.Entry{upload(journal.Unknown, "a", "1"), {Type: journal.Resend, Submission: "a"}}, "", journal.StateUnknown},
		{"unknown, resend not sent", again(journal.Unknown, journal.NotSent), "", journal.StateUnknown},
		{"unknown, resend refused", again(journal.Unknown, journal.Refused), "", journal.StateUnknown},
		{"unknown, resent", again(journal.Unknown, journal.Uploaded), "", journal.StateUploaded},
		{"uploaded, resend not sent", again(journal.Uploaded, journal.NotSent), "", journal.StateUploaded},
		{"uploaded, resend refused", again(journal.Uploaded, journal.Refused), "2018-01-05 08:00", journal.StateOverdue},
		{"uploaded, resend unknown", again(journal.Uploaded, journal.Unknown), "", journal.StateUnknown},
		{"uploaded, resend killed", again(journal.Uploaded), "", journal.StateUploading},
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

// again has both files come to the first end, and the first sent again, which
// comes to the other ends.
func again(first journal.Type, then ...journal.Type) []journal.Entry {
	entries := []journal.Entry{
		upload(journal.Uploading, "a", "1"), upload(first, "a", "1"), upload(journal.Uploaded, "a", "2"),
		{Type: journal.Resend, Submission: "a", File: "1"},
		upload(journal.Uploading, "a", "1"),
	}
	for _, t := range then {
		entries = append(entries, upload(t, "a", "1"))
	}
	return entries
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

// TestUnsent: what is taken up in the place of a new package is the same in
// everything, and nobody has it.
func TestUnsent(t *testing.T) {
	now := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &now)
	like := func(id string) journal.Entry {
		e := sealed(id, "1")
		e.Content, e.Source.SHA256, e.Settings = "c", "s", "t"
		return e
	}
	p := journal.Planned{District: "00", Year: 2017, Content: "c", Source: "s", Settings: "t"}
	old := like("old")
	old.Settings = "" // a line of version 2
	add(t, j, old)
	for _, want := range []string{"", "a", "b"} {
		got := ""
		if s := j.View().Unsent(p, now); s != nil {
			got = s.ID
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
		add(t, j, like(string(rune('a'+len(j.Submissions())-1))))
	}
	for name, change := range map[string]func(*journal.Planned){
		"content":   func(p *journal.Planned) { p.Content = "" },
		"source":    func(p *journal.Planned) { p.Source = "" },
		"settings":  func(p *journal.Planned) { p.Settings = "" },
		"district":  func(p *journal.Planned) { p.District = "01" },
		"rehearsal": func(p *journal.Planned) { p.Rehearsal = true },
	} {
		other := p
		change(&other)
		if s := j.View().Unsent(other, now); s != nil {
			t.Errorf("another %s: %s", name, s.ID)
		}
	}
	for _, typ := range []journal.Type{journal.NotSent, journal.Refused, journal.Uploading, journal.Unknown, journal.Uploaded} {
		add(t, j, upload(typ, "c", "1"))
		if s := j.View().Unsent(p, now); (s.ID == "c") != (typ == journal.NotSent || typ == journal.Refused) {
			t.Errorf("%s: %s", typ, s.ID)
		}
	}
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
		now = now.Add(-time.Second) // a clock set back changes nothing
		if err := j.SaveBaseline(2017, "00", writing(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := baseline(t, dir, "0403"); got != "19" {
		t.Errorf("baseline %q", got)
	}
	kept, _ := os.ReadDir(filepath.Join(journal.Dir(dir, "0403"), "baselines"))
	if len(kept) != 14 {
		t.Errorf("%d baselines kept", len(kept))
	}
}

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func baseline(t *testing.T, dir, municipality string) string {
	t.Helper()
	f, err := journal.Baseline(dir, municipality, 2017, "00")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
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
