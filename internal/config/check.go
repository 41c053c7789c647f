package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"iplos/internal/fault"
)

// Check refuses a value that cannot be right for the key of that name.
func Check(name, text string, o Origin) error {
	k, ok := Find(name)
	if !ok {
		return fmt.Errorf("checking a value: no key %q", name)
	}
	return check(k, text, o)
}

// check refuses a value that cannot be right whatever the command.
func check(k Key, text string, o Origin) error {
	bad := func(id string, args ...any) error {
		args = append([]any{"key", k.Name, "value", text, "where", o.String()}, args...)
		return fault.New(fault.Usage, id, args...)
	}
	if len(k.OneOf) > 0 && !slices.Contains(k.OneOf, text) {
		return bad("config.one-of", "allowed", strings.Join(k.OneOf, ", "))
	}
	switch k.Kind {
	case Number:
		if n, err := strconv.Atoi(text); err != nil || n < 0 {
			return bad("config.number")
		}
	case Share:
		if f, err := strconv.ParseFloat(text, 64); err != nil || !(f > 0) || f > 100 {
			return bad("config.share")
		}
	case Date:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return bad("config.date")
		}
	case Switch:
		if text != "true" && text != "false" {
			return bad("config.switch")
		}
	case Text, Path, Command, RuleMap, ContactList:
	}
	return checkNamed(k.Name, text, bad)
}

func checkNamed(name, text string, bad func(string, ...any) error) error {
	switch name {
	case "municipality":
		if !digits(text, 4) {
			return bad("config.municipality")
		}
	case "district":
		if !digits(text, 2) {
			return bad("config.district")
		}
	case "sendemodul.url", "filsluse.url":
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return bad("config.url")
		}
	case "sendemodul.success", "sendemodul.failure":
		if _, err := regexp.Compile(text); err != nil {
			return bad("config.regexp", "cause", err.Error())
		}
	case "contact.email":
		if at := strings.LastIndexByte(text, '@'); at < 1 || !strings.Contains(text[at:], ".") || strings.ContainsAny(text, " \t<>") {
			return bad("config.email")
		}
	case "contact.phone":
		if text != "" && !telephone(text) {
			return bad("config.phone")
		}
	case "campaign.feedback_week":
		if n, _ := strconv.Atoi(text); n < 1 || n > 53 {
			return bad("config.week")
		}
	case "year":
		if n, _ := strconv.Atoi(text); n < 2006 || n > 2100 {
			return bad("config.year")
		}
	}
	return nil
}

// telephone tells whether a text may be a telephone number.
func telephone(s string) bool {
	n := 0
	for i, r := range s {
		switch {
		case '0' <= r && r <= '9':
			n++
		case r == '+' && i == 0, strings.ContainsRune(" ()-\u00a0", r):
		default:
			return false
		}
	}
	return 8 <= n && n <= 15 // E.164
}

func digits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

// String names the origin for a person: file and line, variable or flag.
func (o Origin) String() string {
	switch o.Kind {
	case "file":
		return o.Name + ":" + strconv.Itoa(o.Line)
	case "default":
		return "default"
	default:
		return o.Name
	}
}

// Require returns a fault naming the first key that has no value, with how to
// set it.
func (c *Config) Require(keys ...string) error {
	for _, name := range keys {
		if c.values[name] != "" {
			continue
		}
		if name == "municipality" && len(c.Listed) > 0 {
			return fault.New(fault.Usage, "config.choose", "municipalities", strings.Join(c.Listed, ", "))
		}
		k, _ := Find(name)
		return fault.New(fault.Usage, "config.missing", "key", name, "variable", k.Env())
	}
	return nil
}

// Needed returns the keys that the zone's own job needs: fetching feedback
// outside, sending elsewhere.
func (c *Config) Needed() []string {
	if c.Zone == "outside" {
		return []string{"municipality", "filsluse.username"}
	}
	return []string{"municipality", "organisation_number", "contact.email"}
}

// Missing returns those of the keys that have no value.
func (c *Config) Missing(keys ...string) []string {
	missing := []string{}
	for _, name := range keys {
		if c.values[name] == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

// Overrides returns the changed severities, sorted by rule. A severity
// without a written reason, or a reason without a severity, is an error.
func (c *Config) Overrides() ([]Override, error) {
	var list []Override
	for rule, name := range c.Rules.Severity {
		rule = strings.ToUpper(rule)
		o := Override{Rule: rule, Reason: strings.TrimSpace(lookup(c.Rules.Reason, rule))}
		if err := o.Severity.UnmarshalText([]byte(name)); err != nil {
			return nil, fault.New(fault.Usage, "config.severity", "rule", rule, "value", name)
		}
		if o.Reason == "" {
			return nil, fault.New(fault.Usage, "config.reason-missing", "rule", rule)
		}
		list = append(list, o)
	}
	for rule := range c.Rules.Reason {
		if lookup(c.Rules.Severity, rule) == "" {
			return nil, fault.New(fault.Usage, "config.severity-missing", "rule", strings.ToUpper(rule))
		}
	}
	slices.SortFunc(list, func(a, b Override) int { return strings.Compare(a.Rule, b.Rule) })
	return list, nil
}

func lookup(m map[string]string, rule string) string {
	for k, v := range m {
		if strings.EqualFold(k, rule) {
			return v
		}
	}
	return ""
}
