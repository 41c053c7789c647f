package report

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/register"
	"iplos/internal/ui/lang"
)

// words finds the texts of a report. Everything it returns is clean.
type words struct {
	*lang.Printer
	// titles names rules the catalogue does not know.
	titles map[string]string
}

// message returns what is wrong, in the reader's language. A finding whose
// text is missing still says which rule it is of.
func (w words) message(f *finding.Finding) string {
	if !w.Has(f.Message) {
		return w.title(f.Rule)
	}
	return clean(w.T(f.Message, w.args(f.Args)...))
}

// Message returns what a finding says, in the printer's language, for where
// there is no report.
func Message(f *finding.Finding, p *lang.Printer) string { return words{Printer: p}.message(f) }

func (w words) args(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if d, ok := a.(record.Date); ok {
			a = w.Date(time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, time.UTC))
		}
		out[i] = a
	}
	return out
}

// title names a rule; one the catalogue does not know is named as the report
// does, else by its id.
func (w words) title(rule string) string {
	other := clean(rule)
	if t := w.titles[rule]; t != "" {
		other = clean(t)
	}
	return w.rule(rule, ".title", other)
}

// rule returns one of the catalogue's texts on a rule, or the other text
// when there is none.
func (w words) rule(rule, part, other string) string {
	if id := "rule." + rule + part; w.Has(id) {
		return clean(w.T(id))
	}
	return other
}

// severity names a severity, one finding of it.
func (w words) severity(s finding.Severity) string {
	switch s {
	case finding.Error:
		return w.T("report.severity.error")
	case finding.Minimum:
		return w.T("report.severity.minimum")
	case finding.Warning:
		return w.T("report.severity.warning")
	default:
		return w.T("report.severity.info")
	}
}

// meaning says what a severity does to the file.
func (w words) meaning(s finding.Severity) string {
	switch s {
	case finding.Error:
		return w.T("report.meaning.error")
	case finding.Minimum:
		return w.T("report.meaning.minimum")
	case finding.Warning:
		return w.T("report.meaning.warning")
	default:
		return w.T("report.meaning.info")
	}
}

// verdict says in two or three words what the file is.
func (w words) verdict(r *Report) string {
	switch v := r.verdict(); {
	case v == "" && r.Feedback:
		return w.T("report.feedback")
	case v == finding.Blocked:
		return w.T("report.verdict.blocked")
	case v == finding.Incomplete:
		return w.T("report.verdict.incomplete")
	case v == finding.Ready:
		return w.T("report.verdict.ready")
	default:
		return w.T("report.verdict.none")
	}
}

// line is the verdict and its grounds in one line.
func (w words) line(r *Report) string {
	s := r.summary()
	args := []any{
		"error", s.BySeverity[finding.Error], "minimum", s.BySeverity[finding.Minimum],
		"warning", s.BySeverity[finding.Warning], "info", s.BySeverity[finding.Info],
	}
	switch v := r.verdict(); {
	case v == "" && r.Feedback:
		return w.T("report.line.feedback", "count", s.Total())
	case v == finding.Blocked:
		return w.T("report.line.blocked", args...)
	case v == finding.Incomplete:
		return w.T("report.line.incomplete", args...)
	case v == finding.Ready && s.Total() == 0:
		return w.T("report.line.clean", args...)
	case v == finding.Ready:
		return w.T("report.line.ready", args...)
	default:
		return w.T("report.line.none", args...)
	}
}

