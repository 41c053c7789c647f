package netcheck

import (
	"context"
	"fmt"
	"time"
)

// earliest is a year before which this program did not exist.
const earliest = 2026

// probeClock looks at the machine's own clock: certificates, deadlines and
// receipts depend on it. How far off it is shows when a server answers, in
// the http step.
func probeClock(_ context.Context, s *session) outcome {
	var o outcome
	now := s.opts.Now()
	o.say("netcheck.clock.now", "time", now, "zone", zoneText(now))
	if now.Year() < earliest {
		o.warn("netcheck.clock.past")
		o.advise("netcheck.clock.past.advice")
	}
	if _, offset := now.Zone(); offset != norwegianOffset(now) {
		o.warn("netcheck.clock.zone", "zone", zoneText(now))
		o.advise("netcheck.clock.zone.advice")
	}
	return o
}

// zoneText writes a zone as its distance from UTC: names differ between
// systems.
func zoneText(t time.Time) string {
	_, offset := t.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, offset/3600, offset%3600/60)
}

// norwegianOffset is the distance from UTC in Norway in seconds. Summer time
// runs from the last Sunday of March to the last of October, at 01:00 UTC
// (directive 2000/84/EC). The rule stands here because Windows has no zone
// files to read.
func norwegianOffset(t time.Time) int {
	change := func(m time.Month) time.Time {
		last := time.Date(t.UTC().Year(), m, 31, 1, 0, 0, 0, time.UTC)
		return last.AddDate(0, 0, -int(last.Weekday()))
	}
	if u := t.UTC(); !u.Before(change(time.March)) && u.Before(change(time.October)) {
		return 2 * 3600
	}
	return 3600
}
