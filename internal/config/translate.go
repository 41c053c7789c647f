package config

import (
	"strconv"

	"iplos/internal/register"
)

// translate makes Municipality the number of the data year, where the
// settings allow it and there is exactly one. Everything that reports goes by
// that number: rules, manifest, login and journal.
func (c *Config) translate() {
	c.MunicipalitySet = c.Municipality
	if !c.TranslateMunicipality || c.Municipality == "" {
		return
	}
	if in, _ := register.NumberIn(c.Municipality, c.Year); len(in) == 1 {
		c.Municipality = in[0].Number
	}
}

// Translated tells whether the municipality reports under another number than
// the one that is set.
func (c *Config) Translated() bool {
	return c.MunicipalitySet != "" && c.MunicipalitySet != c.Municipality
}

// Translation says so, as a catalogue id with arguments; the id is empty where
// there is nothing to say.
func (c *Config) Translation() (id string, args []any) {
	if !c.Translated() {
		return "", nil
	}
	set, _ := register.Known(c.MunicipalitySet)
	now, _ := register.InYear(c.Municipality, c.Year)
	return "config.translated", []any{
		"set", set.Number, "setname", set.Name, "number", now.Number, "name", now.Name, "year", strconv.Itoa(c.Year),
	}
}
