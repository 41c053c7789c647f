package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"iplos/internal/finding"
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
//go:embed page/page.tmpl
var pageTemplate string

//go:embed page/page.css
var pageCSS string

//go:embed page/page.js
var pageJS string

// page is what the template reads. The fields hold plain text: the template
// escapes everything.
type page struct {
	words
	R    *Report
	L    map[string]string
	Lang lang.Lang
	CSP  string
	CSS  template.CSS
	JS   template.JS

	Title, Who, Key, Verdict, Line, Next string

	Severities []barRow
	Rules      []barRow
	Services   []serviceRow
	Assessed   *assessed
	Changes    []changeRow
	Sections   []htmlSection
	Facts      []fact

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
	return execute(w, pageTemplate, newPage(r, words{p}))
}

// execute fills a page's template; an error of the template's own is a
// defect, one of the writer is a full disk.
func execute(w io.Writer, text string, data any) error {
	t, err := template.New("page").Option("missingkey=error").Parse(text)
	if err != nil {
		return fmt.Errorf("parsing the page: %w", err)
	}
	b := bufio.NewWriterSize(w, 32<<10)
	if err := t.Execute(b, data); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return b.Flush()
}

func newPage(r *Report, w words) *page {
	v := r.verdict()
	p := &page{
		words: w, R: r, L: labels(w), Lang: w.Lang(),
		CSP: policy(pageCSS, pageJS), CSS: template.CSS(pageCSS), JS: template.JS(pageJS),
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
	most, before, total := 1, 0, max(1, s.Total())
	for _, sev := range severities() {
		most = max(most, s.BySeverity[sev])
	}
	for _, sev := range severities() {
		n := s.BySeverity[sev]
		p.Severities = append(p.Severities, barRow{
			Key: sev.String(), Severity: p.severity(sev), Meaning: p.meaning(sev), Count: n,
			X: percent(before, total), Width: percent(n, total),
		})
		before += n
	}
	groups := p.R.log().Groups()
	most = 1
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

// Compared says what changed since the earlier run.
func (p *page) Compared() string { return p.compared(p.R.Comparison) }

// facts are what a reader needs to know which file and which rules it was.
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
	for _, a := range p.R.account() {
		add(clean(a.Text), p.Number(int64(a.Count)))
	}
	add(p.L["pack"], clean(p.R.RulePack))
	if p.R.ToolVersion != "" {
		add(p.L["tool"], "iplos "+clean(p.R.ToolVersion))
	}
}

// Overrides says which severities were changed, and why.
func (p *page) Overrides() []string {
	var list []string
	for _, o := range p.R.Overrides {
		list = append(list, p.override(o))
	}
	return list
}

// N writes a number as the language does.
func (p *page) N(n int) string { return p.Number(int64(n)) }

// ShownOf states how many of all findings are listed.
func (p *page) ShownOf(shown, total int) string {
	return p.T("report.shown", "shown", shown, "total", total)
}

// RuleTitle names a rule.
func (p *page) RuleTitle(rule string) string { return p.title(rule) }

// Checked tells whether the file was checked at all.
func (p *page) Checked() bool { return p.R.checked() }

// Count states a number of findings.
func (p *page) Count(n int) string { return p.T("report.count", "count", n) }
