package netcheck

import (
	"context"
	"fmt"
	"time"

	"iplos/internal/journal"
)

// earliest is a year before which this program did not exist.
const earliest = 2026

// probeClock looks at the machine's own clock: certificates, deadlines and
// receipts depend on it. How far off it is shows when a server answers, in
// the http step.
func probeClock(_ context.Context, s *session) outcome {
	var o outcome
	now := s.opts.Now()
	o.say("netcheck.clock.now", "time", now.In(journal.Oslo())) // as all else in the answer
	if now.Year() < earliest {
		o.warn("netcheck.clock.past")
		o.advise("netcheck.clock.past.advice")
	}
	if zoneText(now) != zoneText(now.In(journal.Oslo())) {
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
