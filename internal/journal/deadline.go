package journal

import (
	"time"

	"iplos/internal/register"
)

// Deadline is the next date that matters.
type Deadline struct {
	Text
	Day register.Day
	// Days is how many days are left: 0 is today.
	Days int
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
	case Over(c, now):
		return &Text{"status.window.over", args}
	case today > c.WindowTo:
		return &Text{"status.window.after", args}
	default:
		return nil
	}
}

// Over tells that nothing sent now counts any more: the day for corrections
// is past.
func Over(c register.Campaign, now time.Time) bool {
	return register.DayOf(now.In(Oslo())) > c.CorrectionsBy
}

// Date is a calendar day as a text's argument: it is shown without a clock
// time, in the reader's language.
type Date time.Time

func dateOf(d register.Day) Date { return Date(d.Time(Oslo())) }

// Day returns the day's beginning, for the reader's language to write.
func (d Date) Day() time.Time { return time.Time(d) }
