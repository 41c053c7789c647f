package journal_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/register"
	"iplos/internal/ui/lang"
)

func TestNextStepByTheCalendar(t *testing.T) {
	for _, tc := range []struct {
		now      string
		year     int
		key      bool
		next     string
		deadline string
		days     int
	}{
		{"2017-11-22 09:00", 2017, false, "status.next.rehearse", "status.deadline.key", 9},
		{"2017-12-01 09:00", 2017, false, "status.next.key", "status.deadline.key", 0},
		{"2017-12-02 09:00", 2017, true, "status.next.prepare", "status.deadline.opens", 31},
		{"2018-01-02 00:00", 2017, true, "status.next.submit", "status.deadline.opens", 0},
		{"2018-01-15 23:59", 2017, true, "status.next.submit", "status.deadline.closes", 0},
		{"2018-01-16 00:00", 2017, true, "status.next.late", "status.deadline.feedback", 20},
		{"2018-02-06 00:00", 2017, true, "status.next.late", "status.deadline.figures", 37},
		{"2018-03-20 12:00", 2017, true, "status.next.late", "status.deadline.corrections", 1},
		{"2018-06-01 12:00", 2017, true, "status.next.late", "status.deadline.corrected", 14},
		{"2019-01-03 12:00", 2018, true, "status.next.kpr", "status.deadline.closes", 12},
	} {
		s := (&journal.View{}).Status(journal.StatusOptions{Now: at(tc.now), Campaign: register.CampaignFor(tc.year), HasKey: tc.key})
		if s.Next.ID != tc.next || s.Deadline == nil || s.Deadline.ID != tc.deadline || s.Deadline.Days != tc.days || s.Kind() != "" {
			t.Errorf("%s: next %q, deadline %+v, kind %q", tc.now, s.Next.ID, s.Deadline, s.Kind())
		}
	}
	if s := (&journal.View{}).Status(journal.StatusOptions{Now: at("2026-11-22 09:00"), Campaign: register.CampaignFor(2017)}); s.Deadline != nil {
		t.Errorf("a deadline after the campaign: %+v", s.Deadline)
	}
}

func TestNextStepBySubmission(t *testing.T) {
	one := func(id string, types ...journal.Type) []journal.Entry {
		e := []journal.Entry{sealed(id, "1")}
		for _, typ := range types {
			e = append(e, upload(typ, id, "1"))
		}
		return e
	}
	rehearsal := func(es []journal.Entry) []journal.Entry {
		for i := range es {
			es[i].Rehearsal = true
		}
		return es
	}
	receipt := journal.Entry{Type: journal.Receipt, Submission: "b"}
	for _, tc := range []struct {
		name    string
		entries []journal.Entry
		now     string
		next    string
		kind    fault.Kind
	}{
		{"sealed", one("a"), "2018-01-03 13:00", "status.next.send", ""},
		{"uploaded", one("a", journal.Uploaded), "2018-01-03 13:00", "status.next.wait", ""},
		{"overdue", one("a", journal.Uploaded), "2018-01-04 09:00", "status.next.overdue", fault.Incomplete},
		{"unknown", one("a", journal.Unknown), "2018-01-03 13:00", "status.next.unknown", fault.Unknown},
		{"unknown, due", one("a", journal.Unknown), "2018-01-04 09:00", "status.next.unknown.overdue", fault.Unknown},
		{"refused", one("a", journal.Refused), "2018-01-04 09:00", "status.next.refused", ""},
		{"partial", []journal.Entry{sealed("a", "1", "2"), upload(journal.Uploaded, "a", "1")}, "2018-01-04 09:00", "status.next.goon", ""},
		{"settled", append(append(one("a", journal.Unknown), one("b", journal.Uploaded)...), receipt), "2018-01-05 09:00", "status.next.feedback.later", ""},
		{"settled only by its own", append(append(one("b", journal.Uploaded), receipt), one("a", journal.Unknown)...), "2018-01-03 13:00", "status.next.unknown", fault.Unknown},
		{"feedback", append(one("b", journal.Uploaded), receipt), "2018-02-05 09:00", "status.next.feedback", ""},
		{"done", append(one("b", journal.Uploaded), receipt), "2018-03-22 09:00", "status.next.done", ""},
		{"real before rehearsal", append(one("a", journal.Uploaded), rehearsal(one("r"))...), "2018-01-03 13:00", "status.next.wait", ""},
		{"only a rehearsal", rehearsal(one("r")), "2018-01-03 13:00", "status.next.send", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clock := at("2018-01-03 12:00")
			j := open(t, t.TempDir(), &clock)
			add(t, j, tc.entries...)
			s := j.View().Status(journal.StatusOptions{Now: at(tc.now), Campaign: register.CampaignFor(2017), HasKey: true})
			if s.Next.ID != tc.next || s.Kind() != tc.kind {
				t.Errorf("next %q kind %q, want %q %q", s.Next.ID, s.Kind(), tc.next, tc.kind)
			}
			for _, l := range lang.Languages() {
				text := lang.New(l).T(s.Next.ID, s.Next.Args...)
				if strings.ContainsAny(text, "{}<>") {
					t.Errorf("%s: %q", l, text)
				}
			}
		})
	}
}

func TestEveryTextIsThereAndFilled(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	add(t, j, sealed("a", "1"), upload(journal.Uploaded, "a", "1"))
	s := j.Submissions()[0]
	subject, body := s.Mail()
	var texts []journal.Text
	for _, st := range journal.States() {
		texts = append(texts, journal.Text{ID: journal.StateText(st)})
	}
	texts = append(texts, subject, body)
	for _, now := range []string{"2017-12-31 12:00", "2018-01-16 00:00", "2018-03-22 00:00"} {
		texts = append(texts, *journal.OutsideWindow(register.CampaignFor(2017), at(now)))
	}
	for _, l := range lang.Languages() {
		p := lang.New(l)
		for _, x := range texts {
			if text := p.T(x.ID, x.Args...); strings.ContainsAny(text, "{}<>") || text == "" {
				t.Errorf("%s %s: %q", l, x.ID, text)
			}
		}
	}
	for _, now := range []string{"2018-01-02 00:00", "2018-01-15 23:59"} {
		if w := journal.OutsideWindow(register.CampaignFor(2017), at(now)); w != nil {
			t.Errorf("%s: %v", now, w)
		}
	}
	if text := lang.New(lang.Bokmal).T(body.ID, body.Args...); !strings.Contains(text, "0403") || !strings.Contains(text, "4. januar 2018 kl. 08.00") {
		t.Errorf("the mail: %s", text)
	}
}

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

func FuzzReadMail(f *testing.F) {
	f.Add("From: a@ssb.no\r\nDate: Thu, 04 Jan 2018 08:00:12 +0100\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>03.01.2018 14:22\r\n--x--")
	f.Add("Date: Thu, 04 Jan 2018 08:00:12 +0100\r\nContent-Transfer-Encoding: base64\r\n\r\nTW90")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := journal.ReadMail(strings.NewReader(s))
		if (err == nil) != (m != nil) {
			t.Fatal("neither mail nor error")
		}
		if m != nil {
			_ = fmt.Sprint(m.FromSSB())
		}
	})
}
