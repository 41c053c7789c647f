package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/ui/lang"
)

// textWidth leaves the last column of a plain terminal free: old consoles go
// to the next line when it is filled.
const textWidth = 79

// textWriter writes lines; the first error of the writer is kept by it.
type textWriter struct {
	*bufio.Writer
	words
	r *Report
}

// writeText writes for a person at a terminal: grouped by rule, the most
// serious first, and the verdict as the last line, where the eye is.
func writeText(w io.Writer, r *Report, p *lang.Printer) error {
	t := &textWriter{bufio.NewWriter(w), words{Printer: p, titles: r.Titles}, r}
	t.head()
	t.findings()
	t.comparison()
	t.matches()
	t.account()
	t.overrides()
	t.end()
	return t.Flush()
}

func (t *textWriter) head() {
	t.line(Strong, "", strings.TrimSpace(t.T("report.title")+"  "+t.who(t.r)))
	if text := t.translated(t.r); text != "" {
		t.line(Strong, "", text)
	}
	if in := t.r.Input; in.Path != "" {
		t.line(Faint, "", t.T("report.input", "path", clean(in.Path), "size", t.Bytes(in.Bytes)))
	}
	if t.r.Totals != nil {
		t.line(Faint, "", t.rows(t.r.Totals))
	}
	if t.r.RulePack != "" {
		t.line(Faint, "", t.T("report.pack", "pack", clean(t.r.RulePack), "version", clean(t.r.ToolVersion)))
	}
}

// rows states what was read: persons and rows by class.
func (w words) rows(totals *finding.Totals) string {
	parts := []string{w.T("report.persons", "count", totals.Persons)}
	for _, class := range record.ChildClasses() {
		if n, ok := totals.Rows[class.String()]; ok {
			parts = append(parts, w.Number(int64(n))+"\u00a0"+class.String())
		}
	}
	return strings.Join(parts, ", ")
}

func (t *textWriter) findings() {
	list, shown := t.r.sections(t.r.Limits.MaxFindings, 0)
	if t.r.Limits.SummaryOnly {
		t.counts(list)
	} else {
		for _, s := range list {
			t.group(s)
		}
	}
	// What an opened list says is counted here and read in the list itself.
	if total := t.r.log().Len(); total > shown && (!t.r.Feedback || !t.r.Limits.SummaryOnly) {
		t.blank()
		t.line(Strong, "", t.T("report.shown", "shown", shown, "total", total))
	}
}

// counts lists the rules with a line each, and no finding.
func (t *textWriter) counts(list []section) {
	t.blank()
	for _, s := range list {
		line := t.label(s)
		if title := t.title(s.Rule); title != s.Rule {
			line += " · " + title
		}
		t.line(severityTone(s.Severity), "", line)
	}
}

func (t *textWriter) group(s section) {
	t.blank()
	t.line(severityTone(s.Severity), "", t.label(s))
	if title := t.title(s.Rule); title != s.Rule {
		t.line(Strong, "", title)
	}
	if where := t.rule(s.Rule, ".where", ""); where != "" && s.Shown > 0 {
		t.line(Faint, "", t.T("report.where", "where", where))
	}
	n := 0
	for f := range s.All() {
		if n == s.Shown {
			break
		}
		n++
		t.finding(f)
	}
	if s.Shown < s.Count {
		t.line(Faint, "  ", t.T("report.shown", "shown", s.Shown, "total", s.Count))
	}
}

func (t *textWriter) label(s section) string {
	return fmt.Sprintf("%s · %s · %s", t.severity(s.Severity), clean(s.Rule), t.T("report.count", "count", s.Count))
}

func (t *textWriter) finding(f *finding.Finding) {
	place := t.place(t.r, f)
	if t.r.Identity != nil && f.Person != "" {
		place = append(place, clean(t.r.Identity(f.Person)))
	}
	if t.isNew(f) {
		if len(place) == 0 { // about totals
			t.line(plain, "  ", t.message(f)+" ("+t.T("report.new")+")")
			return
		}
		place = append(place, t.T("report.new"))
	}
	if len(place) > 0 {
		t.line(Faint, "  ", strings.Join(place, " · "))
		t.line(plain, "    ", t.message(f))
		return
	}
	t.line(plain, "  ", t.message(f))
}

func (t *textWriter) isNew(f *finding.Finding) bool {
	return t.r.Comparison != nil && t.r.Comparison.IsNew != nil && t.r.Comparison.IsNew(f)
}

