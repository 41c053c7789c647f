package report

import (
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"iplos/internal/finding"
	"iplos/internal/htmltree"
	"iplos/internal/ui/lang"
)

// A browser reads some ten thousand findings without stumbling; what is left
// out is stated, and stands in the CSV and JSON reports.
const (
	htmlFindings = 10_000
	htmlPerRule  = 1_000
)

// The parts of the page. Nothing in them comes from the file.
//
//go:embed page/page.css
var pageCSS string

//go:embed page/page.js
var pageJS string

// page is what the page shows. The fields hold plain text: the tree of
// elements escapes everything.
type page struct {
	words
	R *Report
	L map[string]string

	Title, Who, Key, Verdict, Line, Next string

	Severities []barRow
	Rules      []barRow
	Services   []serviceRow
	Assessed   *assessed
	Changes    []changeRow
	Sections   []htmlSection
	Facts      []fact
	Overrides  []string

	Total, Shown int
	HasNew       bool
}

// barRow is a count with its share of the largest, as a bar.
type barRow struct {
	Key, Severity, ID, Anchor, Title, Meaning string
	Count                                     int
	// X and Width are per cent; X is where the bar begins in a stacked one.
	X, Width string
}

type fact struct{ Name, Value string }

type changeRow struct {
	Rule, Title string
	finding.Change
}

// writeHTML writes one file that needs nothing else: no network, no script to
// read it, no font.
func writeHTML(w io.Writer, r *Report, p *lang.Printer) error {
	return htmltree.Write(w, newPage(r, words{Printer: p, titles: r.Titles}).tree())
}

func newPage(r *Report, w words) *page {
	v := r.verdict()
	p := &page{
		words: w, R: r, L: labels(r, w),
		Who: w.who(r), Key: string(v), Verdict: w.verdict(r), Line: w.grounds(r), Next: w.next(r),
		Total:  r.log().Len(),
		HasNew: r.Comparison != nil && r.Comparison.IsNew != nil,
	}
	if f := r.trouble(); f != nil {
		p.Line = clean(f.Message)
	}
	p.Title = strings.TrimSuffix(p.Verdict+" – "+p.Who, " – ")
	p.counts()
	p.services()
	p.changes()
	p.facts()
	limit := htmlFindings
	if r.Limits.MaxFindings > 0 {
		limit = r.Limits.MaxFindings
	}
	perRule := htmlPerRule
	if limit > htmlFindings {
		perRule = 0
	}
	list, shown := r.sections(limit, perRule)
	p.Shown = shown
	for _, s := range list {
		p.Sections = append(p.Sections, htmlSection{section: s, page: p})
	}
	return p
}

// policy allows the page its own style and script and nothing else.
func policy(css, js string) string {
	csp := "default-src 'none'; style-src '" + hashSource(css) + "'; "
	if js != "" {
		csp += "script-src '" + hashSource(js) + "'; "
	}
	return csp + "base-uri 'none'; form-action 'none'"
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (p *page) counts() {
	s := p.R.summary()
	before, total := 0, s.Total()
	for _, sev := range severities() {
		n := s.BySeverity[sev]
		p.Severities = append(p.Severities, barRow{
			Key: sev.String(), Severity: p.severity(sev), Meaning: p.meaning(sev), Count: n,
			X: percent(before, total), Width: percent(n, total),
		})
		before += n
	}
	groups := p.R.log().Groups()
	most := 0
	for _, g := range groups {
		most = max(most, g.Count)
	}
	for _, g := range groups {
		p.Rules = append(p.Rules, barRow{
			Key: g.Severity.String(), Severity: p.severity(g.Severity), ID: clean(g.Rule), Anchor: anchor(g),
			Title: p.title(g.Rule), Count: g.Count, Width: percent(g.Count, most),
		})
	}
}

func anchor(g finding.Group) string { return g.Severity.String() + "-" + clean(g.Rule) }

// percent is a share as a number for an SVG attribute.
func percent(n, of int) string { return fmt.Sprintf("%.2f", 100*float64(n)/float64(max(1, of))) }

func (p *page) changes() {
	if p.R.Comparison == nil {
		return
	}
	for _, rule := range sortedKeys(p.R.Comparison.ByRule) {
		p.Changes = append(p.Changes, changeRow{clean(rule), p.title(rule), p.R.Comparison.ByRule[rule]})
	}
}

// facts are what a reader needs to know which file and which rules it was,
// and which severities were changed.
func (p *page) facts() {
	add := func(name, value string) {
		if value != "" {
			p.Facts = append(p.Facts, fact{name, value})
		}
	}
	in := p.R.Input
	add(p.L["file"], clean(in.Path))
	if in.Path != "" {
		add(p.L["size"], p.Bytes(in.Bytes))
	}
	add("SHA-256", clean(in.SHA256))
	if p.R.Totals != nil {
		add(p.L["read"], p.rows(p.R.Totals))
	}
	add(p.T("report.translated.name"), p.translated(p.R))
	for _, a := range p.R.account() {
		add(clean(a.Text), p.Number(int64(a.Count)))
	}
	add(p.L["pack"], clean(p.R.RulePack))
	if p.R.ToolVersion != "" {
		add(p.L["tool"], "iplos "+clean(p.R.ToolVersion))
	}
	p.Overrides = p.configured(p.R)
}
