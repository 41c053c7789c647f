package journal

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"iplos/internal/fault"
	"iplos/internal/register"
)

// lastYear is the last data year that goes to SSB: later ones go to KPR.
const lastYear = 2017

// Text is a text of the catalogue with its arguments.
type Text struct {
	ID   string
	Args []any
}

// Deadline is the next date that matters.
type Deadline struct {
	Text
	Day register.Day
	// Days is how many days are left: 0 is today.
	Days int
}

// Status is where a municipality stands with a data year, and the one thing
// to do next.
type Status struct {
	Municipality string
	Year         int
	At           time.Time
	// Submissions are those of the data year, the oldest first, rehearsals
	// too.
	Submissions []*Submission
	// counted are those that decide the rest.
	counted []*Submission
	// Unknown and Overdue need somebody; what a later receipt has settled is
	// left out.
	Unknown, Overdue []*Submission
	Running          *Holder
	// Deadline is nil when the campaign is over.
	Deadline *Deadline
	Next     Text
}

// StatusOptions say what the status depends on beside the journal.
type StatusOptions struct {
	Now      time.Time
	Campaign register.Campaign
	// HasKey tells that a public key is pinned for the data year.
	HasKey bool
	// Rehearsal tells that the configuration delivers to this machine: then
	// rehearsals count as long as there is nothing else. Otherwise they are
	// only listed.
	Rehearsal bool
}

// Status sums the journal up.
func (v *View) Status(opts StatusOptions) *Status {
	s := &Status{Municipality: v.Municipality, Year: opts.Campaign.Year, At: opts.Now, Running: v.Running}
	for _, sub := range v.Submissions(opts.Now) {
		if sub.Year == opts.Campaign.Year {
			s.Submissions = append(s.Submissions, sub)
		}
	}
	s.counted = counted(s.Submissions, opts.Rehearsal)
	for i, sub := range s.counted {
		if settled(sub, s.counted[i+1:]) {
			continue
		}
		switch sub.State {
		case StateUnknown:
			s.Unknown = append(s.Unknown, sub)
		case StateOverdue:
			s.Overdue = append(s.Overdue, sub)
		default:
		}
	}
	s.Deadline = nextDeadline(opts.Campaign, opts.Now)
	s.Next = s.next(opts)
	return s
}

// counted returns the submissions that say something of the campaign: the
// real ones, or where rehearsing is what is done the rehearsals.
func counted(all []*Submission, rehearsal bool) []*Submission {
	var real []*Submission
	for _, s := range all {
		if !s.Rehearsal {
			real = append(real, s)
		}
	}
	if len(real) == 0 && rehearsal {
		return all
	}
	return real
}

// settled tells that a later submission of the same district has its
// receipt: what became of this one no longer matters.
func settled(s *Submission, later []*Submission) bool {
	for _, l := range later {
		if l.District == s.District && l.State == StateConfirmed {
			return true
		}
	}
	return false
}

// Kind decides the exit code: "" is 0, Incomplete something overdue, Unknown
// an outcome that is not known.
func (s *Status) Kind() fault.Kind {
	switch {
	case len(s.Unknown) > 0:
		return fault.Unknown
	case len(s.Overdue) > 0:
		return fault.Incomplete
	default:
		return ""
	}
}

// next is the one next step: what is uncertain first, then what was begun,
// then what the calendar says.
func (s *Status) next(opts StatusOptions) Text {
	if s.Running != nil {
		return Text{"status.next.running", []any{"user", s.Running.User, "machine", s.Running.Machine, "since", s.Running.Since}}
	}
	if len(s.Unknown) > 0 {
		return unknownStep(s.Unknown[0], opts.Now)
	}
	if len(s.Overdue) > 0 {
		return Text{"status.next.overdue", s.Overdue[0].args()}
	}
	last := s.Last()
	if last == nil {
		return calendarStep(opts)
	}
	switch last.State {
	case StateUploading:
		return Text{"status.next.goon", last.args()}
	case StateRefused:
		return Text{"status.next.refused", last.args()}
	case StateSealed:
		return Text{"status.next.send", last.args()}
	case StateConfirmed:
		return feedbackStep(opts, last)
	default:
		return Text{"status.next.wait", last.args()}
	}
}

// Last is the submission that decides the next step: the last one that was
// not left aside, nil when there is none.
func (s *Status) Last() *Submission {
	for i, sub := range slices.Backward(s.counted) {
		if !s.leftAside(i) {
			return sub
		}
	}
	return nil
}

// leftAside tells of a package that was sealed and never sent, and that need
// not be: its district has a receipt, or sent another one afterwards.
func (s *Status) leftAside(i int) bool {
	sub := s.counted[i]
	if sub.State != StateSealed {
		return false
	}
	return slices.ContainsFunc(s.counted, func(o *Submission) bool {
		return o.District == sub.District && o.State == StateConfirmed
	}) || slices.ContainsFunc(s.counted[i+1:], func(o *Submission) bool {
		return o.District == sub.District && (o.State == StateUploaded || o.State == StateOverdue)
	})
}

