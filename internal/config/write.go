package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// New returns a configuration file with every key: the given ones set, the
// others as comments with their default. Doc gives the comment of a key, ""
// for the whole file.
func New(set map[string]string, doc func(key string) string) []byte {
	var b strings.Builder
	comment(&b, "", doc(""))
	section := ""
	for _, k := range Keys() {
		if k.Kind == RuleMap || k.Kind == ContactList {
			continue
		}
		parent, leaf := split(k.Name)
		if parent != section {
			section = parent
			openSection(&b, parent)
		}
		indent := strings.Repeat("  ", depth(parent))
		b.WriteByte('\n')
		comment(&b, indent, doc(k.Name))
		if value, ok := set[k.Name]; ok {
			fmt.Fprintf(&b, "%s%s: %s\n", indent, leaf, quote(value))
		} else {
			fmt.Fprintf(&b, "%s# %s: %s\n", indent, leaf, k.Default)
		}
	}
	return []byte(b.String())
}

func split(name string) (parent, leaf string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

func depth(parent string) int {
	if parent == "" {
		return 0
	}
	return 1 + strings.Count(parent, ".")
}

// openSection writes the headings down to a section. A heading without a key
// set below it is an empty section, which the reader allows.
func openSection(b *strings.Builder, parent string) {
	if parent == "" {
		return
	}
	parts := strings.Split(parent, ".")
	last := len(parts) - 1
	fmt.Fprintf(b, "\n%s%s:\n", strings.Repeat("  ", last), parts[last])
}

func comment(b *strings.Builder, indent, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight(indent+"# "+line, " ") + "\n")
	}
}

// quote writes a value so that it is read as it stands: numbers keep their
// zeros also in other programs.
func quote(value string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.DoubleQuotedStyle}
	text, err := yaml.Marshal(&n)
	if err != nil {
		return fmt.Sprintf("%q", value)
	}
	return strings.TrimSpace(string(text))
}
