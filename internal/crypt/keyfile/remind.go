package keyfile

import (
	"fmt"
	"time"
)

// Verify looks again at a pin, as of now: the stored key is the confirmed
// one, and every check that does not depend on the day of import.
func (s *Store) Verify(p *Pin, u Use) ([]Concern, error) {
	k, err := p.Key()
	if err != nil {
		return nil, fmt.Errorf("verifying a key: %w", err)
	}
	u.Year, u.Role, u.AcceptEarly, u.AcceptUnchanged = p.Year, p.Role, true, true
	concerns := s.Examine(k, u)
	for i := range concerns {
		concerns[i].Role = p.Role
	}
	return concerns, nil
}

// Reminders returns what should be done about the keys of a data year, for
// status and doctor: a key that is due and not there, one that ends within
// 60, 30 or 7 days or has ended.
func (s *Store) Reminders(year int, now time.Time) []Concern {
	var out []Concern
	if _, err := s.Find(year, Register); err != nil && !now.Before(keysDue(year, now.Location())) {
		out = append(out, *warning("key.due", "year", year))
	}
	for _, p := range s.Pins() {
		if p.Year != year || p.NotAfter.IsZero() {
			continue
		}
		if c := expiry(p, now); c != nil {
			c.Role = p.Role
			out = append(out, *c)
		}
	}
	return out
}

func expiry(p Pin, now time.Time) *Concern {
	const day = 24 * time.Hour
	left := p.NotAfter.Sub(now)
	args := []any{"days", int(left / day), "until", p.NotAfter.In(now.Location())}
	switch {
	case left <= 0:
		return warning("key.expires.ended", args...)
	case left <= 7*day:
		return warning("key.expires.week", args...)
	case left <= 30*day:
		return warning("key.expires.month", args...)
	case left <= 60*day:
		return warning("key.expires.soon", args...)
	default:
		return nil
	}
}