// PackageArg is the package as an argument of a command, which works from
// any folder: its path, with marks around it when the shell needs them.
func (s *Submission) PackageArg() string {
	path := s.PackagePath
	if path == "" {
		path = s.Package
	}
	switch {
	case !strings.ContainsAny(path, " \t\"'`$&|;()<>*?[]#~!{}^%"):
		return path
	case runtime.GOOS == "windows":
		return `"` + path + `"`
	default:
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
}

func (s *Submission) args() []any {
	return []any{
		"submission", s.ID, "package", s.PackageArg(), "date", s.sentAt().In(Oslo()), "due", s.ReceiptDue.In(Oslo()),
		"reference", orDash(s.Reference), "files", s.fileNames(), "municipality", s.Municipality, "district", s.District, "year", strconv.Itoa(s.Year),
	}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (s *Submission) fileNames() string {
	var names []string
	for _, f := range s.Files {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func unknownStep(s *Submission, now time.Time) Text {
	if s.ReceiptDue.IsZero() || now.Before(s.ReceiptDue) {
		return Text{"status.next.unknown", s.args()}
	}
	return Text{"status.next.unknown.overdue", s.args()}
}

func calendarStep(opts StatusOptions) Text {
	c, today := opts.Campaign, register.DayOf(opts.Now.In(Oslo()))
	args := []any{"year", strconv.Itoa(c.Year), "from", dateOf(c.WindowFrom), "to", dateOf(c.WindowTo), "key", dateOf(c.KeyFrom)}
	switch {
	case c.Year > lastYear:
		return Text{"status.next.kpr", args}
	case today < c.KeyFrom:
		return Text{"status.next.rehearse", args}
	case !opts.HasKey:
		return Text{"status.next.key", args}
	case today < c.WindowFrom:
		return Text{"status.next.prepare", args}
	case today <= c.WindowTo:
		return Text{"status.next.submit", args}
	default:
		return Text{"status.next.late", args}
	}
}

func feedbackStep(opts StatusOptions, s *Submission) Text {
	c, today := opts.Campaign, register.DayOf(opts.Now.In(Oslo()))
	args := append(s.args(), "feedback", dateOf(c.FeedbackFrom()), "corrections", dateOf(c.CorrectionsBy))
	switch {
	case today < c.FeedbackFrom():
		return Text{"status.next.feedback.later", args}
	case today <= c.CorrectionsBy:
		return Text{"status.next.feedback", args}
	default:
		return Text{"status.next.done", args}
	}
}

// nextDeadline is the first date of the campaign that is not past.
func nextDeadline(c register.Campaign, now time.Time) *Deadline {
	today := register.DayOf(now.In(Oslo()))
	for _, d := range []struct {
		id  string
		day register.Day
	}{
		{"status.deadline.key", c.KeyFrom},
		{"status.deadline.opens", c.WindowFrom},
		{"status.deadline.closes", c.WindowTo},
		{"status.deadline.feedback", c.FeedbackFrom()},
		{"status.deadline.figures", c.FiguresOn},
		{"status.deadline.corrections", c.CorrectionsBy},
		{"status.deadline.corrected", c.CorrectedFiguresOn},
	} {
		if d.day >= today {
			days := daysBetween(today, d.day)
			return &Deadline{Text: Text{d.id, []any{"date", dateOf(d.day), "days", days}}, Day: d.day, Days: days}
		}
	}
	return nil
}

// daysBetween counts calendar days; clock changes do not matter in UTC.
func daysBetween(from, to register.Day) int {
	return int(to.Time(time.UTC).Sub(from.Time(time.UTC)) / (24 * time.Hour))
}

// OutsideWindow returns nil inside the submission window, else the warning to
// show and ask about before a real delivery.
func OutsideWindow(c register.Campaign, now time.Time) *Text {
	today := register.DayOf(now.In(Oslo()))
	args := []any{"from", dateOf(c.WindowFrom), "to", dateOf(c.WindowTo), "corrections", dateOf(c.CorrectionsBy)}
	switch {
	case today < c.WindowFrom:
		return &Text{"status.window.before", args}
	case today > c.CorrectionsBy:
		return &Text{"status.window.over", args}
	case today > c.WindowTo:
		return &Text{"status.window.after", args}
	default:
		return nil
	}
}

// StateText is the id of a state's word for people.
func StateText(s State) string {
	switch s {
	case StateSealed:
		return "status.state.sealed"
	case StateUploading:
		return "status.state.uploading"
	case StateUploaded:
		return "status.state.uploaded"
	case StateUnknown:
		return "status.state.unknown"
	case StateRefused:
		return "status.state.refused"
	case StateConfirmed:
		return "status.state.receipt-confirmed"
	default:
		return "status.state.receipt-overdue"
	}
}

// MailTo is where SSB answers questions about IPLOS submissions (guide).
const MailTo = "iplos@ssb.no"

// Mail is the question to SSB about a receipt that did not come, ready to
// send. It holds no personal data.
func (s *Submission) Mail() (subject, body Text) {
	return Text{"status.mail.subject", s.args()}, Text{"status.mail.body", s.args()}
}

// Date is a calendar day as a text's argument: it is shown without a clock
// time, in the reader's language.
type Date time.Time

func dateOf(d register.Day) Date { return Date(d.Time(Oslo())) }

// String returns the day as the guide's forms write it, dd.mm.yyyy.
func (d Date) String() string { return time.Time(d).Format("02.01.2006") }
