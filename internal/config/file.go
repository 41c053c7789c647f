package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"iplos/internal/fault"
)

// entry is a value in the file as it is written, and its line.
type entry struct {
	value any
	line  int
}

// document is a configuration file read: the settings at the top, and one
// section for each municipality in a host company's list.
type document struct {
	path     string
	top      map[string]entry
	sections []map[string]entry
}

// readDocument reads a file. Values are kept as they are written, so that
// 0403 stays 0403, which YAML's own typing would make a number of.
func readDocument(path string) (*document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Wrap(err, fault.Usage, "config.not-found", "file", path)
		}
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
			return nil, fault.Wrap(err, fault.Usage, "config.folder", "file", path)
		}
		return nil, fault.Wrap(err, fault.Usage, "config.unreadable", "file", path)
	}
	return parseDocument(path, data)
}

func parseDocument(path string, data []byte) (*document, error) {
	d, wrong := scanDocument(path, data)
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	return d, nil
}

// scanDocument reads what can be read, and returns all that is wrong.
func scanDocument(path string, data []byte) (*document, []error) {
	d := &document{path: path, top: map[string]entry{}}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return d, []error{syntaxFault(err, path)}
	}
	if root.Kind == 0 { // an empty file is an empty configuration
		return d, nil
	}
	r := fileReader{doc: d}
	if err := r.mapping(root.Content[0], "", d.top, true); err != nil {
		return d, append(r.wrong, err)
	}
	if err := r.ownKeysStandInSections(); err != nil {
		return d, append(r.wrong, err)
	}
	return d, r.wrong
}

// syntaxFault names the line; what the library says of it is no help to one
// who reads no English.
func syntaxFault(err error, path string) error {
	cause := strings.TrimPrefix(err.Error(), "yaml: ")
	if after, ok := strings.CutPrefix(cause, "line "); ok {
		line, _, _ := strings.Cut(after, ":")
		return fault.Wrap(err, fault.Usage, "config.syntax-line", "file", path, "line", line)
	}
	return fault.Wrap(err, fault.Usage, "config.syntax", "file", path, "cause", cause)
}

type fileReader struct {
	doc *document
	// wrong are the lines that could not be used.
	wrong []error
}

func (r *fileReader) fail(id string, n *yaml.Node, args ...any) error {
	args = append([]any{"file", r.doc.path, "line", n.Line}, args...)
	return fault.New(fault.Usage, id, args...)
}

// mapping reads one level of keys below the prefix into the settings.
func (r *fileReader) mapping(n *yaml.Node, prefix string, into map[string]entry, top bool) error {
	if n.Kind != yaml.MappingNode {
		return r.fail("config.not-a-map", n, "key", strings.TrimSuffix(prefix, "."))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		var err error
		if first, _ := pairIn(n, key.Value); first != key {
			err = r.fail("config.duplicate-key", key, "key", prefix+key.Value)
		} else if value.Kind == yaml.AliasNode {
			err = r.fail("config.alias", value, "key", key.Value)
		} else {
			err = r.pair(prefix+key.Value, key, value, into, top)
		}
		if err != nil {
			r.wrong = append(r.wrong, err)
		}
	}
	return nil
}

func (r *fileReader) pair(name string, key, value *yaml.Node, into map[string]entry, top bool) error {
	if top && name == "municipalities" {
		return r.list(value)
	}
	k, known := Find(name)
	switch {
	case known && k.Kind == RuleMap:
		return r.ruleMap(name, value, into)
	case known && k.Kind == ContactList:
		return r.contacts(name, value, into)
	case known:
		if value.Kind != yaml.ScalarNode {
			return r.fail("config.not-a-value", value, "key", name)
		}
		if value.Tag != "!!null" {
			into[name] = entry{value.Value, key.Line}
		}
		return nil
	case isSection(name):
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			return nil
		}
		return r.mapping(value, name+".", into, top)
	default:
		return r.unknown(key, name)
	}
}

