package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"iplos/internal/record"
	"iplos/internal/register"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// docYear is the data year the written catalogue is about.
const docYear = 2017

// Explanation is everything the catalogue says of one rule, in one language.
type Explanation struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Serious  string   `json:"severity_header,omitempty"`
	Fixed    bool     `json:"severity_fixed,omitempty"`
	Unit     string   `json:"unit"`
	Class    string   `json:"class,omitempty"`
	Fields   []string `json:"fields,omitempty"`
	What     string   `json:"what"`
	Why      string   `json:"why"`
	Where    string   `json:"where"`
	Good     string   `json:"good"`
	Bad      string   `json:"bad"`
	Sources  []string `json:"sources"`
}

// ExplainRule returns what the catalogue says of a rule.
func ExplainRule(r validate.Rule, p *lang.Printer) Explanation {
	text := func(part string) string { return p.T("rule." + r.ID + "." + part) }
	e := Explanation{
		ID: r.ID, Title: text("title"), Severity: r.Severity.String(), Fixed: r.Fixed,
		Unit: string(r.Unit), What: text("what"), Why: text("why"), Where: text("where"),
		Good: text("good"), Bad: text("bad"),
	}
	if r.Serious != 0 {
		e.Serious = r.Serious.String()
	}
	if r.Class != record.NoClass {
		e.Class = r.Class.String()
	}
	for _, f := range r.Fields {
		e.Fields = append(e.Fields, f.Name())
	}
	for _, s := range r.Sources {
		e.Sources = append(e.Sources, p.T("rule.source."+string(s)))
	}
	return e
}

// Text writes the explanation for a terminal.
func (e Explanation) Text(p *lang.Printer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n", e.ID, e.Title)
	for _, l := range e.facts(p) {
		fmt.Fprintf(&b, "%s: %s\n", l[0], l[1])
	}
	for _, l := range e.paragraphs(p) {
		fmt.Fprintf(&b, "\n%s\n  %s\n", l[0], l[1])
	}
	fmt.Fprintf(&b, "\n%s\n  %s\n\n%s\n  %s\n", p.T("rule.doc.good"), e.Good, p.T("rule.doc.bad"), e.Bad)
	return b.String()
}

// facts are the short lines on a rule, each a label and a value.
func (e Explanation) facts(p *lang.Printer) [][2]string {
	facts := [][2]string{{p.T("rule.doc.severity"), e.severity(p)}, {p.T("rule.doc.unit"), p.T("rule.unit." + e.Unit)}}
	if place := strings.TrimSpace(e.Class + " " + strings.Join(e.Fields, ", ")); place != "" {
		facts = append(facts, [2]string{p.T("rule.doc.field"), place})
	}
	return append(facts, [2]string{p.T("rule.doc.sources"), strings.Join(e.Sources, "; ")})
}

func (e Explanation) severity(p *lang.Printer) string {
	s := p.T("report.severity." + e.Severity)
	if e.Serious != "" {
		s += " (" + p.T("rule.doc.serious", "severity", p.T("report.severity."+e.Serious)) + ")"
	}
	if e.Fixed {
		s += ". " + p.T("rule.doc.fixed")
	}
	return s
}

func (e Explanation) paragraphs(p *lang.Printer) [][2]string {
	return [][2]string{
		{p.T("rule.doc.what"), e.What}, {p.T("rule.doc.why"), e.Why}, {p.T("rule.doc.where"), e.Where},
	}
}

// WriteRuleDoc writes the whole catalogue as Markdown.
func WriteRuleDoc(w io.Writer, p *lang.Printer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n%s\n\n", p.T("rule.doc.title"),
		p.T("rule.doc.intro", "pack", register.PackFor(docYear).Version, "year", fmt.Sprint(docYear)))
	writeSeverities(b, p)
	fmt.Fprintf(b, "## %s\n\n", p.T("rule.doc.overview"))
	fmt.Fprintf(b, "| %s | %s | %s | %s |\n|---|---|---|---|\n", p.T("rule.doc.rule"), p.T("rule.doc.severity"),
		p.T("rule.doc.unit"), p.T("rule.doc.title.column"))
	for _, r := range validate.Rules() {
		e := ExplainRule(r, p)
		fmt.Fprintf(b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, strings.ToLower(r.ID),
			p.T("report.severity."+e.Severity), p.T("rule.unit."+e.Unit), cell(e.Title))
	}
	for _, family := range validate.Families() {
		fmt.Fprintf(b, "\n## %s\n", p.T(family.Name))
		for _, r := range family.Rules() {
			writeRule(b, ExplainRule(r, p), p)
		}
	}
	return b.Flush()
}

func writeSeverities(w io.Writer, p *lang.Printer) {
	fmt.Fprintf(w, "## %s\n\n", p.T("rule.doc.severities"))
	for _, l := range [][2]string{
		{p.T("report.severity.error"), p.T("rule.doc.error")},
		{p.T("report.severity.minimum"), p.T("rule.doc.minimum")},
		{p.T("report.severity.warning"), p.T("rule.doc.warning")},
		{p.T("report.severity.info"), p.T("rule.doc.info")},
	} {
		fmt.Fprintf(w, "- **%s**: %s\n", l[0], l[1])
	}
	fmt.Fprintln(w)
}

func writeRule(w io.Writer, e Explanation, p *lang.Printer) {
	fmt.Fprintf(w, "\n### %s\n\n**%s**\n\n", e.ID, e.Title)
	for _, l := range e.facts(p) {
		fmt.Fprintf(w, "- %s: %s\n", l[0], l[1])
	}
	for _, l := range e.paragraphs(p) {
		fmt.Fprintf(w, "\n%s: %s\n", l[0], l[1])
	}
	fmt.Fprintf(w, "\n%s:\n\n```text\n%s\n```\n\n%s:\n\n```text\n%s\n```\n", p.T("rule.doc.good"), e.Good, p.T("rule.doc.bad"), e.Bad)
}

// cell keeps a text from ending a table's cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
