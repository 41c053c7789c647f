package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/ui/lang"
)

// ShareableFormats returns the formats of the report that may leave the
// secure zone: counts by rule and by service, small ones withheld, and
// nothing that belongs to a row or a person.
func ShareableFormats() []Format {
	return []Format{
		{"html", ".html", share(shareHTML)},
		{"text", ".txt", share(shareText)},
		{"csv", ".csv", share(shareCSV)},
		{"json", ".json", share(shareJSON)},
	}
}

// share writes through the detector that guards the logs: what holds an
// identity number is not written at all.
func share(write func(w io.Writer, s *shared) error) func(io.Writer, *Report, *lang.Printer) error {
	return func(w io.Writer, r *Report, p *lang.Printer) error {
		var buf bytes.Buffer
		if err := write(&buf, newShared(r, words{Printer: p})); err != nil {
			return err
		}
		if ident.Contains(buf.String()) {
			return fault.New(fault.Internal, "report.share.identity")
		}
		if _, err := w.Write(buf.Bytes()); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return nil
	}
}

// shared is all that a shareable report says. It is made from counts only:
// the findings themselves are not read.
type shared struct {
	words
	L             map[string]string
	Tool, Pack    string
	Number        string
	District      string
	Year          int
	Who           string
	Verdict       finding.Verdict
	VerdictText   string
	Groups        []sharedGroup
	Total         count
	Services      []sharedService
	HasBefore     bool
	Overrides     []Override
	OverrideTexts []string
	Settings      []Setting
}

type sharedService struct {
	Code        int
	Name        string
	Now, Before count
}

func newShared(r *Report, w words) *shared {
	s := &shared{
		words: w, L: shareLabels(r, w),
		Tool: clean(r.ToolVersion), Pack: clean(r.RulePack), Number: r.Municipality, District: r.District, Year: r.Year,
		Who: w.who(r), Verdict: r.verdict(), VerdictText: w.verdict(r), HasBefore: r.Previous != nil,
	}
	if r.checked() {
		s.Groups, s.Total = suppress(r.log().Groups())
	}
	if r.Totals != nil {
		for _, code := range serviceCodes(r) {
			s.Services = append(s.Services, sharedService{
				code, w.service(r, code), shareable(r.Totals.ServiceUsers[code]), shareable(before(r, code)),
			})
		}
	}
	for _, o := range r.Overrides {
		o.Reason = ident.Redact(clean(o.Reason))
		s.Overrides = append(s.Overrides, o)
		s.OverrideTexts = append(s.OverrideTexts, w.override(o))
	}
	for _, set := range r.Settings {
		s.OverrideTexts = append(s.OverrideTexts, clean(set.Text))
	}
	s.Settings = r.Settings
	return s
}

func shareText(w io.Writer, s *shared) error {
	line := func(text string) error {
		_, err := io.WriteString(w, strings.Join(wrap(text, textWidth), "\n")+"\n")
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return nil
	}
	lines := []string{strings.TrimSpace(s.L["title"] + "  " + s.Who), s.L["pack"] + " " + s.Pack, "", s.L["rules"]}
	for _, g := range s.Groups {
		if len(g.Rules) == 0 {
			continue
		}
		lines = append(lines, s.severity(g.Severity)+": "+s.count(g.Total))
		for _, r := range g.Rules {
			lines = append(lines, "  "+s.named(r.Rule)+": "+s.count(r.Count))
		}
	}
	if len(s.Groups) > 0 {
		lines = append(lines, s.L["total"]+": "+s.count(s.Total), "")
	}
	if len(s.Services) > 0 {
		lines = append(lines, s.L["services"])
		for _, v := range s.Services {
			text := "  " + v.Name + ": " + s.count(v.Now)
			if s.HasBefore {
				text += " (" + s.L["before"] + ": " + s.count(v.Before) + ")"
			}
			lines = append(lines, text)
		}
		lines = append(lines, "")
	}
	lines = append(lines, s.OverrideTexts...)
	lines = append(lines, s.L["about"], s.VerdictText)
	for _, l := range lines {
		if err := line(l); err != nil {
			return err
		}
	}
	return nil
}

// named is a rule by title and id.
func (w words) named(rule string) string {
	if t := w.title(rule); t != clean(rule) {
		return t + " (" + rule + ")"
	}
	return clean(rule)
}

func shareCSV(w io.Writer, s *shared) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	c := newCSV(w)
	s.table(c)
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (s *shared) table(c *csv.Writer) {
	writeCells(c, s.L["kind"], s.L["code"], s.L["name"], s.L["severity"], s.L["number"], s.L["before"])
	fact := func(name, value string) { writeCells(c, s.L["fact"], "", name, "", value, "") }
	fact(s.L["sender"], s.Who)
	fact(s.L["verdict"], s.VerdictText)
	fact(s.L["pack"], s.Pack)
	for _, o := range s.OverrideTexts {
		fact(s.L["overrides"], o)
	}
	for _, g := range s.Groups {
		for _, r := range g.Rules {
			writeCells(c, s.L["rule"], r.Rule, s.title(r.Rule), s.severity(g.Severity), s.plainCount(r.Count), "")
		}
		if len(g.Rules) > 0 {
			writeCells(c, s.L["sum"], "", s.severity(g.Severity), s.severity(g.Severity), s.plainCount(g.Total), "")
		}
	}
	if len(s.Groups) > 0 {
		writeCells(c, s.L["sum"], "", s.L["total"], "", s.plainCount(s.Total), "")
	}
	for _, v := range s.Services {
		before := ""
		if s.HasBefore {
			before = s.plainCount(v.Before)
		}
		writeCells(c, s.L["service"], fmt.Sprint(v.Code), v.Name, "", s.plainCount(v.Now), before)
	}
}
