package journal_test

import (
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

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
		{"2018-03-21 23:59", 2017, true, "status.next.late", "status.deadline.corrections", 0},
		{"2018-03-22 00:00", 2017, true, "status.next.over", "status.deadline.corrected", 85},
		{"2018-06-01 12:00", 2017, false, "status.next.over", "status.deadline.corrected", 14},
		{"2019-01-03 12:00", 2018, true, "status.next.kpr", "status.deadline.closes", 12},
	} {
		s := (&journal.View{}).Status(journal.StatusOptions{Now: at(tc.now), Campaign: register.CampaignFor(tc.year), HasKey: tc.key})
		if s.Next.ID != tc.next || s.Deadline == nil || s.Deadline.ID != tc.deadline || s.Deadline.Days != tc.days || s.Kind() != "" {
			t.Errorf("%s: next %q, deadline %+v, kind %q", tc.now, s.Next.ID, s.Deadline, s.Kind())
		}
	}
	// Long after, nobody is told to fetch a key or to send; a rehearsal goes on.
	for _, tc := range []struct {
		key, rehearsal bool
		next           string
	}{
		{false, false, "status.next.over"},
		{true, false, "status.next.over"},
		{false, true, "status.next.key"},
		{true, true, "status.next.practise"},
	} {
		s := (&journal.View{}).Status(journal.StatusOptions{
			Now: at("2026-11-22 09:00"), Campaign: register.CampaignFor(2017), HasKey: tc.key, Rehearsal: tc.rehearsal,
		})
		if s.Deadline != nil || s.Next.ID != tc.next {
			t.Errorf("%+v: next %q, deadline %+v", tc, s.Next.ID, s.Deadline)
		}
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
	sent := func(id string, types ...journal.Type) []journal.Entry { return one(id, types...)[1:] }
	late := func(types ...journal.Type) []journal.Entry {
		return sent("a", append([]journal.Type{journal.Uploading}, types...)...)
	}
	rehearsal := func(es []journal.Entry) []journal.Entry {
		for i := range es {
			es[i].Rehearsal = true
		}
		return es
	}
	district := func(d string, es []journal.Entry) []journal.Entry {
		for i := range es {
			es[i].District = d
		}
		return es
	}
	asked := []journal.Entry{{Type: journal.Answered, Submission: "a", Answers: []journal.Answer{journal.NotListed()}}}
	receipt := journal.Entry{Type: journal.Receipt, Submission: "b"}
	received := append(one("b", journal.Uploaded), receipt)
	feedback := func(lists, errors int) journal.Entry {
		return journal.Entry{Type: journal.Feedback, Submission: "b", District: "00", Year: 2017, Lists: lists, BySeverity: map[string]int{"error": errors}}
	}
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
		{"unknown, asked", slices.Concat(one("a", journal.Unknown), asked), "2018-01-03 13:00", "status.next.unknown.asked", fault.Unknown},
		{"unknown, asked, due", slices.Concat(one("a", journal.Unknown), asked), "2018-01-04 09:00", "status.next.unknown.overdue", fault.Unknown},
		{"unknown, asked, sent again", slices.Concat(one("a", journal.Unknown), asked, sent("a", journal.Uploading, journal.Unknown)), "2018-01-03 13:00", "status.next.unknown", fault.Unknown},
		{"unknown, due", one("a", journal.Unknown), "2018-01-04 09:00", "status.next.unknown.overdue", fault.Unknown},
		{"refused", one("a", journal.Refused), "2018-01-04 09:00", "status.next.refused", ""},
		{"partial", []journal.Entry{sealed("a", "1", "2"), upload(journal.Uploaded, "a", "1")}, "2018-01-04 09:00", "status.next.goon", ""},
		{"settled", append(append(one("a", journal.Unknown), one("b", journal.Uploaded)...), receipt), "2018-01-05 09:00", "status.next.feedback.later", ""},
		{"settled only by its own", append(append(one("b", journal.Uploaded), receipt), one("a", journal.Unknown)...), "2018-01-03 13:00", "status.next.unknown", fault.Unknown},
		{"sealed first, sent last, unknown", slices.Concat(one("a"), received, late(journal.Unknown)), "2018-01-03 13:00", "status.next.unknown", fault.Unknown},
		{"sealed first, sent last, overdue", slices.Concat(one("a"), received, late(journal.Uploaded)), "2018-01-04 09:00", "status.next.overdue", fault.Incomplete},
		{"sealed first, sent last", slices.Concat(one("a"), received, late(journal.Uploaded)), "2018-01-03 13:00", "status.next.wait", ""},
		{"sealed first, refused last", slices.Concat(one("a"), received, late(journal.Refused)), "2018-01-03 13:00", "status.next.refused", ""},
		{"sealed first, not sent in the end", slices.Concat(one("a"), received, late(journal.NotSent)), "2018-01-03 13:00", "status.next.feedback.later", ""},
		{"sent first, and looked for afterwards", slices.Concat(one("a"), late(), received, sent("a", journal.Unknown)), "2018-01-03 13:00", "status.next.feedback.later", ""},
		{"sent between another's receipt and its resending", slices.Concat(received, one("a", journal.Unknown), sent("b", journal.Uploading, journal.Uploaded)), "2018-01-03 13:00", "status.next.unknown", fault.Unknown},
		{"feedback", append(one("b", journal.Uploaded), receipt), "2018-02-05 09:00", "status.next.feedback", ""},
		{"done", append(one("b", journal.Uploaded), receipt), "2018-03-22 09:00", "status.next.done", ""},
		{"feedback opened", slices.Concat(received, []journal.Entry{feedback(2, 3)}), "2018-02-07 09:00", "status.next.correct", ""},
		{"feedback opened early", slices.Concat(received, []journal.Entry{feedback(2, 3)}), "2018-01-20 09:00", "status.next.correct", ""},
		{"feedback opened, too late", slices.Concat(received, []journal.Entry{feedback(2, 3)}), "2018-03-22 09:00", "status.next.done", ""},
		{"feedback without errors", slices.Concat(received, []journal.Entry{feedback(2, 3), feedback(2, 0)}), "2018-02-07 09:00", "status.next.clean", ""},
		{"feedback that was not understood", slices.Concat(received, []journal.Entry{feedback(0, 0)}), "2018-02-07 09:00", "status.next.correct", ""},
		{"correction sent", slices.Concat(received, []journal.Entry{feedback(2, 3)}, one("c", journal.Uploaded)), "2018-01-03 13:00", "status.next.wait", ""},
		{"correction received", slices.Concat(received, []journal.Entry{feedback(2, 3)}, one("c", journal.Uploaded), []journal.Entry{{Type: journal.Receipt, Submission: "c"}}), "2018-02-07 09:00", "status.next.done", ""},
		{"feedback for another district", slices.Concat(received, []journal.Entry{feedback(2, 3)}, district("01", one("c", journal.Uploaded)), []journal.Entry{{Type: journal.Receipt, Submission: "c"}}), "2018-02-07 09:00", "status.next.feedback", ""},
		{"real before rehearsal", append(one("a", journal.Uploaded), rehearsal(one("r"))...), "2018-01-03 13:00", "status.next.wait", ""},
		{"rehearsal after the real one", append(one("b", journal.Uploaded), append(rehearsal(one("r", journal.Unknown)), receipt)...), "2018-01-05 13:00", "status.next.feedback.later", ""},
		{"only a rehearsal", rehearsal(one("r")), "2018-01-03 13:00", "status.next.submit", ""},
		{"an overdue rehearsal", rehearsal(one("r", journal.Uploaded)), "2018-01-05 13:00", "status.next.submit", ""},
		{"an unknown rehearsal", rehearsal(one("r", journal.Unknown)), "2018-01-03 13:00", "status.next.submit", ""},
		{"sealed before what has its receipt", append(one("a"), append(one("b", journal.Uploaded), receipt)...), "2018-01-05 13:00", "status.next.feedback.later", ""},
		{"sealed after what has its receipt", append(append(one("b", journal.Uploaded), receipt), one("c")...), "2018-01-05 13:00", "status.next.feedback.later", ""},
		{"sealed before what was uploaded", append(one("a"), one("b", journal.Uploaded)...), "2018-01-03 13:00", "status.next.wait", ""},
		{"sealed before the older one was uploaded", []journal.Entry{sealed("a", "1"), sealed("b", "1"), upload(journal.Uploaded, "a", "1")}, "2018-01-03 13:00", "status.next.wait", ""},
		{"sealed after what was uploaded", append(one("b", journal.Uploaded), one("c")...), "2018-01-03 13:00", "status.next.send", ""},
		{"unsure in another district", append(district("01", one("c", journal.Refused)), one("b", journal.Uploaded)...), "2018-01-03 13:00", "status.next.refused", ""},
		{"sealed in another district", append(append(one("b", journal.Uploaded), receipt), district("01", one("c"))...), "2018-01-05 13:00", "status.next.send", ""},
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

// TestSuperseded: a correction that was sealed after the first submission and
// could not be sent is not one that nobody needs.
func TestSuperseded(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	add(t, j, sealed("a", "1"), sealed("b", "1"), upload(journal.Uploaded, "b", "1"), sealed("c", "1"), journal.Entry{Type: journal.Receipt, Submission: "b"})
	s := j.View().Status(journal.StatusOptions{Now: clock, Campaign: register.CampaignFor(2017)})
	if got := s.Superseded(); len(got) != 1 || got[0].ID != "a" {
		t.Errorf("superseded %+v", got)
	}
}

// TestRehearsals: where the configuration delivers to this machine they count
// as deliveries do, and are only listed where it does not.
func TestRehearsals(t *testing.T) {
	rehearsed := func(typ journal.Type, id string) []journal.Entry {
		es := []journal.Entry{sealed(id, "1"), upload(typ, id, "1")}
		for i := range es {
			es[i].Rehearsal = true
		}
		return es
	}
	for _, tc := range []struct {
		name      string
		entries   []journal.Entry
		rehearsal bool
		last      string
		kind      fault.Kind
	}{
		{"real campaign", rehearsed(journal.Uploaded, "r"), false, "", ""},
		{"real campaign, unknown", rehearsed(journal.Unknown, "r"), false, "", ""},
		{"sandbox", rehearsed(journal.Uploaded, "r"), true, "r", fault.Incomplete},
		{"sandbox, unknown", rehearsed(journal.Unknown, "r"), true, "r", fault.Unknown},
		{"sandbox after a real one", append([]journal.Entry{sealed("a", "1")}, rehearsed(journal.Unknown, "r")...), true, "a", ""},
	} {
		clock := at("2018-01-03 12:00")
		j := open(t, t.TempDir(), &clock)
		add(t, j, tc.entries...)
		s := j.View().Status(journal.StatusOptions{Now: at("2018-01-05 12:00"), Campaign: register.CampaignFor(2017), Rehearsal: tc.rehearsal})
		last := ""
		if s.Last() != nil {
			last = s.Last().ID
		}
		if last != tc.last || s.Kind() != tc.kind || len(s.Submissions) == 0 {
			t.Errorf("%s: last %q, kind %q, %d listed", tc.name, last, s.Kind(), len(s.Submissions))
		}
	}
}

func TestTextsNameThePackageByItsPath(t *testing.T) {
	folder := t.TempDir()
	for name, want := range map[string]string{
		"pakke.tar":       filepath.Join(folder, "pakke.tar"),
		"min pakke.tar":   "'" + filepath.Join(folder, "min pakke.tar") + "'",
		"Kari's pakke":    "'" + filepath.Join(folder, `Kari'\''s pakke`) + "'",
		"01819010001.tar": "iplos-0403-00-2017-a.tar", // an identity: only the package's own name is left
	} {
		if runtime.GOOS == "windows" {
			want = strings.ReplaceAll(strings.ReplaceAll(want, `'\''`, "\x00"), "'", `"`)
			want = strings.ReplaceAll(want, "\x00", "'")
		}
		clock := at("2018-01-03 12:00")
		j := open(t, t.TempDir(), &clock)
		e := sealed("a", "1")
		e.PackagePath = filepath.Join(folder, name)
		add(t, j, e)
		s := j.View().Status(journal.StatusOptions{Now: clock, Campaign: register.CampaignFor(2017)})
		if text := lang.New(lang.English).T(s.Next.ID, s.Next.Args...); !strings.HasSuffix(text, " --package "+want) {
			t.Errorf("%s: %s", name, text)
		}
		add(t, j, upload(journal.Uploading, "a", "1"), upload(journal.Uploaded, "a", "1"))
		_, err := j.View().Duplicate(journal.Planned{District: "00", Year: 2017, Content: "c-a"}, clock)
		if f, ok := errors.AsType[*fault.Error](err); !ok || !slices.Contains(f.Args, any(want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What one district has sent says nothing of another's next step.
func TestStatusOfOneDistrict(t *testing.T) {
	clock := at("2018-01-03 12:00")
	j := open(t, t.TempDir(), &clock)
	first, second := sealed("a", "1"), sealed("b", "1")
	first.District, second.District = "01", "02"
	add(t, j, first, upload(journal.Uploaded, "a", "1"), second)
	for district, want := range map[string]string{
		"01": "status.next.wait", "02": "status.next.send", "03": "status.next.submit", "": "status.next.send",
	} {
		s := j.View().Status(journal.StatusOptions{
			Now: at("2018-01-03 13:00"), Campaign: register.CampaignFor(2017), District: district, HasKey: true,
		})
		if s.Next.ID != want {
			t.Errorf("district %q: %q, want %q", district, s.Next.ID, want)
		}
	}
}
