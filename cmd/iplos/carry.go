package main

import (
	"strings"

	"iplos/internal/journal"
)

// configured are the commands that read the configuration: where a text tells
// somebody to run one, it has to be the same configuration as this run's.
func configured() []string {
	return []string{
		"init", "validate", "submit", "status", "receipt", "feedback", "extract", "encrypt", "open", "key",
		"password", "journal", "check-network", "doctor", "config",
	}
}

// carry has the commands in hints and next steps carry what this run was told
// on the command line of whose settings to use: what is pasted after a
// rehearsal must not be the real delivery.
func (a *app) carry() { a.carryFor(a.given("municipality"), a.given("district")) }

// carryFor is carry for a municipality that is settled in another way.
func (a *app) carryFor(municipality, district string) {
	var flags []string
	for _, f := range []struct{ name, value string }{
		{"config", a.given("config")}, {"municipality", municipality}, {"district", district},
	} {
		if f.value != "" {
			flags = append(flags, "--"+f.name+" "+journal.Quoted(f.value))
		}
	}
	a.Printer = a.Carrying(strings.Join(flags, " "), configured())
}
