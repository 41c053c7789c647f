package table

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"iplos/internal/fault"
)

// maxProfile caps a profile; a real one has a few thousand bytes.
const maxProfile = 1 << 20

// ReadProfile reads a mapping profile. Every fault tells the line, and the
// likely right name where a name is wrong.
func ReadProfile(name string, data []byte, schema Schema) (*Profile, error) {
	p := &profileReader{name: name, schema: schema}
	if len(data) > maxProfile {
		return nil, fault.New(fault.Usage, "table.profile.large", "file", name, "limit", maxProfile)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fault.New(fault.Usage, "table.profile.empty", "file", name)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "table.profile.yaml", "file", name, "cause", yamlCause(err))
	}
	if len(doc.Content) == 0 {
		return nil, fault.New(fault.Usage, "table.profile.empty", "file", name)
	}
	prof := &Profile{Name: name}
	p.profile(doc.Content[0], prof)
	if p.err != nil {
		return nil, p.err
	}
	return prof, nil
}

// yamlCause keeps the position of a syntax error and drops the library's
// prefix.
func yamlCause(err error) string {
	if te, ok := errors.AsType[*yaml.TypeError](err); ok && len(te.Errors) > 0 {
		return te.Errors[0]
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

// profileReader walks the YAML nodes itself: that is how it knows the line of
// each key and can say which name was meant. The first fault is kept.
type profileReader struct {
	name   string
	schema Schema
	err    error
}

func (p *profileReader) fail(id string, n *yaml.Node, args ...any) {
	if p.err == nil {
		args = append([]any{"file", p.name, "line", strconv.Itoa(n.Line)}, args...)
		p.err = fault.New(fault.Usage, id, args...)
	}
}

func (p *profileReader) unknown(n *yaml.Node, allowed []string) {
	if like := Suggest(n.Value, allowed); like != "" {
		p.fail("table.profile.unknown-key-like", n, "key", cut(n.Value), "like", like)
		return
	}
	p.fail("table.profile.unknown-key", n, "key", cut(n.Value), "allowed", strings.Join(allowed, ", "))
}

// cut shortens what comes from outside before it is shown.
func cut(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// keys calls set for each key of a mapping, after checking that the node is
// one, that no key comes twice and that set knows it.
func (p *profileReader) keys(n *yaml.Node, allowed []string, set func(key string, k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail("table.profile.want-map", n)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && p.err == nil; i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode || k.Tag == "!!merge" || v.Kind == yaml.AliasNode:
			p.fail("table.profile.alias", k)
		case seen[k.Value]:
			p.fail("table.profile.twice", k, "key", cut(k.Value))
		case allowed != nil && !slices.Contains(allowed, k.Value):
			p.unknown(k, allowed)
		default:
			seen[k.Value] = true
			set(k.Value, k, v)
		}
	}
}

func (p *profileReader) profile(n *yaml.Node, prof *Profile) {
	base := Format{Encoding: Auto, Quote: '"', Dates: DefaultDates()}
	p.keys(n, []string{"profile", "about", "defaults", "header", "tables"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "profile", "about":
			p.text(v)
		case "defaults":
			p.keys(v, formatKeys(), func(key string, _, v *yaml.Node) { p.format(key, v, &base) })
		case "header":
			p.header(v, prof)
		}
	})
	if p.err != nil {
		return
	}
	tables := child(n, "tables")
	if tables == nil {
		p.fail("table.profile.missing-key", n, "key", "tables")
		return
	}
	if tables.Kind != yaml.SequenceNode || len(tables.Content) == 0 {
		p.fail("table.profile.want-list", tables, "key", "tables")
		return
	}
	for _, t := range tables.Content {
		prof.Tables = append(prof.Tables, p.table(t, base))
		if p.err != nil {
			return
		}
	}
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func formatKeys() []string {
	return []string{"encoding", "delimiter", "quote", "skip_rows", "header_row", "short_rows", "date", "empty"}
}

func (p *profileReader) format(key string, v *yaml.Node, f *Format) {
	switch key {
	case "encoding":
		f.Encoding = Encoding(strings.ToLower(p.text(v)))
		if p.err == nil && !slices.Contains(Encodings(), f.Encoding) {
			p.badValue(v, key, encodingNames())
		}
	case "delimiter":
		f.Delimiter = p.delimiter(v)
	case "quote":
		switch s := p.text(v); {
		case s == "none":
			f.Quote = 0
		case len(s) == 1 && s[0] > ' ' && s[0] < 0x7F:
			f.Quote = s[0]
		default:
			p.badValue(v, key, []string{`"`, "'", "none"})
		}
	case "skip_rows":
		f.SkipRows = p.number(v, key, 10_000)
	case "header_row":
		f.NoHeader = !p.yes(v, key)
	case "short_rows":
		f.ShortRows = p.yes(v, key)
	case "date":
		f.Dates = p.dates(v, true)
	case "empty":
		f.Empty = p.list(v)
	}
}

func encodingNames() []string {
	var names []string
	for _, e := range Encodings() {
		names = append(names, string(e))
	}
	return names
}

func (p *profileReader) delimiter(v *yaml.Node) byte {
	switch s := p.text(v); {
	case s == "auto":
		return 0
	case s == "tab" || s == "\t":
		return '\t'
	case len(s) == 1 && s[0] > ' ' && s[0] < 0x7F && s != `"`:
		return s[0]
	default:
		p.badValue(v, "delimiter", []string{";", ",", "|", "tab", "auto"})
		return 0
	}
}

func (p *profileReader) header(n *yaml.Node, prof *Profile) {
	i := slices.IndexFunc(p.schema, func(c Class) bool { return c.Header })
	if i < 0 {
		p.unknown(n, []string{"tables"})
		return
	}
	p.keys(n, p.schema[i].FieldNames(), func(key string, k, v *yaml.Node) {
		s := p.text(v)
		prof.Header = append(prof.Header, FieldMap{Field: key, Constant: &s, Line: k.Line})
	})
}

func (p *profileReader) table(n *yaml.Node, base Format) Mapping {
	m := Mapping{Format: base, Line: n.Line}
	allowed := append([]string{"table", "class", "key", "adds", "distinct", "by_name", "select", "optional", "fields"}, formatKeys()...)
	p.keys(n, allowed, func(key string, _, v *yaml.Node) {
		switch key {
		case "table":
			m.Table = p.text(v)
			if _, err := path.Match(m.Table, ""); err != nil {
				p.badValue(v, key, []string{"TJENESTE", "tjeneste_*"})
			}
		case "class":
			m.Class = p.text(v)
		case "key":
			m.Key = p.text(v)
		case "select":
			m.Select = p.text(v)
		case "adds":
			m.Adds = p.yes(v, key)
		case "distinct":
			m.Distinct = p.yes(v, key)
		case "by_name":
			m.ByName = p.yes(v, key)
		case "optional":
			m.Optional = p.yes(v, key)
		case "fields":
		default:
			p.format(key, v, &m.Format)
		}
	})
	if p.err == nil {
		p.class(n, &m)
	}
	return m
}

// class checks what a table feeds, and reads its fields.
func (p *profileReader) class(n *yaml.Node, m *Mapping) {
	for _, need := range []struct{ key, value string }{{"table", m.Table}, {"class", m.Class}} {
		if need.value == "" {
			p.fail("table.profile.missing-key", n, "key", need.key)
			return
		}
	}
	c := p.schema.Class(m.Class)
	if c == nil {
		names := make([]string, len(p.schema))
		for i := range p.schema {
			names[i] = p.schema[i].Name
		}
		p.badValue(child(n, "class"), "class", names)
		return
	}
	m.Class = c.Name
	fields := child(n, "fields")
	if fields == nil {
		if !m.ByName {
			p.fail("table.profile.missing-key", n, "key", "fields")
		}
		return
	}
	p.keys(fields, c.FieldNames(), func(key string, k, v *yaml.Node) {
		m.Fields = append(m.Fields, p.field(&c.Fields[c.Field(key)], k, v))
	})
}

func (p *profileReader) field(f *Field, k, n *yaml.Node) FieldMap {
	m := FieldMap{Field: f.Name, Line: k.Line}
	if n.Kind == yaml.ScalarNode {
		if m.Column = p.text(n); m.Column == "" {
			p.fail("table.profile.field-source", k, "field", f.Name)
		}
		return m
	}
	p.keys(n, []string{"column", "constant", "serial", "date", "codes", "pad", "optional"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "column":
			m.Column = p.text(v)
		case "constant":
			s := p.text(v)
			m.Constant = &s
		case "serial":
			m.Serial = p.yes(v, key)
		case "date":
			m.Dates = p.dates(v, f.Kind == Month)
		case "codes":
			m.Codes = map[string]string{}
			p.keys(v, nil, func(key string, _, v *yaml.Node) { m.Codes[key] = p.text(v) })
		case "pad":
			m.Pad = p.number(v, key, 20)
		case "optional":
			m.Optional = p.yes(v, key)
		}
	})
	sources := 0
	for _, has := range []bool{m.Column != "", m.Constant != nil, m.Serial} {
		if has {
			sources++
		}
	}
	if p.err == nil && sources != 1 {
		p.fail("table.profile.field-source", k, "field", f.Name)
	}
	return m
}
