package report

import (
	"net/url"
	"strings"

	h "iplos/internal/htmltree"
)

// tree is the whole page; the findings are made as they are written.
func (p *page) tree() *h.Element {
	return h.El("html", h.Attr("lang", string(p.Lang())),
		head(policy(pageCSS, pageJS), p.L["title"]+": "+p.Title, meta("robots", "noindex")),
		h.El("body",
			h.If(p.R.checked(), h.El("a", h.Class("skip"), h.Attr("href", "#findings"), p.l("skip"))),
			symbols(),
			p.top(),
			h.El("main",
				p.verdictCard(), p.countsCard(), p.sinceCard(), p.matchesCard(), p.findingsCard(),
				p.servicesCard(), p.assessedCard(), p.aboutCard()),
			h.El("script", h.Ours(pageJS))))
}

// l is one of the page's own words.
func (p *page) l(name string) h.Part { return h.Text(p.L[name]) }

// n is a number as the language writes it.
func (p *page) n(n int) h.Part { return h.Text(p.Number(int64(n))) }

func head(csp, title string, more ...h.Part) h.Part {
	return h.El("head",
		h.El("meta", h.Attr("charset", "utf-8")),
		h.El("meta", h.Attr("http-equiv", "Content-Security-Policy"), h.Attr("content", csp)),
		meta("viewport", "width=device-width, initial-scale=1"),
		meta("color-scheme", "light dark"),
		meta("referrer", "no-referrer"),
		h.Group(more...),
		h.El("title", h.Text(title)),
		h.El("style", h.Ours(pageCSS)))
}

func meta(name, content string) h.Part {
	return h.El("meta", h.Attr("name", name), h.Attr("content", content))
}

// symbols are the icons and the pattern that the page's drawings refer to.
func symbols() h.Part {
	path := func(class, d string) h.Part { return h.El("path", h.If(class != "", h.Class(class)), h.Attr("d", d)) }
	circle := h.El("circle", h.Attr("cx", "10"), h.Attr("cy", "10"), h.Attr("r", "9"))
	symbol := func(name string, outline h.Part, sign string) h.Part {
		return h.El("symbol", h.Attr("id", "i-"+name), h.Attr("viewBox", "0 0 20 20"), outline, path("in", sign))
	}
	return h.El("svg", h.Attr("width", "0"), h.Attr("height", "0"), h.Attr("aria-hidden", "true"), h.Class("defs"),
		symbol("error", path("", "M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2Z"), "m6.6 6.6 6.8 6.8m0-6.8-6.8 6.8"),
		symbol("minimum", path("", "M10 1.5 19.4 18H.6Z"), "M10 7.5v5m0 2.4v.3"),
		symbol("warning", path("", "M10 .8 19.2 10 10 19.2.8 10Z"), "M10 5.8v5.4m0 2.6v.3"),
		symbol("info", circle, "M10 9v5.5M10 5.6v.3"),
		symbol("ready", circle, "m5.8 10.4 2.9 2.9 5.6-6"),
		h.El("pattern", h.Attr("id", "hatch"), h.Attr("width", "5"), h.Attr("height", "5"),
			h.Attr("patternUnits", "userSpaceOnUse"), h.Attr("patternTransform", "rotate(45)"),
			h.El("rect", h.Class("hatch"), h.Attr("width", "2.4"), h.Attr("height", "5"))))
}

// icon is a severity's or a verdict's sign; one with a label is read aloud.
func icon(class, key, label string) h.Part {
	return h.El("svg", h.Class(class),
		h.If(label == "", h.Attr("aria-hidden", "true")),
		h.If(label != "", h.Attr("role", "img"), h.Attr("aria-label", label)),
		h.El("use", h.Attr("href", "#i-"+key)))
}

// rect draws a bar; its parts are names and values in turn.
func rect(class string, pairs ...string) h.Part {
	parts := []h.Part{h.Class(class)}
	for i := 0; i+1 < len(pairs); i += 2 {
		parts = append(parts, h.Attr(pairs[i], pairs[i+1]))
	}
	return h.El("rect", parts...)
}

// card is a section of the page with its heading.
func card(id, class, title string, parts ...h.Part) h.Part {
	return h.El("section", h.Class(class), h.Attr("aria-labelledby", id),
		h.El("h2", h.Attr("id", id), h.Text(title)), h.Group(parts...))
}

func column(class string, parts ...h.Part) h.Part {
	return h.El("th", h.Attr("scope", "col"), h.If(class != "", h.Class(class)), h.Group(parts...))
}

func rowHead(parts ...h.Part) h.Part { return h.El("th", h.Attr("scope", "row"), h.Group(parts...)) }

func number(parts ...h.Part) h.Part { return h.El("td", h.Class("n"), h.Group(parts...)) }

func columns(parts ...h.Part) h.Part { return h.El("thead", h.El("tr", parts...)) }

func caption(part h.Part) h.Part { return h.El("caption", part) }

// ruleID shows a rule's id beside its title, unless the id is all there is.
func ruleID(title, rule string) h.Part {
	return h.If(title != rule, h.Text(" "), h.El("span", h.Class("id"), h.Text(rule)))
}

// fragment is the address of a place in the page.
func fragment(anchor string) string {
	return "#" + strings.ReplaceAll(url.QueryEscape(anchor), "+", "%20")
}

func (p *page) top() h.Part {
	private := p.l("private")
	if p.R.Identity != nil {
		private = p.l("identities")
	}
	return topLine(p.L["title"], p.Who, private)
}

func topLine(title, who string, private h.Part) h.Part {
	return h.El("header", h.Class("top"),
		h.El("p", h.Class("brand"), h.Text(title)),
		h.If(who != "", h.El("p", h.Class("sender"), h.Text(who))),
		h.El("p", h.Class("private"), private))
}

func (p *page) verdictCard() h.Part {
	class, sign := p.Key, "error"
	switch {
	case p.R.Feedback:
		class, sign = "feedback", "info"
	case p.Key == "":
		class = "none"
	}
	switch p.Key {
	case "ready":
		sign = "ready"
	case "incomplete":
		sign = "minimum"
	}
	return h.El("section", h.Class("verdict v-"+class),
		icon("icon big", sign, ""),
		h.El("div",
			h.El("h1", h.Text(p.Verdict)),
			h.El("p", h.Class("line"), h.Text(p.Line)),
			h.If(p.Next != "", h.El("div", h.Class("next"), h.El("h2", p.l("next")), h.El("p", h.Text(p.Next))))))
}

func (p *page) aboutCard() h.Part {
	if len(p.Facts)+len(p.Overrides) == 0 {
		return nil
	}
	return card("h-about", "card", p.L["about"],
		h.El("dl", h.Each(p.Facts, func(f fact) h.Part {
			return h.El("div", h.El("dt", h.Text(f.Name)), h.El("dd", h.Text(f.Value)))
		})),
		overrides(p.L["overrides"], p.Overrides))
}

func overrides(title string, texts []string) h.Part {
	return h.If(len(texts) > 0,
		h.El("h3", h.Text(title)),
		h.El("ul", h.Each(texts, func(s string) h.Part { return h.El("li", h.Text(s)) })))
}
