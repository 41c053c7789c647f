package workflow

import "iplos/internal/fault"

// Zone is where a command may run.
type Zone string

// The zones. The secure zone holds PIN, passwords, exports and opened
// feedback and never needs the internet; outside sees ciphertext only.
const (
	Either  Zone = ""
	Secure  Zone = "secure"
	Outside Zone = "outside"
)

// RequireZone refuses a command of the other zone. Where no zone is set both
// work.
func (r *Run) RequireZone(z Zone) error {
	if z == Either || r.Config.Zone == "" || r.Config.Zone == string(z) {
		return nil
	}
	if z == Secure {
		return fault.New(fault.Usage, "zone.needs-secure")
	}
	return fault.New(fault.Usage, "zone.needs-outside")
}
