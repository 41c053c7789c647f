package synth

import "time"

// firstYear is the first year a day can lie in; the oldest person is 102.
const firstYear = 1900

// day is a number of days since 1 January 1900.
type day int32

// calendar holds every day's text once, so that making a date is copying
// eight bytes.
type calendar struct {
	text []byte
}

func newCalendar(lastYear int) *calendar {
	c := &calendar{}
	end := time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC); t.Before(end); t = t.AddDate(0, 0, 1) {
		c.text = t.AppendFormat(c.text, "20060102")
	}
	return c
}

func dayOf(year, month, dayOfMonth int) day {
	start := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	return day(time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC).Sub(start).Hours() / 24)
}

// date returns the day's yyyymmdd; it is shared, not to be changed.
func (c *calendar) date(d day) []byte { return c.text[d*8 : d*8+8 : d*8+8] }

// month returns the day's yyyymm.
func (c *calendar) month(d day) []byte { return c.text[d*8 : d*8+6 : d*8+6] }

func (c *calendar) days() int { return len(c.text) / 8 }
