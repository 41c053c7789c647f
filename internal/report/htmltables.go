package report

import (
	"strconv"
	"strings"

	"iplos/internal/finding"
	h "iplos/internal/htmltree"
)

func (p *page) countsCard() h.Part {
	if !p.R.checked() {
		return nil
	}
	return card("h-counts", "card", p.L["counts"], p.stack(), p.severityTable(), p.ruleTable())
}

// stack is the severities' shares in one bar.
func (p *page) stack() h.Part {
	if p.Total == 0 {
		return nil
	}
	var told []string
	for _, s := range p.Severities {
		told = append(told, s.Severity+" "+strconv.Itoa(s.Count))
	}
	return h.El("svg", h.Class("stack"), h.Attr("role", "img"), h.Attr("width", "100%"), h.Attr("height", "18"),
		h.Attr("aria-label", p.L["chart"]+": "+strings.Join(told, ", ")),
		h.Each(p.Severities, func(s barRow) h.Part {
			return h.If(s.Count > 0, rect("bar b-"+s.Key, "x", s.X+"%", "width", s.Width+"%", "height", "18"))
		}))
}

func (p *page) severityTable() h.Part {
	return h.El("table", h.Class("sev"),
		caption(p.l("bySeverity")),
		columns(column("", p.l("severity")), column("n", p.l("number")), column("wide", p.l("meaning"))),
		h.El("tbody", h.Each(p.Severities, func(s barRow) h.Part {
			return h.El("tr", h.Class("s-"+s.Key),
				rowHead(icon("icon", s.Key, ""), h.Text(" "+s.Severity)),
				number(p.n(s.Count)),
				h.El("td", h.Class("wide soft"), h.Text(s.Meaning)))
		})))
}

func (p *page) ruleTable() h.Part {
	if len(p.Rules) == 0 {
		return nil
	}
	return h.El("table", h.Class("rules"),
		caption(p.l("byRule")),
		columns(column("", p.l("rule")), column("n", p.l("number")), p.chartColumn()),
		h.El("tbody", h.Each(p.Rules, func(r barRow) h.Part {
			return h.El("tr", h.Class("s-"+r.Key),
				rowHead(icon("icon", r.Key, r.Severity), h.Text(" "),
					h.El("a", h.Attr("href", fragment(r.Anchor)), h.Text(r.Title)), ruleID(r.Title, r.ID)),
				number(p.n(r.Count)),
				chart("12", rect("bar b-"+r.Key, "width", r.Width+"%", "height", "12", "rx", "2")))
		})))
}

func (p *page) chartColumn() h.Part {
	return column("wide chart", h.El("span", h.Class("vh"), p.l("chart")))
}

// chart is the cell with a row's bars: what they show is in its numbers.
func chart(height string, bars ...h.Part) h.Part {
	return h.El("td", h.Class("wide chart"),
		h.El("svg", h.Attr("aria-hidden", "true"), h.Attr("width", "100%"), h.Attr("height", height), h.Group(bars...)))
}

func (p *page) sinceCard() h.Part {
	if p.R.Comparison == nil {
		return nil
	}
	return card("h-since", "card", p.L["since"],
		h.El("p", h.Text(p.compared(p.R.Comparison))),
		h.If(len(p.Changes) > 0, h.El("table",
			caption(p.l("sinceRule")),
			columns(column("", p.l("rule")), column("n", p.l("newOnes")), column("n", p.l("fixed")), column("n", p.l("remaining"))),
			h.El("tbody", h.Each(p.Changes, func(c changeRow) h.Part {
				return h.El("tr", rowHead(h.Text(c.Title), ruleID(c.Title, c.Rule)),
					number(p.n(c.New)), number(p.n(c.Fixed)), number(p.n(c.Remaining)))
			})))))
}

func (p *page) matchesCard() h.Part {
	if len(p.R.Matches) == 0 {
		return nil
	}
	return card("h-matches", "card", p.L["matches"],
		h.El("table",
			caption(p.l("byRule")),
			columns(column("", p.l("rule")), column("n", p.l("foretold")), column("n", p.l("notForetold")), column("n", p.l("alone"))),
			h.El("tbody", h.Each(p.R.Matches, func(m finding.Match) h.Part {
				return h.El("tr", rowHead(h.Text(p.title(m.Rule))),
					number(p.n(m.Foretold)), number(p.n(m.Unforetold)), number(p.n(m.OursAlone)))
			}))))
}

func (p *page) servicesCard() h.Part {
	if len(p.Services) == 0 {
		return nil
	}
	if p.R.Previous == nil {
		return card("h-services", "card", p.L["services"], p.serviceTable(p.l("number"), nil, p.serviceRow))
	}
	return card("h-services", "card", p.L["services"], p.legend(),
		p.serviceTable(p.l("now"), h.Group(column("n", p.l("before")), column("n", p.l("change"))), p.serviceRowOfTwo))
}

// legend says which bar is which year's.
func (p *page) legend() h.Part {
	sample := func(bar h.Part) h.Part {
		return h.El("svg", h.Attr("width", "28"), h.Attr("height", "10"), h.Attr("aria-hidden", "true"), bar)
	}
	return h.El("p", h.Class("soft legend"),
		sample(rect("bar b-now", "width", "28", "height", "10", "rx", "2")), h.Text(" "+p.L["now"]+" "),
		sample(rect("old", "x", ".5", "y", ".5", "width", "27", "height", "9", "rx", "2")), h.Text(" "+p.L["before"]))
}

func (p *page) serviceTable(now, more h.Part, row func(serviceRow) h.Part) h.Part {
	return h.El("table", h.Class("services"),
		caption(p.l("users")),
		columns(column("", p.l("service")), column("n", now), more, p.chartColumn()),
		h.El("tbody", h.Each(p.Services, row)))
}

func (p *page) serviceRow(s serviceRow) h.Part {
	return h.El("tr", rowHead(h.Attr("lang", "nb"), h.Text(s.Name)), number(p.n(s.Now)),
		chart("12", rect("bar b-now", "width", s.NowWidth+"%", "height", "12", "rx", "2")))
}

func (p *page) serviceRowOfTwo(s serviceRow) h.Part {
	return h.El("tr", rowHead(h.Attr("lang", "nb"), h.Text(s.Name)), number(p.n(s.Now)), number(p.n(s.Before)),
		number(h.Text(s.Change), h.If(s.Share != "", h.Text(" "), h.El("span", h.Class("pct"), h.Text("("+s.Share+")")))),
		chart("20",
			rect("bar b-now", "width", s.NowWidth+"%", "height", "9", "rx", "2"),
			rect("old", "x", ".5", "y", "11", "width", s.OldWidth+"%", "height", "8", "rx", "2")))
}

func (p *page) assessedCard() h.Part {
	a := p.Assessed
	if a == nil {
		return nil
	}
	return card("h-assessed", "card", p.L["assessed"],
		h.El("p", h.Text(strings.TrimSuffix(a.Text+" "+a.Before, " "))),
		h.El("svg", h.Class("stack"), h.Attr("aria-hidden", "true"), h.Attr("width", "100%"), h.Attr("height", "18"),
			rect("track", "width", "100%", "height", "18", "rx", "3"),
			rect("bar b-now", "width", a.Width+"%", "height", "18", "rx", "3")))
}
