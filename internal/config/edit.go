package config

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Edit returns a configuration file with the given keys changed and all else,
// comments included, as it was: line by line where that can be done, which
// leaves every other line alone, else by writing the whole file anew. In a
// file with a list of municipalities, what belongs to one of them is changed
// in its own section.
func Edit(path string, data []byte, set map[string]string) ([]byte, error) {
	if _, err := parseDocument(path, data); err != nil {
		return nil, err
	}
	if edited, ok := editLines(path, data, set); ok {
		return edited, nil
	}
	return rewrite(path, data, set)
}

// rewrite changes the keys in the parsed file and writes it anew. Comments
// stay, blank lines may not.
func rewrite(path string, data []byte, set map[string]string) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, syntaxFault(err, path)
	}
	if root.Kind == 0 {
		root = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	top := root.Content[0]
	var own *yaml.Node
	for _, k := range Keys() {
		value, ok := set[k.Name]
		if !ok {
			continue
		}
		if k.Own {
			if own == nil {
				own = ownSection(top, set["municipality"])
			}
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

// editLines changes the lines of a file without a list of municipalities. It
// gives up where the result does not read as the old file with just these
// keys changed.
func editLines(path string, data []byte, set map[string]string) ([]byte, bool) {
	old, err := parseDocument(path, data)
	if err != nil || len(old.sections) > 0 {
		return nil, false
	}
	lineEnd := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		lineEnd = "\r\n"
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for _, k := range Keys() {
		value, ok := set[k.Name]
		if !ok {
			continue
		}
		if lines, ok = editLine(lines, k.Name, value); !ok {
			return nil, false
		}
	}
	edited := []byte(strings.Join(lines, lineEnd) + lineEnd)
	now, err := parseDocument(path, edited)
	if err != nil || !sameBut(old.top, now.top, set) {
		return nil, false
	}
	return edited, true
}

// sameBut tells whether the settings differ in what was set and nothing else.
func sameBut(old, now map[string]entry, set map[string]string) bool {
	for _, k := range Keys() {
		was, is := fmt.Sprint(old[k.Name].value), fmt.Sprint(now[k.Name].value)
		if value, ok := set[k.Name]; ok {
			was = value
		}
		if was != is {
			return false
		}
	}
	return true
}

// editLine gives one key a value: where it stands, else on the line that has
// it as a comment, else on a new line of its section.
func editLine(lines []string, name, value string) ([]string, bool) {
	var root yaml.Node
	if yaml.Unmarshal([]byte(strings.Join(lines, "\n")), &root) != nil {
		return nil, false
	}
	start, end, indent := -1, len(lines), ""
	m := &yaml.Node{Kind: yaml.MappingNode}
	if root.Kind != 0 {
		m = root.Content[0]
	}
	parts := strings.Split(name, ".")
	for _, part := range parts[:len(parts)-1] {
		key, below := pairIn(m, part)
		if key == nil || m.Style&yaml.FlowStyle != 0 {
			return nil, false
		}
		start, indent, m = key.Line-1, indent+"  ", below
		end = sectionEnd(lines, start, end)
	}
	leaf := parts[len(parts)-1]
	line := indent + leaf + ": " + quote(value)
	if key, n := pairIn(m, leaf); key != nil {
		own := strings.Repeat(" ", max(0, key.Column-1))
		return replaceLine(lines, n, own+strings.TrimLeft(line, " "))
	}
	for i := start + 1; i < end; i++ {
		if strings.HasPrefix(lines[i]+" ", indent+"# "+leaf+": ") {
			lines[i] = line
			return lines, true
		}
	}
	if start < 0 {
		return append(lines, "", line), true
	}
	return append(lines[:start+1], append([]string{line}, lines[start+1:]...)...), true
}

// replaceLine writes a value that stands on one line anew, and keeps the
// comment behind it.
func replaceLine(lines []string, n *yaml.Node, line string) ([]string, bool) {
	if n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return nil, false
	}
	if n.LineComment != "" {
		line += " " + n.LineComment
	}
	lines[n.Line-1] = line
	return lines, true
}

// sectionEnd is the line after the last of a section: the next that stands no
// deeper than its heading.
func sectionEnd(lines []string, heading, limit int) int {
	deep := indentation(lines[heading])
	for i := heading + 1; i < limit; i++ {
		if strings.TrimSpace(lines[i]) != "" && indentation(lines[i]) <= deep {
			return i
		}
	}
	return limit
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func pairIn(m *yaml.Node, key string) (name, value *yaml.Node) {
	for i := 0; m != nil && i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i], m.Content[i+1]
		}
	}
	return nil, nil
}
