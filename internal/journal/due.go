package journal

import (
	_ "embed" // Norwegian time
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/no"
)

// receiptHour is when SSB sends the day's receipts (guide: "kl. 08.00").
const receiptHour = 8

// osloZone is Europe/Oslo of the tz database, Debian's tzdata 2025b: Windows
// has no zone files, and the receipt comes at 08:00 in Oslo. One zone is enough;
// time/tzdata has them all, half a megabyte. A newer one is copied from
// /usr/share/zoneinfo/Europe/Oslo.
//
//go:embed oslo.tzif
var osloZone []byte

// Oslo returns Norwegian time.
func Oslo() *time.Location {
	zone, err := time.LoadLocationFromTZData("Europe/Oslo", osloZone)
	if err != nil {
		// It is embedded: this cannot happen, and an hour's error is better
		// than none of the rest.
		return time.FixedZone("CET", 3600)
	}
	return zone
}

// ReceiptDue returns when SSB's e-mail for an upload at t is due: 08:00 in
// Norway on the first working day after (the guide, 5.3). 24 and 31 December
// are working days by law and counted as such.
func ReceiptDue(t time.Time) time.Time {
	calendar := cal.NewBusinessCalendar()
	calendar.AddHoliday(no.Holidays...)
	t = t.In(Oslo())
	day := time.Date(t.Year(), t.Month(), t.Day(), receiptHour, 0, 0, 0, t.Location())
	for {
		day = day.AddDate(0, 0, 1)
		if calendar.IsWorkday(day) {
			return day
		}
	}
}