func (t *textWriter) comparison() {
	c := t.r.Comparison
	if t.r.Uncompared {
		t.blank()
		t.line(Strong, "", t.T("report.uncompared"))
	}
	if c == nil {
		return
	}
	t.blank()
	t.line(Strong, "", t.compared(c))
	for _, rule := range sortedKeys(c.ByRule) {
		n := c.ByRule[rule]
		if n.New == 0 && n.Fixed == 0 {
			continue // what only remains stands in the line above and in the other formats
		}
		t.line(plain, "  ", clean(rule)+": "+t.T("report.change", "new", n.New, "fixed", n.Fixed, "remaining", n.Remaining))
	}
}

// compared says what changed since the earlier run, in one line.
func (w words) compared(c *finding.Comparison) string {
	n := c.Total()
	change := w.T("report.change", "new", n.New, "fixed", n.Fixed, "remaining", n.Remaining)
	previous := clean(c.Previous)
	if at, err := time.Parse(time.RFC3339, c.Previous); err == nil {
		previous = w.DateTime(at) // the offset is the one it was made with
	}
	return w.T("report.compared", "previous", previous, "change", change)
}

func (t *textWriter) matches() {
	if len(t.r.Matches) == 0 {
		return
	}
	t.blank()
	t.line(Strong, "", t.T("report.matches.title"))
	for _, m := range t.r.Matches {
		t.line(plain, "  ", clean(m.Rule)+": "+t.match(m))
	}
}

// match says how a rule's findings met the feedback.
func (w words) match(m finding.Match) string {
	return w.T("report.matches.line", "foretold", m.Foretold, "unforetold", m.Unforetold, "alone", m.OursAlone)
}

func (t *textWriter) account() {
	if len(t.r.account()) == 0 {
		return
	}
	t.blank()
	t.line(Strong, "", t.T("report.account"))
	for _, a := range t.r.account() {
		t.line(plain, "  ", clean(a.Text)+": "+t.Number(int64(a.Count)))
	}
}

func (t *textWriter) overrides() {
	changes := t.configured(t.r)
	if len(changes) == 0 {
		return
	}
	t.blank()
	t.line(Strong, "", t.T("report.overrides"))
	for _, text := range changes {
		t.line(plain, "  ", text)
	}
}

// end states the counts, the next step and, last, the verdict.
func (t *textWriter) end() {
	t.blank()
	if f := t.r.trouble(); f != nil {
		t.line(Bad, "", clean(f.Message))
	}
	s := t.r.summary()
	var counts []string
	for _, sev := range severities() {
		counts = append(counts, t.severity(sev)+" "+t.Number(int64(s.BySeverity[sev])))
	}
	if t.r.checked() {
		t.line(plain, "", t.T("report.sum", "count", s.Total(), "list", strings.Join(counts, ", ")))
	}
	if next := t.next(t.r); next != "" {
		t.line(plain, "", t.T("report.next", "step", next))
	}
	tone := verdictTone(t.r.verdict())
	if t.r.Feedback {
		tone = Strong
	}
	_, _ = t.WriteString(t.r.paint(tone, t.words.line(t.r)) + "\n")
}

// plain is no tone: the text as it is.
const plain Tone = 255

func (t *textWriter) blank() { _ = t.WriteByte('\n') }

// line writes a text wrapped to the width, every line indented. The error
// stays in the buffered writer.
func (t *textWriter) line(tone Tone, indent, text string) {
	for _, l := range wrap(text, textWidth-len(indent)) {
		if tone != plain {
			l = t.r.paint(tone, l)
		}
		_, _ = t.WriteString(indent + l + "\n")
	}
}

// wrap breaks a text at spaces. A word longer than the width, such as a path,
// stays whole on its own line.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0 && line == "":
			line, used = word, n
		case used+1+n <= width:
			line, used = line+" "+word, used+1+n
		default:
			lines = append(lines, line)
			line, used = word, n
		}
	}
	return append(lines, line)
}

func severityTone(s finding.Severity) Tone {
	switch s {
	case finding.Error:
		return Bad
	case finding.Minimum, finding.Warning:
		return Caution
	default:
		return Faint
	}
}

func verdictTone(v finding.Verdict) Tone {
	switch v {
	case finding.Ready:
		return Good
	case finding.Incomplete:
		return Caution
	default:
		return Bad
	}
}
