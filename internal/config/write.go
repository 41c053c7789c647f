package config

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"iplos/internal/fault"
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

// Edit returns a configuration file with the given keys changed and all else,
// comments included, as it was. In a file with a list of municipalities, what
// belongs to one of them is changed in its own section.
func Edit(path string, data []byte, set map[string]string) ([]byte, error) {
	if _, err := parseDocument(path, data); err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "config.syntax", "file", path, "cause", err.Error())
	}
	if root.Kind == 0 {
		root = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	top := root.Content[0]
	own := ownSection(top, set["municipality"])
	for _, k := range Keys() {
		value, ok := set[k.Name]
		if !ok {
			continue
		}
		if k.Own {
			setIn(own, strings.Split(k.Name, "."), value)
		} else {
			setIn(top, strings.Split(k.Name, "."), value)
		}
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&root); err != nil {
		return nil, fmt.Errorf("writing the configuration: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// ownSection returns the mapping of one municipality: its entry in the list,
// a new entry, or the top where there is no list.
func ownSection(top *yaml.Node, municipality string) *yaml.Node {
	list := child(top, "municipalities")
	if list == nil || list.Kind != yaml.SequenceNode {
		return top
	}
	for _, item := range list.Content {
		if n := child(item, "municipality"); n != nil && n.Value == municipality {
			return item
		}
	}
	item := &yaml.Node{Kind: yaml.MappingNode}
	list.Content = append(list.Content, item)
	return item
}

func child(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func setIn(m *yaml.Node, path []string, value string) {
	n := child(m, path[0])
	if n == nil {
		n = &yaml.Node{}
		m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: path[0]}, n)
	}
	if len(path) == 1 {
		n.Kind, n.Tag, n.Value, n.Style, n.Content = yaml.ScalarNode, "!!str", value, yaml.DoubleQuotedStyle, nil
		return
	}
	if n.Kind != yaml.MappingNode {
		n.Kind, n.Tag, n.Value, n.Style = yaml.MappingNode, "!!map", "", 0
	}
	setIn(n, path[1:], value)
}
