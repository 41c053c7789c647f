package report

import (
	"io"

	h "iplos/internal/htmltree"
)

func shareHTML(w io.Writer, s *shared) error { return h.Write(w, s.tree()) }

func (s *shared) tree() *h.Element {
	title := s.L["title"]
	if s.Who != "" {
		title += ": " + s.Who
	}
	class := string(s.Verdict)
	if class == "" {
		class = "none"
	}
	return h.El("html", h.Attr("lang", string(s.Lang())),
		head(policy(pageCSS, ""), title),
		h.El("body",
			topLine(s.L["title"], s.Who, s.l("mark")),
			h.El("main",
				h.El("section", h.Class("verdict v-"+class), h.El("div",
					h.El("h1", h.Text(s.VerdictText)),
					h.El("p", h.Class("line"), s.l("about")))),
				s.rulesCard(), s.servicesCard(), s.aboutCard())))
}

// l is one of the page's own words.
func (s *shared) l(name string) h.Part { return h.Text(s.L[name]) }

// c is a cell with a count.
func (s *shared) c(c count) h.Part { return number(h.Text(s.count(c))) }

func (s *shared) rulesCard() h.Part {
	if len(s.Groups) == 0 {
		return nil
	}
	return card("h-rules", "card", s.L["rules"],
		h.El("table",
			caption(h.Text(s.L["total"]+": "+s.count(s.Total))),
			columns(column("", s.l("rule")), column("n", s.l("number"))),
			h.Each(s.Groups, func(g sharedGroup) h.Part { return h.If(len(g.Rules) > 0, s.group(g)) })))
}

func (s *shared) group(g sharedGroup) h.Part {
	rows := []h.Part{
		h.Class("s-" + g.Severity.String()),
		h.El("tr", h.Class("sum"), rowHead(h.Text(s.severity(g.Severity))), s.c(g.Total)),
	}
	for _, r := range g.Rules {
		title := s.title(r.Rule)
		rows = append(rows, h.El("tr", rowHead(h.Class("sub"), h.Text(title), ruleID(title, r.Rule)), s.c(r.Count)))
	}
	return h.El("tbody", rows...)
}

func (s *shared) servicesCard() h.Part {
	if len(s.Services) == 0 {
		return nil
	}
	now, then := s.l("number"), h.Part(nil)
	if s.HasBefore {
		now, then = s.l("now"), column("n", s.l("before"))
	}
	return card("h-services", "card", s.L["services"],
		h.El("table",
			caption(s.l("users")),
			columns(column("", s.l("service")), column("n", now), then),
			h.El("tbody", h.Each(s.Services, func(v sharedService) h.Part {
				return h.El("tr", rowHead(h.Attr("lang", "nb"), h.Text(v.Name)), s.c(v.Now), h.If(s.HasBefore, s.c(v.Before)))
			}))))
}

func (s *shared) aboutCard() h.Part {
	entry := func(name, value string) h.Part {
		return h.El("div", h.El("dt", h.Text(name)), h.El("dd", h.Text(value)))
	}
	return card("h-about", "card", s.L["check"],
		h.El("dl", entry(s.L["pack"], s.Pack), entry(s.L["tool"], "iplos "+s.Tool)),
		overrides(s.L["overrides"], s.OverrideTexts))
}
