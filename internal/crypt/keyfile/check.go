package keyfile

import (
	"crypto/x509"
	"time"

	"iplos/internal/fault"
)

// Use says what a key is to be used for and what the user has accepted.
type Use struct {
	// Year is the data year, Role whom the key belongs to.
	Year int
	Role Role
	// Now decides the dates.
	Now time.Time
	// Deadline is the last day for corrections; zero means 21 March after
	// the data year.
	Deadline time.Time
	// Fingerprint is one obtained from the receiver by another way, or empty.
	Fingerprint string
	// AcceptEarly takes a key imported before 1 December of the data year,
	// AcceptUnchanged one that was used for an earlier year.
	AcceptEarly     bool
	AcceptUnchanged bool
	// Roots and CRLs are files from IT, for checking the chain offline; both
	// may be empty.
	Roots []*x509.Certificate
	CRLs  []*x509.RevocationList

	// earlier are the pins there are.
	earlier []Pin
}

// Concern is what a check found.
type Concern struct {
	// Refuse means that the key must not be used; otherwise it is a warning.
	Refuse bool
	// Kind is the fault's kind of a refusal.
	Kind fault.Kind
	// ID is the text in the catalogue, Args its arguments.
	ID   string
	Args []any
	// Role says which of the pinned keys it is about; empty when that is
	// plain.
	Role Role
}

// Check is one thing looked at in a key; find returns nil when it is right.
type Check struct {
	Name string
	find func(*Key, Use) *Concern
}

func refusal(id string, args ...any) *Concern {
	return &Concern{Refuse: true, Kind: fault.Usage, ID: id, Args: args}
}

func warning(id string, args ...any) *Concern { return &Concern{ID: id, Args: args} }

// Checks returns what is looked at in a key, in the order it is reported.
func Checks() []Check {
	return []Check{
		{"fingerprint", checkFingerprint},
		{"not-before", checkNotBefore},
		{"not-after", checkNotAfter},
		{"deadline", checkDeadline},
		{"certificate", checkCertificate},
		{"early", checkEarly},
		{"unchanged", checkUnchanged},
		{"role", checkRole},
		{"usage", checkUsage},
		{"usage-absent", checkUsageAbsent},
		{"size", checkSize},
		{"strength", checkStrength},
		{"exponent", checkExponent},
		{"chain", checkChain},
		{"revocation", checkRevocation},
	}
}

// Examine runs every check.
func Examine(k *Key, u Use) []Concern {
	if u.Deadline.IsZero() {
		u.Deadline = time.Date(u.Year+1, time.March, 21, 23, 59, 59, 0, u.Now.Location())
	}
	var out []Concern
	for _, c := range Checks() {
		if concern := c.find(k, u); concern != nil {
			out = append(out, *concern)
		}
	}
	return out
}

func checkFingerprint(k *Key, u Use) *Concern {
	if u.Fingerprint == "" || SameFingerprint(u.Fingerprint, k.SPKISHA256()) {
		return nil
	}
	c := refusal("key.check.fingerprint", "fingerprint", Groups(k.SPKISHA256()))
	c.Kind = fault.Integrity // not the file the receiver speaks of
	return c
}

func checkNotBefore(k *Key, u Use) *Concern {
	if k.Certificate == nil || !u.Now.Before(k.Certificate.NotBefore) {
		return nil
	}
	return refusal("key.check.not-yet", "from", k.Certificate.NotBefore.In(u.Now.Location()))
}

func checkNotAfter(k *Key, u Use) *Concern {
	if k.Certificate == nil || !u.Now.After(k.Certificate.NotAfter) {
		return nil
	}
	return refusal("key.check.expired", "until", k.Certificate.NotAfter.In(u.Now.Location()))
}

func checkDeadline(k *Key, u Use) *Concern {
	if k.Certificate == nil || u.Now.After(k.Certificate.NotAfter) || !k.Certificate.NotAfter.Before(u.Deadline) ||
		u.Now.After(u.Deadline) {
		return nil
	}
	return warning("key.check.ends-early", "until", k.Certificate.NotAfter.In(u.Now.Location()), "deadline", u.Deadline)
}

func checkCertificate(k *Key, _ Use) *Concern {
	if k.Certificate != nil {
		return nil
	}
	return warning("key.check.bare")
}

// keysDue is when the year's key is published: after 1 December.
func keysDue(year int, zone *time.Location) time.Time {
	return time.Date(year, time.December, 1, 0, 0, 0, 0, zone)
}

func checkEarly(_ *Key, u Use) *Concern {
	due := keysDue(u.Year, u.Now.Location())
	if u.AcceptEarly || !u.Now.Before(due) {
		return nil
	}
	return refusal("key.check.early", "year", u.Year, "due", due)
}

func checkUnchanged(k *Key, u Use) *Concern {
	if u.AcceptUnchanged {
		return nil
	}
	for _, p := range u.earlier {
		if p.Role == u.Role && p.Year != u.Year && p.SPKISHA256 == k.SPKISHA256() {
			return refusal("key.check.unchanged", "year", u.Year, "other", p.Year)
		}
	}
	return nil
}

// checkRole warns when one key is imported for both roles: then the
// identities are not apart.
func checkRole(k *Key, u Use) *Concern {
	for _, p := range u.earlier {
		if p.Role != u.Role && p.Year == u.Year && p.SPKISHA256 == k.SPKISHA256() {
			return warning("key.check.both-roles", "year", u.Year)
		}
	}
	return nil
}

func checkUsage(k *Key, _ Use) *Concern {
	if k.Certificate == nil || k.Certificate.KeyUsage == 0 ||
		k.Certificate.KeyUsage&x509.KeyUsageKeyEncipherment != 0 {
		return nil
	}
	return refusal("key.check.usage")
}

func checkUsageAbsent(k *Key, _ Use) *Concern {
	if k.Certificate == nil || k.Certificate.KeyUsage != 0 {
		return nil
	}
	return warning("key.check.usage-absent")
}

func checkSize(k *Key, _ Use) *Concern {
	if k.Public.N.BitLen() >= 2048 {
		return nil
	}
	return refusal("key.check.short", "bits", k.Public.N.BitLen())
}

func checkStrength(k *Key, _ Use) *Concern {
	if bits := k.Public.N.BitLen(); bits < 2048 || bits >= 3072 {
		return nil
	}
	return warning("key.check.weak", "bits", k.Public.N.BitLen())
}

func checkExponent(k *Key, _ Use) *Concern {
	if k.Public.E%2 == 1 && k.Public.E >= 65537 {
		return nil
	}
	return refusal("key.check.exponent", "exponent", k.Public.E)
}
