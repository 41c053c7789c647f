package report

import (
	"iter"

	h "iplos/internal/htmltree"
)

func (p *page) findingsCard() h.Part {
	if !p.R.checked() {
		return nil
	}
	return card("h-findings", "card work", p.L["findings"], h.Attr("id", "findings"), p.findingList())
}

func (p *page) findingList() h.Part {
	switch {
	case p.Total == 0:
		return h.El("p", p.l("none"))
	case p.Shown == 0:
		return h.El("p", p.l("unlisted"))
	}
	said := p.shownOf(p.Shown, p.Total) + " "
	if p.Shown < p.Total {
		said += p.L["elsewhere"] + " "
	}
	return h.Group(
		h.El("p", h.Class("soft"), h.Text(said+p.L["doneHelp"])),
		h.El("div", h.Class("filter"), h.Attr("role", "group"), h.Attr("aria-label", p.L["filter"]),
			p.kinds(), p.search(), p.folding()),
		h.Each(p.Sections, func(s htmlSection) h.Part { return h.If(s.Shown > 0, h.Later(s.tree)) }))
}

// shownOf states how many of all findings are listed.
func (p *page) shownOf(shown, total int) string {
	return p.T("report.shown", "shown", shown, "total", total)
}

// kinds chooses among severities; it works by style alone.
func (p *page) kinds() h.Part {
	tick := func(id string, parts ...h.Part) h.Part {
		return h.Group(h.El("label", h.El("input", h.Attr("type", "checkbox"), h.Attr("id", id), h.Group(parts[0]),
			h.Attr("autocomplete", "off")), h.Text(" "), h.Group(parts[1:]...)), h.Text("\n"))
	}
	return h.El("fieldset", h.Class("kinds"), h.El("legend", p.l("show")),
		h.Each(p.Severities, func(s barRow) h.Part {
			return h.If(s.Count > 0, tick("f-"+s.Key, h.Attr("checked", ""), icon("icon s-"+s.Key, s.Key, ""), h.Text(" "+s.Severity)))
		}),
		h.If(p.HasNew, tick("f-new", nil, p.l("onlyNew"))))
}

// search and folding need the script, which shows them.
func (p *page) search() h.Part {
	return h.El("p", h.Class("search"), h.Attr("data-script", ""), h.Attr("hidden", ""),
		h.El("label", h.Attr("for", "q"), p.l("search")), h.Text(" "),
		h.El("input", h.Attr("type", "search"), h.Attr("id", "q"), h.Attr("autocomplete", "off")), h.Text(" "),
		h.El("span", h.Attr("id", "hits"), h.Attr("role", "status"), h.Attr("data-text", p.L["hits"])))
}

func (p *page) folding() h.Part {
	button := func(id string) h.Part { return h.Group(h.Attr("type", "button"), h.Attr("id", id)) }
	return h.El("p", h.Class("fold"), h.Attr("data-script", ""), h.Attr("hidden", ""),
		h.El("button", button("open"), p.l("openAll")), h.Text(" "), h.El("button", button("close"), p.l("closeAll")))
}

// tree is the section, made when its turn comes.
func (s htmlSection) tree(yield func(h.Part) bool) {
	p, key, title := s.page, s.Severity.String(), s.page.title(s.Rule)
	class := "g g-" + key + " s-" + key
	if s.hasNew() {
		class += " has-new"
	}
	why, where := p.rule(s.Rule, ".why", ""), p.rule(s.Rule, ".where", "")
	count := p.T("report.count", "count", s.Count)
	rule := clean(s.Rule)
	yield(h.El("details", h.Attr("id", anchor(s.Group)), h.Class(class), h.If(s.open(), h.Attr("open", "")),
		h.El("summary",
			h.El("h3", icon("icon", key, p.severity(s.Severity)), h.Text(" "+title)), h.Text(" "),
			h.El("span", h.Class("meta"),
				h.If(title != rule, h.El("span", h.Class("id"), h.Text(rule)), h.Text(" ")), h.Text(count))),
		h.El("div", h.Class("body"),
			h.If(why != "", h.El("p", h.Text(why))),
			h.If(where != "", h.El("p", h.Class("where"), h.El("strong", p.l("where")), h.Text(" "+where))),
			h.If(s.Shown < s.Count, h.El("p", h.Class("cut"), h.Text(p.shownOf(s.Shown, s.Count)+" "+p.L["elsewhere"]))),
			h.El("ol", h.Class("people"), h.Later(s.people())))))
}

func (s htmlSection) people() iter.Seq[h.Part] {
	return func(yield func(h.Part) bool) {
		for person := range s.byPerson() {
			if !yield(s.page.person(person)) {
				return
			}
		}
	}
}

// person is one person's findings, with a box to tick when they are put
// right; a finding of no person is of the file.
func (p *page) person(who htmlPerson) h.Part {
	name, class := p.L["wholefile"], "p"
	if who.Person != "" {
		name = p.T("report.html.person", "person", who.Person)
	}
	if who.New {
		class += " new"
	}
	return h.El("li", h.Class(class),
		h.El("div", h.Class("who"),
			h.El("span", h.Class("name"), h.Text(name)),
			h.If(who.Identity != "", h.Text(" "), h.El("span", h.Class("ident"), h.Text(who.Identity))),
			h.If(who.Person != "", h.Text(" "), p.done(name))),
		h.El("ul", h.Each(who.Items, p.item)))
}

func (p *page) done(name string) h.Part {
	return h.El("label", h.Class("done"),
		h.El("input", h.Attr("type", "checkbox"), h.Attr("autocomplete", "off"), h.Attr("aria-label", p.L["done"]+": "+name)),
		h.Text(" "), h.El("span", h.Attr("aria-hidden", "true"), p.l("done")))
}

func (p *page) item(i htmlItem) h.Part {
	return h.El("li",
		h.El("span", h.Class("msg"), h.Text(i.Message),
			h.If(i.New, h.Text(" "), h.El("strong", h.Class("tag"), p.l("new")))),
		h.If(i.Place != "", h.Text(" "), h.El("span", h.Class("place"), h.Text(i.Place))))
}
