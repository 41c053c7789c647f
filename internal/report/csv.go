package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

// byteOrderMark tells Excel that the file is UTF-8.
const byteOrderMark = "\uFEFF"

// writeCSV writes a table that a double click opens right in Norwegian
// Excel: semicolons, a byte order mark, CRLF. Above the findings stand rows
// that say which file and which rules it was; the first column tells them
// apart, so that the table can still be filtered and sorted.
func writeCSV(w io.Writer, r *Report, p *lang.Printer) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	c := &csvWriter{newCSV(w), words{Printer: p, titles: r.Titles}, r}
	c.head()
	c.facts()
	list, shown := r.sections(r.Limits.MaxFindings, 0)
	if total := r.log().Len(); shown < total {
		c.fact("", c.T("report.shown", "shown", shown, "total", total))
	}
	for _, s := range list {
		if err := c.section(s); err != nil {
			return err
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

type csvWriter struct {
	*csv.Writer
	words
	r *Report
}

func newCSV(w io.Writer) *csv.Writer {
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	return c
}

// row writes cells that no spreadsheet takes for a formula. The error stays
// in the writer until it is asked for it.
func (c *csvWriter) row(cells ...string) { writeCells(c.Writer, cells...) }

func writeCells(c *csv.Writer, cells ...string) {
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	_ = c.Write(cells)
}

// harmless puts an apostrophe before a text that a spreadsheet would read as
// a formula: one that begins, after spaces, with =, +, -, @ or their wide
// forms.
func harmless(s string) string {
	s = clean(s)
	if t := strings.TrimLeft(s, " \u00a0"); t != "" && strings.ContainsAny(t[:1], "=+-@") ||
		strings.HasPrefix(t, "＝") || strings.HasPrefix(t, "＋") || strings.HasPrefix(t, "－") || strings.HasPrefix(t, "＠") {
		return "'" + s
	}
	return s
}

func (c *csvWriter) head() {
	cells := []string{
		c.T("report.csv.kind"), c.T("report.html.severity"), c.T("report.html.rule"), c.T("report.csv.title"),
		c.T("report.csv.message"), c.T("report.csv.line"), c.T("report.csv.person"), c.T("report.csv.class"),
		c.T("report.csv.row"), c.T("report.csv.field"), c.T("report.csv.new"), c.T("report.csv.where"), c.T("report.html.file"),
	}
	if c.r.Identity != nil {
		cells = append(cells, c.T("report.csv.identity"))
	}
	c.row(cells...)
}

// fact writes a row that is no finding.
func (c *csvWriter) fact(name, value string) {
	cells := make([]string, 13)
	cells[0], cells[3], cells[4] = c.T("report.csv.fact"), name, value
	if c.r.Identity != nil {
		cells = append(cells, "")
	}
	c.row(cells...)
}

func (c *csvWriter) facts() {
	r := c.r
	c.fact(c.T("report.csv.verdict"), c.line(r))
	if f := r.trouble(); f != nil {
		c.fact(c.T("report.csv.failure"), f.Message)
	}
	c.fact(c.T("report.csv.about"), c.who(r))
	c.fact(c.T("report.html.file"), r.Input.Path)
	c.fact("SHA-256", r.Input.SHA256)
	if r.Totals != nil {
		c.fact(c.T("report.html.read"), c.rows(r.Totals))
	}
	if text := c.translated(r); text != "" {
		c.fact(c.T("report.translated.name"), text)
	}
	for _, a := range r.account() {
		c.fact(a.Text, strconv.Itoa(a.Count))
	}
	c.fact(c.T("report.html.pack"), r.RulePack)
	c.fact(c.T("report.html.tool"), "iplos "+r.ToolVersion)
	for _, text := range c.configured(r) {
		c.fact(c.T("report.overrides"), text)
	}
	if r.Comparison != nil {
		c.fact(c.T("report.html.since"), c.compared(r.Comparison))
	}
	for _, m := range r.Matches {
		c.fact(c.T("report.matches.title"), m.Rule+": "+c.match(m))
	}
	if !r.checked() {
		return
	}
	s := r.summary()
	for _, sev := range severities() {
		c.fact(c.T("report.csv.count", "severity", c.severity(sev)), strconv.Itoa(s.BySeverity[sev]))
	}
}

func (c *csvWriter) section(s section) error {
	severity, title := c.severity(s.Severity), c.title(s.Rule)
	where := c.rule(s.Rule, ".where", "")
	n := 0
	for f := range s.All() {
		if n == s.Shown {
			break
		}
		n++
		c.finding(f, severity, title, where)
		if n%1000 == 0 && c.Error() != nil {
			break
		}
	}
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

func (c *csvWriter) finding(f *finding.Finding, severity, title, where string) {
	line, isNew := "", ""
	file, n := c.r.at(f.Line)
	if n > 0 {
		line = strconv.Itoa(n)
	}
	if cmp := c.r.Comparison; cmp != nil && cmp.IsNew != nil && cmp.IsNew(f) {
		isNew = c.T("report.new")
	}
	cells := []string{
		c.T("report.csv.finding"), severity, f.Rule, title, c.message(f), line, f.Person, f.Class, f.Row, f.Field,
		isNew, where, file,
	}
	if c.r.Identity != nil {
		id := ""
		if f.Person != "" {
			id = grouped(c.r.Identity(f.Person))
		}
		cells = append(cells, id)
	}
	c.row(cells...)
}

// grouped writes a number of eleven or twelve digits as people do, with a
// space after the sixth: Excel would else round it and drop its first zero.
func grouped(id string) string {
	if len(id) < 11 || len(id) > 12 || strings.Trim(id, "0123456789") != "" {
		return id
	}
	return id[:6] + " " + id[6:]
}
