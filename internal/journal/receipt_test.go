package journal_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/ui/lang"
)

func TestReadMail(t *testing.T) {
	head := "From: IPLOS <iplos@ssb.no>\r\nDate: Thu, 04 Jan 2018 08:00:12 +0100\r\n"
	arrived := at("2018-01-03 14:22")
	for _, tc := range []struct{ name, text, ref, sub string }{
		{"plain", "Subject: Kvittering\r\n\r\nData for kommune 0403 ankom 03.01.2018 kl. 14.22. Referanse: S180103-0001\r\n", "S180103-0001", ""},
		{"iso", "Subject: Kvittering\r\n\r\nMottatt 2018-01-03 14:22\r\nFil: iplos-0403-00-2017-ab12cd.tar\r\n", "", "ab12cd"},
		{"named", "Subject: Kvittering\r\n\r\nMottatt 3. januar 2018 kl. 14.22\r\n", "", ""},
		{"quoted-printable", "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nM=F8ttes 03.01.2018 14:22 referanse=\r\nnummer: R-77\r\n", "R-77", ""},
		{"base64", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nTW90dGF0dCAwMy4wMS4yMDE4IDE0OjIy\r\n", "", ""},
		{"html part", "Content-Type: multipart/alternative; boundary=xx\r\n\r\n--xx\r\nContent-Type: text/html\r\n\r\n<style>p{content:'01.01.2001'}</style><p>Mottatt <b>03.01.2018</b> 14:22</p>\r\n--xx--\r\n", "", ""},
	} {
		m, err := journal.ReadMail(strings.NewReader(head + tc.text))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if !m.Arrived.Equal(arrived) || m.Reference != tc.ref || m.Submission != tc.sub || !m.FromSSB() || !m.At.Equal(at("2018-01-04 08:00").Add(12*time.Second)) {
			t.Errorf("%s: %+v", tc.name, m)
		}
	}
	for name, text := range map[string]string{
		"no date": "From: x@ssb.no\r\n\r\n", "empty": "", "junk": "\x00\x01", "too large": head + "\r\n" + strings.Repeat("x", 3<<20),
	} {
		if _, err := journal.ReadMail(strings.NewReader(text)); fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
	m, err := journal.ReadMail(strings.NewReader(strings.Replace(head, "ssb.no", "ssb.no.evil.example", 1) + "\r\n"))
	if err != nil || m.FromSSB() {
		t.Errorf("a stranger: %+v, %v", m, err)
	}
}

func TestReceiptEntry(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	add(t, j, sealed("a", "1"))
	if _, err := j.Submissions()[0].ReceiptEntry(clock, "", "hand", ""); fault.KindOf(err) != fault.Usage {
		t.Errorf("never sent: %v", err)
	}
	add(t, j, upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
	if _, err := j.Submissions()[0].ReceiptEntry(clock.Add(-time.Hour), "", "hand", ""); fault.KindOf(err) != fault.Usage {
		t.Errorf("before it was sent: %v", err)
	}
	e, err := j.Submissions()[0].ReceiptEntry(clock.Add(20*time.Hour), "R1", "eml", "abc")
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, e)
	s := j.Submissions()[0]
	if s.State != journal.StateConfirmed || s.Receipt.Reference != "R1" || !s.Receipt.At.Equal(clock.Add(20*time.Hour)) {
		t.Errorf("%q %+v", s.State, s.Receipt)
	}
}

func TestSecondReceipt(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	add(t, j, sealed("a", "1"), upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
	e, err := j.Submissions()[0].ReceiptEntry(clock.Add(20*time.Hour), "R1", "eml", "abc")
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, e)
	for _, tc := range []struct {
		name, via, hash, id string
		same                bool
	}{
		{"the same mail", "eml", "abc", "status.receipt.same", true},
		{"another mail", "eml", "def", "status.receipt.second", false},
		{"by hand", "hand", "", "status.receipt.second", false},
	} {
		_, err := j.Submissions()[0].ReceiptEntry(clock.Add(30*time.Hour), "R2", tc.via, tc.hash)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.ID != tc.id || f.Kind != fault.Duplicate || errors.Is(err, journal.ErrSameReceipt) != tc.same {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if text := lang.New(lang.Bokmal).T(f.ID, f.Args...); strings.ContainsAny(text, "{}<>") || !tc.same && !strings.Contains(text, "4. januar 2018 kl. 08.00 (lest fra e-posten") {
			t.Errorf("%s: %s", tc.name, text)
		}
	}
	for hash, want := range map[string]bool{"abc": true, "def": false, "": false} {
		if got := j.View().WithMail(hash, clock); (got != nil) != want {
			t.Errorf("with mail %q: %+v", hash, got)
		}
	}
	if s := j.Submissions()[0]; s.Receipt.Reference != "R1" {
		t.Errorf("the first receipt is gone: %+v", s.Receipt)
	}
}

// TestReceiptConfirmsFiles: what had left when the receipt was entered is
// received; what is sent afterwards is not.
func TestReceiptConfirmsFiles(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	add(t, j, sealed("a", "1", "2", "3"), upload(journal.Uploaded, "a", "1"), upload(journal.Unknown, "a", "2"))
	clock = at("2018-01-04 09:00")
	add(t, j, journal.Entry{Type: journal.Receipt, Submission: "a"})
	want := func(states ...journal.State) {
		t.Helper()
		for i, f := range j.Submissions()[0].Files {
			if f.State != states[i] {
				t.Errorf("file %s is %q, want %q", f.Name, f.State, states[i])
			}
		}
	}
	want(journal.StateConfirmed, journal.StateConfirmed, journal.StateSealed)
	clock = at("2018-01-05 09:00")
	add(t, j, upload(journal.Unknown, "a", "1"))
	want(journal.StateUnknown, journal.StateConfirmed, journal.StateSealed)
}

func TestUnreadableMailHasAWholeText(t *testing.T) {
	_, err := journal.ReadMail(strings.NewReader("\x00\x01"))
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatal(err)
	}
	for _, l := range lang.Languages() {
		p := lang.New(l)
		if text := p.T(f.ID, f.Args...) + p.T(f.ID+".hint", f.Args...); strings.ContainsAny(text, "{}<>") || strings.Contains(text, "malformed") {
			t.Errorf("%s: %s", l, text)
		}
	}
}

func FuzzReadMail(f *testing.F) {
	f.Add("From: a@ssb.no\r\nDate: Thu, 04 Jan 2018 08:00:12 +0100\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>03.01.2018 14:22\r\n--x--")
	f.Add("Date: Thu, 04 Jan 2018 08:00:12 +0100\r\nContent-Transfer-Encoding: base64\r\n\r\nTW90")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := journal.ReadMail(strings.NewReader(s))
		if (err == nil) != (m != nil) {
			t.Fatal("neither mail nor error")
		}
		if m == nil {
			return
		}
		m.FromSSB()
		if d := m.Doubts(ours()); d != nil && len(doubtsOf(m, ours())) == 0 {
			t.Error("doubts without a text")
		}
		if text := m.Excerpt(); strings.ContainsAny(text, "\x1b\x00") || len([]rune(text)) > 13*200 {
			t.Errorf("excerpt %q", text)
		}
		if text := m.Reference + m.Submission; strings.ContainsAny(text, " \n\x00") || len(m.Submission) > 64 {
			t.Errorf("reference %q, submission %q", m.Reference, m.Submission)
		}
	})
}

