package record

// Date is a calendar day as the number yyyymmdd, so that days compare as
// numbers do. The zero Date is no day.
type Date int32

// MakeDate returns the day, without checking that it exists.
func MakeDate(year, month, day int) Date { return Date(year*10000 + month*100 + day) }

// ParseDate reads yyyymmdd. It returns ok only for a day that exists in the
// Gregorian calendar.
func ParseDate(text []byte) (d Date, ok bool) {
	if !HasDateForm(text) {
		return 0, false
	}
	n := 0
	for _, c := range text {
		n = n*10 + int(c-'0')
	}
	d = Date(n)
	return d, d.Day() <= daysIn(d.Year(), d.Month())
}

// HasDateForm tells whether the text matches the schema's date pattern:
// eight digits, month 01–12, day 01–31.
func HasDateForm(text []byte) bool {
	if len(text) != 8 {
		return false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	month := int(text[4]-'0')*10 + int(text[5]-'0')
	day := int(text[6]-'0')*10 + int(text[7]-'0')
	return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// Year returns the year.
func (d Date) Year() int { return int(d) / 10000 }

// Month returns the month, 1 to 12.
func (d Date) Month() int { return int(d) / 100 % 100 }

// Day returns the day of the month, from 1.
func (d Date) Day() int { return int(d) % 100 }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}