// grounds is what the verdict rests on, for where the verdict stands above.
func (w words) grounds(r *Report) string {
	s := r.summary()
	if s.Total() == 0 {
		return w.T("report.html.none")
	}
	var parts []string
	for _, sev := range severities() {
		if n := s.BySeverity[sev]; n > 0 {
			parts = append(parts, w.number(sev, n))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// number counts findings of a severity: "3 mangler i minimumskravene".
func (w words) number(s finding.Severity, n int) string {
	switch s {
	case finding.Error:
		return w.T("report.number.error", "count", n)
	case finding.Minimum:
		return w.T("report.number.minimum", "count", n)
	case finding.Warning:
		return w.T("report.number.warning", "count", n)
	default:
		return w.T("report.number.info", "count", n)
	}
}

// next is the one next step.
func (w words) next(r *Report) string {
	if r.NextStep != "" {
		return clean(r.NextStep)
	}
	if f := r.trouble(); f != nil {
		return clean(f.Hint)
	}
	var args []any
	groups := r.log().Groups()
	if i := slices.IndexFunc(groups, func(g finding.Group) bool { return unreadable(g.Rule) }); i >= 0 && !r.Feedback {
		return w.T("report.next.unreadable", "title", w.title(groups[i].Rule))
	}
	if len(groups) > 0 {
		args = []any{"title", w.title(groups[0].Rule), "count", groups[0].Count}
	}
	switch v := r.verdict(); {
	case v == "" && r.Feedback && len(args) == 0:
		return w.T("report.next.feedback-none")
	case v == "" && r.Feedback:
		return w.T("report.next.feedback")
	case v == finding.Blocked && len(args) > 0:
		return w.T("report.next.blocked", args...)
	case v == finding.Incomplete && len(args) > 0:
		return w.T("report.next.incomplete", args...)
	case v == finding.Ready && len(args) > 0:
		return w.T("report.next.ready")
	case v == finding.Ready:
		return w.T("report.next.clean")
	default:
		return w.T("report.next.none")
	}
}

// unreadable tells whether a rule says that the file is no message, or was
// not read to its end.
func unreadable(rule string) bool {
	return slices.Contains([]string{"XML-SYNTAX", "FILE-UNREADABLE", "XML-VERSION"}, rule)
}

// place says where a finding stands, in the order a person looks: line,
// person, class with row, field.
func (w words) place(r *Report, f *finding.Finding) []string {
	var parts []string
	if file, n := r.at(f.Line); n > 0 {
		line := w.T("report.place.line", "line", strconv.Itoa(n))
		if file != "" {
			line = clean(file) + " " + line
		}
		if f.Column > 0 {
			line += w.T("report.place.column", "column", strconv.Itoa(f.Column))
		}
		parts = append(parts, line)
	}
	if f.Person != "" {
		parts = append(parts, w.T("report.place.person", "person", clean(f.Person)))
	}
	if row := strings.TrimSpace(f.Class + " " + f.Row); row != "" {
		parts = append(parts, clean(row))
	}
	if f.Field != "" {
		parts = append(parts, clean(f.Field))
	}
	return parts
}

// who names the file's sender: "0403 Hamar, bydel 00, 2017".
func (w words) who(r *Report) string {
	var parts []string
	if r.Municipality != "" {
		name := r.MunicipalityName
		if m, ok := register.InYear(r.Municipality, r.Year); ok && name == "" {
			name = m.Name
		}
		parts = append(parts, strings.TrimSpace(r.Municipality+" "+name))
	}
	if r.District != "" && r.District != "00" {
		parts = append(parts, w.T("report.district", "district", r.District))
	}
	if r.Year != 0 {
		parts = append(parts, w.T("report.year", "year", strconv.Itoa(r.Year)))
	}
	return clean(strings.Join(parts, ", "))
}

// translated says that the municipality reports under another number than the
// configured one, empty where it does not.
func (w words) translated(r *Report) string {
	if r.MunicipalitySet == "" {
		return ""
	}
	return clean(w.T("report.translated", "set", r.MunicipalitySet, "year", strconv.Itoa(r.Year), "number", r.Municipality))
}

// before names the file whose totals are compared with.
func (w words) before(r *Report) string {
	if r.otherYear() {
		return w.T("report.html.before.year", "year", strconv.Itoa(r.PreviousYear))
	}
	return w.T("report.html.before")
}

// service names a service code.
func (w words) service(r *Report, code int) string {
	name := ""
	if r.ServiceName != nil {
		name = r.ServiceName(code)
	}
	if s, ok := register.ServiceByCode(code); ok && name == "" && w.Has(s.TextID()) {
		name = w.T(s.TextID())
	}
	return clean(strings.TrimSpace(strconv.Itoa(code) + " " + name))
}

// override says what was changed and why.
func (w words) override(o Override) string {
	if o.From == nil {
		return w.T("report.override.to", "rule", clean(o.Rule), "to", w.severity(o.To), "reason", clean(o.Reason))
	}
	return w.T("report.override", "rule", clean(o.Rule), "from", w.severity(*o.From), "to", w.severity(o.To),
		"reason", clean(o.Reason))
}

// configured says what the configuration changed in the rules.
func (w words) configured(r *Report) []string {
	var texts []string
	for _, o := range r.Overrides {
		texts = append(texts, w.override(o))
	}
	for _, s := range r.Settings {
		texts = append(texts, clean(s.Text))
	}
	return texts
}

// clean takes out what could act on a terminal or reorder a line: control
// characters and the direction marks. Texts come partly from the file.
func clean(s string) string {
	if strings.IndexFunc(s, unsafeRune) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unsafeRune(r):
			return unicode.ReplacementChar
		default:
			return r
		}
	}, s)
}

func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) ||
		unicode.Is(unicode.Zp, r) || r == '\uFEFF'
}
