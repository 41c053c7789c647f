package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"iplos/internal/secret"
)

// Shown is one setting for `config show`. No key holds a secret itself, but a
// command line can.
type Shown struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin Origin `json:"origin"`
}

// Show returns every setting with a value, in the table's order.
func (c *Config) Show() []Shown {
	var list []Shown
	for _, k := range Keys() {
		origin, ok := c.origins[k.Name]
		if !ok {
			continue
		}
		list = append(list, Shown{k.Name, c.shownValue(k), origin})
	}
	return list
}

func (c *Config) shownValue(k Key) string {
	switch k.Kind {
	case RuleMap:
		m := c.Rules.Severity
		if strings.HasSuffix(k.Name, ".reason") {
			m = c.Rules.Reason
		}
		var parts []string
		for _, rule := range slices.Sorted(maps.Keys(m)) {
			parts = append(parts, strings.ToUpper(rule)+": "+m[rule])
		}
		return strings.Join(parts, "; ")
	case ContactList:
		return fmt.Sprint(len(c.Contacts))
	case Command:
		program, _, more := strings.Cut(c.values[k.Name], " ")
		if more {
			return program + " " + secret.Redacted
		}
		return program
	default:
		return c.values[k.Name]
	}
}

// Origin returns where a key's value came from.
func (c *Config) Origin(key string) Origin { return c.origins[key] }

// Value returns a key's value as it was written; empty when it has none.
func (c *Config) Value(key string) string { return c.values[key] }
