package workflow

import (
	"time"

	"iplos/internal/register"
)

// campaign returns the data year's calendar, with the days that the
// configuration says otherwise. A day of another campaign is passed over: the
// same configuration serves more than one year.
func (r *Run) campaign() register.Campaign {
	c := register.CampaignFor(r.Config.Year)
	set := r.Config.Campaign
	for _, d := range []struct {
		day  *register.Day
		text string
		year int
	}{
		{&c.KeyFrom, set.KeyFrom, c.Year},
		{&c.WindowFrom, set.WindowFrom, c.Year + 1},
		{&c.WindowTo, set.WindowTo, c.Year + 1},
		{&c.CorrectionsBy, set.CorrectionsBy, c.Year + 1},
	} {
		// The configuration has checked the form; nothing set is no day.
		if at, err := time.Parse(time.DateOnly, d.text); err == nil && at.Year() == d.year {
			*d.day = register.DayOf(at)
		}
	}
	if set.FeedbackWeek > 0 {
		c.FeedbackWeek = set.FeedbackWeek
	}
	return c
}
