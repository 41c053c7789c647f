package register

// Day is a calendar day as the number yyyymmdd; 0 is no day. It converts to
// and from the message's own date type as a number.
type Day int32

// MakeDay returns the day, without checking that it exists.
func MakeDay(year, month, day int) Day { return Day(year*10000 + month*100 + day) }

// Year returns the year.
func (d Day) Year() int { return int(d) / 10000 }

// Month returns the month, 1 to 12.
func (d Day) Month() int { return int(d) / 100 % 100 }

// DayOfMonth returns the day of the month, from 1.
func (d Day) DayOfMonth() int { return int(d) % 100 }

// forever is the last day of what is still valid, so that spans compare.
const forever Day = 99991231

// span is a validity period, both days included.
type span struct{ from, to Day }

func (s span) covers(d Day) bool { return s.from <= d && d <= s.to }
