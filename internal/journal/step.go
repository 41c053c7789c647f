package journal

import (
	"runtime"
	"strconv"
	"strings"
	"time"

	"iplos/internal/register"
)

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
		return feedbackStep(opts, last, s.lastFeedback(last.District))
	default:
		return Text{"status.next.wait", last.args()}
	}
}

// PackageArg is the package as an argument of a command, which works from
// any folder.
func (s *Submission) PackageArg() string {
	if s.PackagePath == "" {
		return Quoted(s.Package)
	}
	return Quoted(s.PackagePath)
}

// Quoted is a path as an argument of a command: with marks around it when
// the shell needs them.
func Quoted(path string) string {
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
	due := s.ReceiptDue
	if due.IsZero() {
		// Files are missing: what was sent may get its receipt all the same.
		due = ReceiptDue(s.sentAt())
	}
	return []any{
		"submission", s.ID, "package", s.PackageArg(), "date", s.sentAt().In(Oslo()), "due", due.In(Oslo()),
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
		if s.askedLine > s.sentLine && !s.ReceiptDue.IsZero() {
			return Text{"status.next.unknown.asked", append(s.args(), "asked", s.askedAt.In(Oslo()))}
		}
		return Text{"status.next.unknown", s.args()}
	}
	return Text{"status.next.unknown.overdue", s.args()}
}

func calendarStep(opts StatusOptions) Text {
	c, today := opts.Campaign, register.DayOf(opts.Now.In(Oslo()))
	args := []any{
		"year", strconv.Itoa(c.Year), "from", dateOf(c.WindowFrom), "to", dateOf(c.WindowTo), "key", dateOf(c.KeyFrom),
		"corrections", dateOf(c.CorrectionsBy),
	}
	switch {
	case c.Year > lastYear:
		return Text{"status.next.kpr", args}
	case Over(c, opts.Now) && !opts.Rehearsal:
		return Text{"status.next.over", args}
	case Over(c, opts.Now) && opts.HasKey:
		return Text{"status.next.practise", args}
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

// lastFeedback is the feedback on a district that was opened last, or nil.
func (s *Status) lastFeedback(district string) *FeedbackInfo {
	var last *FeedbackInfo
	for _, sub := range s.counted {
		if f := sub.Feedback; sub.District == district && f != nil && (last == nil || f.line > last.line) {
			last = f
		}
	}
	return last
}

// feedbackStep is what follows a receipt: the feedback, and what it asks for.
func feedbackStep(opts StatusOptions, s *Submission, back *FeedbackInfo) Text {
	c, today := opts.Campaign, register.DayOf(opts.Now.In(Oslo()))
	args := append(s.args(), "feedback", dateOf(c.FeedbackFrom()), "corrections", dateOf(c.CorrectionsBy))
	switch {
	case today > c.CorrectionsBy, back != nil && back.line < s.Lines[0]:
		return Text{"status.next.done", args} // too late to correct, or corrected
	case back != nil && back.Lists > 0 && back.Findings == 0:
		return Text{"status.next.clean", args}
	case back != nil:
		return Text{"status.next.correct", append(args, "opened", back.At.In(Oslo()))}
	case today < c.FeedbackFrom():
		return Text{"status.next.feedback.later", args}
	default:
		return Text{"status.next.feedback", args}
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
