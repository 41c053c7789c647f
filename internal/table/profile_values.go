package table

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (p *profileReader) badValue(n *yaml.Node, key string, allowed []string) {
	p.fail("table.profile.bad-value", n, "key", key, "value", cut(n.Value), "allowed", strings.Join(allowed, ", "))
}

func (p *profileReader) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.fail("table.profile.want-text", n)
		return ""
	}
	return n.Value // as written: NULL is the text NULL, 0403 keeps its zero
}

func (p *profileReader) list(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{p.text(n)}
	}
	if n.Kind != yaml.SequenceNode {
		p.fail("table.profile.want-text", n)
		return nil
	}
	var out []string
	for _, c := range n.Content {
		out = append(out, p.text(c))
	}
	return out
}

func (p *profileReader) dates(n *yaml.Node, month bool) []DateFormat {
	var out []DateFormat
	for _, s := range p.list(n) {
		f := DateFormat(s)
		if !f.Valid(month) {
			p.fail("table.profile.date", n, "value", cut(s))
			return nil
		}
		out = append(out, f)
	}
	return out
}

func (p *profileReader) yes(n *yaml.Node, key string) bool {
	switch p.text(n) {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	}
	p.badValue(n, key, []string{"true", "false"})
	return false
}

func (p *profileReader) number(n *yaml.Node, key string, most int) int {
	i, err := strconv.Atoi(p.text(n))
	if err != nil || i < 0 || i > most {
		p.badValue(n, key, []string{"0–" + strconv.Itoa(most)})
		return 0
	}
	return i
}