// TestMailCompletesAnEntryByHand: it says more of the same receipt, and counts
// for what had left when the first entry was made.
func TestMailCompletesAnEntryByHand(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	add(t, j, sealed("a", "1"), upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
	enter := func(when time.Time, reference, via, hash string) error {
		t.Helper()
		e, err := j.Submissions()[0].ReceiptEntry(when, reference, via, hash)
		if err == nil {
			add(t, j, e)
		}
		return err
	}
	clock = at("2018-01-04 09:00")
	if err := errors.Join(enter(clock, "told", "hand", ""), enter(at("2018-01-04 08:00"), "", "eml", "abc")); err != nil {
		t.Fatal(err)
	}
	want := journal.ReceiptInfo{At: at("2018-01-04 08:00"), Reference: "told", Via: "eml", EnteredAt: clock, Mail: "abc"}
	r := j.Submissions()[0].Receipt
	if !r.At.Equal(want.At) || r.Reference != want.Reference || r.Via != want.Via || r.Mail != want.Mail || !r.EnteredAt.Equal(want.EnteredAt) {
		t.Errorf("%+v", r)
	}
	for _, hash := range []string{"abc", "def", ""} {
		if err := enter(clock, "R2", "eml", hash); fault.KindOf(err) != fault.Duplicate {
			t.Errorf("a third entry, %q: %v", hash, err)
		}
	}
	if n := len(j.View().Entries); n != 5 {
		t.Errorf("%d lines", n)
	}
}

// TestAwaiting: the last one that was sent, not the last one that was sealed.
func TestAwaiting(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	want := func(id string) {
		t.Helper()
		got := ""
		if s := j.View().Awaiting(false, clock); s != nil {
			got = s.ID
		}
		if got != id {
			t.Errorf("awaiting %q, want %q", got, id)
		}
	}
	want("")
	add(t, j, sealed("a", "1"), sealed("b", "1"), sealed("c", "1"))
	want("")
	add(t, j, upload(journal.Uploading, "b", "1"), upload(journal.Uploaded, "b", "1"))
	add(t, j, upload(journal.Uploading, "a", "1"), upload(journal.Unknown, "a", "1"))
	add(t, j, upload(journal.Uploading, "c", "1"), upload(journal.Refused, "c", "1"))
	want("a")
	add(t, j, journal.Entry{Type: journal.Receipt, Submission: "a"})
	want("b")
	add(t, j, journal.Entry{Type: journal.Receipt, Submission: "b"})
	want("a")
}
