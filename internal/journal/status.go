package journal

import (
	"cmp"
	"slices"
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
	// Gone tells that what was sent cannot be known: packages are kept, and
	// the journal knows of none.
	Gone bool
	// Deadline is nil when the campaign is over.
	Deadline *Deadline
	Next     Text
}

// StatusOptions say what the status depends on beside the journal.
type StatusOptions struct {
	Now      time.Time
	Campaign register.Campaign
	// District counts only the submissions of one district; "" is all.
	District string
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
		if sub.Year == opts.Campaign.Year && (opts.District == "" || sub.District == opts.District) {
			s.Submissions = append(s.Submissions, sub)
		}
	}
	s.counted = counted(s.Submissions, opts.Rehearsal)
	for _, sub := range s.counted {
		if s.settled(sub) {
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

// settled tells that another submission of the same district, sent later, has
// its receipt: what became of this one no longer matters. When they were
// sealed says nothing.
func (s *Status) settled(sub *Submission) bool {
	return slices.ContainsFunc(s.counted, func(o *Submission) bool {
		return o != sub && o.District == sub.District && o.Receipt != nil && o.Receipt.sent > sub.sentLine
	})
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

// Closed tells that nothing more is to be sent here for the data year.
func (s *Status) Closed() bool {
	return s.Next.ID == "status.next.over" || s.Next.ID == "status.next.kpr"
}

// Last is the submission that decides the next step: of each district the
// last one that was not left aside, and of these the one that needs somebody
// first; nil when there is none.
func (s *Status) Last() *Submission {
	var last *Submission
	done := map[string]bool{}
	for _, sub := range slices.Backward(bySending(s.counted)) {
		if done[sub.District] || s.leftAside(sub) {
			continue
		}
		done[sub.District] = true
		if last == nil || urgency(sub.State) > urgency(last.State) {
			last = sub
		}
	}
	return last
}

// bySending orders submissions by when they were last sent; what was not sent
// by when it was sealed.
func bySending(all []*Submission) []*Submission {
	return slices.SortedStableFunc(slices.Values(all), func(a, b *Submission) int { return cmp.Compare(a.moved(), b.moved()) })
}

func (s *Submission) moved() int64 { return max(s.sentLine, s.Lines[0]) }

// urgency orders states by how much they need somebody.
func urgency(s State) int {
	switch s {
	case StateUnknown:
		return 6
	case StateOverdue:
		return 5
	case StateUploading:
		return 4
	case StateRefused:
		return 3
	case StateSealed:
		return 2
	case StateUploaded:
		return 1
	default:
		return 0
	}
}

// leftAside tells of a package that was sealed and never sent, and that
// decides nothing: its district has a receipt, or sent another one afterwards.
func (s *Status) leftAside(sub *Submission) bool {
	return sub.State == StateSealed && (s.superseded(sub) || slices.ContainsFunc(s.counted, func(o *Submission) bool {
		return o.District == sub.District && o.State == StateConfirmed
	}))
}

// Superseded returns the packages that were never sent, and need not be:
// another one of the district was sent after they were sealed.
func (s *Status) Superseded() []*Submission {
	var list []*Submission
	for _, sub := range s.counted {
		if sub.State == StateSealed && s.superseded(sub) {
			list = append(list, sub)
		}
	}
	return list
}

func (s *Status) superseded(sub *Submission) bool {
	return slices.ContainsFunc(s.counted, func(o *Submission) bool {
		arrived := o.State == StateUploaded || o.State == StateOverdue || o.State == StateConfirmed
		return arrived && o.District == sub.District && o.sentLine > sub.Lines[0]
	})
}