func (r *fileReader) unknown(n *yaml.Node, name string) error {
	if likely := Likely(name); likely != "" {
		return r.fail("config.unknown-key-likely", n, "key", name, "likely", likely)
	}
	return r.fail("config.unknown-key", n, "key", name)
}

func isSection(name string) bool {
	return slices.ContainsFunc(Keys(), func(k Key) bool { return strings.HasPrefix(k.Name, name+".") })
}

func (r *fileReader) list(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return r.fail("config.not-a-list", n, "key", "municipalities")
	}
	for _, item := range n.Content {
		section := map[string]entry{}
		if err := r.mapping(item, "", section, false); err != nil {
			return err
		}
		number, ok := section["municipality"]
		if !ok {
			return r.fail("config.list-without-number", item)
		}
		taken := func(s map[string]entry) bool {
			return s["municipality"].value == number.value && s["district"].value == section["district"].value
		}
		if slices.ContainsFunc(r.doc.sections, taken) {
			return r.fail("config.list-twice", item, "municipality", number.value)
		}
		r.doc.sections = append(r.doc.sections, section)
	}
	return nil
}

func (r *fileReader) ruleMap(name string, n *yaml.Node, into map[string]entry) error {
	if n.Kind != yaml.MappingNode {
		return r.fail("config.not-a-map", n, "key", name)
	}
	m := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i+1].Kind != yaml.ScalarNode {
			return r.fail("config.not-a-value", n.Content[i+1], "key", name+"."+n.Content[i].Value)
		}
		m[strings.ToUpper(n.Content[i].Value)] = n.Content[i+1].Value
	}
	into[name] = entry{m, n.Line}
	return nil
}

func (r *fileReader) contacts(name string, n *yaml.Node, into map[string]entry) error {
	if n.Kind != yaml.SequenceNode {
		return r.fail("config.not-a-list", n, "key", name)
	}
	var list []any
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode {
			return r.fail("config.not-a-map", item, "key", name)
		}
		m := map[string]any{}
		for i := 0; i+1 < len(item.Content); i += 2 {
			field := item.Content[i].Value
			if !slices.Contains([]string{"name", "email", "phone", "type"}, field) {
				return r.fail("config.unknown-key", item.Content[i], "key", name+"."+field)
			}
			m[field] = item.Content[i+1].Value
		}
		list = append(list, m)
	}
	into[name] = entry{list, n.Line}
	return nil
}

// ownKeysStandInSections refuses a file with a list of municipalities where
// something that belongs to one of them stands at the top.
func (r *fileReader) ownKeysStandInSections() error {
	if len(r.doc.sections) == 0 {
		return nil
	}
	for _, k := range Keys() {
		if e, ok := r.doc.top[k.Name]; ok && k.Own {
			return fault.New(fault.Usage, "config.own-key-at-top", "file", r.doc.path, "line", e.line, "key", k.Name)
		}
	}
	return nil
}

// Likely returns the known key nearest to a misspelt one, or "".
func Likely(name string) string {
	var names []string
	for _, k := range Keys() {
		if _, leaf, ok := strings.Cut(k.Name, "."); ok && leaf == name {
			return k.Name
		}
		names = append(names, k.Name)
	}
	return Nearest(name, names)
}

// Nearest returns the name that a misspelt one is most like, "" when none is
// near. A short word is near to too many.
func Nearest(name string, names []string) string {
	best, bestDistance := "", min(4, (len(name)+1)/2)
	for _, n := range names {
		if d := distance(name, n); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		diagonal := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, prev[j], prev[j+1])
			}
			diagonal, prev[j+1] = prev[j+1], cost
		}
	}
	return prev[len(b)]
}

// DefaultFile returns the file read when none is named: iplos.yaml in the
// user's configuration folder (%APPDATA%\iplos on Windows).
func DefaultFile(userConfigDir string) string {
	return filepath.Join(userConfigDir, "iplos", "iplos.yaml")
}
