// Package lang is the language catalogue: every text a user sees, in bokmål,
// nynorsk and English, from files in catalog/. A text is named by an id whose
// first part is the file it stands in: "submit.pin.refused" is in submit.yaml.
package lang

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed catalog
var catalog embed.FS

// Lang is a language the program speaks.
type Lang string

// The languages. Bokmål is the default.
const (
	Bokmal  Lang = "nb"
	Nynorsk Lang = "nn"
	English Lang = "en"
)

// Languages returns the languages, the default first.
func Languages() []Lang { return []Lang{Bokmal, Nynorsk, English} }

// Parse reads a language tag or a POSIX locale ("nn_NO.UTF-8"); "no" is
// bokmål. It returns false for a language the program does not speak.
func Parse(tag string) (Lang, bool) {
	tag, _, _ = strings.Cut(tag, ".")
	tag, _, _ = strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	switch strings.ToLower(tag) {
	case "nb", "no":
		return Bokmal, true
	case "nn":
		return Nynorsk, true
	case "en":
		return English, true
	default:
		return Bokmal, false
	}
}

// Printer writes texts in one language. It is safe for concurrent use.
type Printer struct {
	lang Lang
	// carry gives the commands in a text their flags; nil for none.
	carry func(text string) string

	mu      sync.Mutex
	domains map[string]map[string]string
}

// New returns the printer of a language.
func New(l Lang) *Printer {
	return &Printer{lang: l, domains: map[string]map[string]string{}}
}

// Lang returns the language.
func (p *Printer) Lang() Lang { return p.lang }

// T returns the text with that id, its arguments given as name, value pairs.
// An id without a text comes back in angle brackets: a bug that the
// catalogue's own test finds.
func (p *Printer) T(id string, args ...any) string {
	text, ok := p.lookup(id)
	if !ok {
		return "<" + id + ">"
	}
	if p.carry != nil {
		text = p.carry(text)
	}
	return p.expand(text, args)
}

// Domains returns the names of the catalogue's files, for tests that read
// them all.
func Domains() []string {
	files, err := catalog.ReadDir("catalog/" + string(Bokmal))
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

// IDs returns the ids of one file of the catalogue, for tests that compare
// them with a table.
func (p *Printer) IDs(domain string) []string {
	p.lookup(domain + ".")
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.domains[domain]))
}

// Has tells whether there is a text with that id.
func (p *Printer) Has(id string) bool {
	_, ok := p.lookup(id)
	return ok
}

func (p *Printer) lookup(id string) (string, bool) {
	domain, _, _ := strings.Cut(id, ".")
	p.mu.Lock()
	defer p.mu.Unlock()
	texts, ok := p.domains[domain]
	if !ok {
		texts, _ = load(p.lang, domain)
		p.domains[domain] = texts
	}
	text, ok := texts[id]
	return text, ok
}

// load reads one catalogue file: a flat map of ids, without the domain's own
// prefix, to texts.
func load(l Lang, domain string) (map[string]string, error) {
	data, err := catalog.ReadFile("catalog/" + string(l) + "/" + domain + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	short := map[string]string{}
	if err := yaml.Unmarshal(data, &short); err != nil {
		return nil, fmt.Errorf("reading catalogue %s of %s: %w", domain, l, err)
	}
	texts := make(map[string]string, len(short))
	for id, text := range short {
		texts[domain+"."+id] = strings.TrimRight(text, "\n")
	}
	return texts, nil
}
