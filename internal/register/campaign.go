package register

import "time"

// Campaign is the calendar of one reporting campaign. All days are Norwegian
// local days.
type Campaign struct {
	// Year is the data year; the campaign runs in the year after.
	Year int
	// Published tells that the dates stand in the guide for that data year;
	// otherwise they follow the same shape and may be off.
	Published bool
	// KeyFrom is the first day the new public key can be fetched.
	KeyFrom Day
	// WindowFrom and WindowTo are the first and the last day of the
	// submission window.
	WindowFrom, WindowTo Day
	// FeedbackWeek is the ISO week the feedback comes in.
	FeedbackWeek int
	// FiguresOn is the day the KOSTRA figures are published.
	FiguresOn Day
	// CorrectionsBy is the last day for corrections to count.
	CorrectionsBy Day
	// CorrectedFiguresOn is about the day the corrected figures are
	// published: the guide says the middle of June.
	CorrectedFiguresOn Day
}

// campaignRow is a row of the table of campaigns: days are month and day, of
// the data year for the key and of the year after for the rest.
type campaignRow struct {
	years
	published                             bool
	keyFrom, windowFrom, windowTo         int
	feedbackWeek                          int
	figuresOn, correctionsBy, correctedOn int
}

// CampaignFor returns the campaign of a data year. Only that of 2017 is
// published; others take its shape.
func CampaignFor(year int) Campaign {
	for _, r := range tables().campaigns {
		if !r.cover(year) {
			continue
		}
		next := func(monthDay int) Day { return Day((year+1)*10000 + monthDay) }
		return Campaign{
			Year: year, Published: r.published, KeyFrom: Day(year*10000 + r.keyFrom),
			WindowFrom: next(r.windowFrom), WindowTo: next(r.windowTo), FeedbackWeek: r.feedbackWeek,
			FiguresOn: next(r.figuresOn), CorrectionsBy: next(r.correctionsBy), CorrectedFiguresOn: next(r.correctedOn),
		}
	}
	return Campaign{Year: year}
}

// FeedbackFrom returns the Monday of the feedback week.
func (c Campaign) FeedbackFrom() Day {
	// 4 January is always in ISO week 1.
	t := time.Date(c.Year+1, 1, 4+7*(c.FeedbackWeek-1), 12, 0, 0, 0, time.UTC)
	back := (int(t.Weekday()) + 6) % 7
	t = t.AddDate(0, 0, -back)
	return MakeDay(t.Year(), int(t.Month()), t.Day())
}

// DayOf returns the calendar day of a time, in the time's own location.
func DayOf(t time.Time) Day { return MakeDay(t.Year(), int(t.Month()), t.Day()) }

// Time returns the beginning of the day in a location.
func (d Day) Time(loc *time.Location) time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.DayOfMonth(), 0, 0, 0, 0, loc)
}
