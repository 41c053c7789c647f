package table

import (
	"strconv"
	"strings"
	"time"
)

// DateFormat is how a column writes days: "dd.mm.yyyy", where yyyy, mm and dd
// are digits of that number, m and d one or two digits, a star at the end is
// anything (a clock time), and all else stands for itself. "excel" is a
// spreadsheet's serial number.
type DateFormat string

// Excel is the DateFormat of serial day numbers.
const Excel DateFormat = "excel"

// DefaultDates are the formats taken when a profile names none. No text fits
// two of them.
func DefaultDates() []DateFormat {
	return []DateFormat{"yyyymmdd", "dd.mm.yyyy", "d.m.yyyy", "yyyy-mm-dd", "yyyy-mm-dd *", "yyyy-mm-ddT*"}
}

// Valid tells whether the format can be used, for days or for months. A year
// of two digits is refused: 17 is 1917 as well as 2017.
func (f DateFormat) Valid(month bool) bool {
	if f == Excel {
		return true
	}
	s := string(f)
	if strings.Count(s, "yyyy") != 1 || strings.Contains(strings.Replace(s, "yyyy", "", 1), "y") {
		return false
	}
	if i := strings.IndexByte(s, '*'); i >= 0 && i != len(s)-1 {
		return false
	}
	m, d := runs(s, 'm'), runs(s, 'd')
	return m == 1 && (d == 1 || month && d == 0)
}

// runs counts the places where c is repeated, and returns 9 when one is
// longer than two.
func runs(s string, c byte) int {
	n, length := 0, 0
	for i := range len(s) {
		if s[i] != c {
			length = 0
			continue
		}
		length++
		if length == 1 {
			n++
		}
		if length > 2 {
			return 9
		}
	}
	return n
}

// append adds the day as yyyymmdd, or yyyymm for a month, and tells whether
// the text has the format. Whether there is such a day is not its business.
func (f DateFormat) append(dst, text []byte, month, date1904 bool) ([]byte, bool) {
	if f == Excel {
		return appendSerial(dst, text, month, date1904)
	}
	var year, mon, day []byte
	i := 0
	for p := 0; p < len(f); {
		c := f[p]
		n := 1
		for p+n < len(f) && f[p+n] == c {
			n++
		}
		switch {
		case c == '*' && p == len(f)-1:
			i, p = len(text), len(f)
			continue
		case c == 'y' || c == 'm' || c == 'd':
			lo := i
			for i < len(text) && i-lo < max(n, 2) && isDigit(text[i]) {
				i++
			}
			if i-lo < n || n == 2 && i-lo != 2 {
				return dst, false
			}
			switch c {
			case 'y':
				year = text[lo:i]
			case 'm':
				mon = text[lo:i]
			default:
				day = text[lo:i]
			}
		default:
			if i+n > len(text) || string(text[i:i+n]) != string(f[p:p+n]) {
				return dst, false
			}
			i += n
		}
		p += n
	}
	if i != len(text) {
		return dst, false
	}
	dst = append(dst, year...)
	dst = appendTwo(dst, mon)
	if !month {
		dst = appendTwo(dst, day)
	}
	return dst, true
}

func appendTwo(dst, digits []byte) []byte {
	if len(digits) == 1 {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// appendSerial reads a spreadsheet's day number. Numbers outside 1900 to 2199
// are left alone: 20170101 is a date in digits, not a serial.
func appendSerial(dst, text []byte, month, date1904 bool) ([]byte, bool) {
	whole, _, _ := strings.Cut(string(text), ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 61 || n > 109_574 || len(whole) > 6 {
		return dst, false
	}
	// Day 60 is 29 February 1900, which spreadsheets have and calendars do
	// not; from day 61 on the count is from 30 December 1899.
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	layout := "20060102"
	if month {
		layout = "200601"
	}
	return epoch.AddDate(0, 0, n).AppendFormat(dst, layout), true
}
