package look

import h "iplos/internal/htmltree"

// Frame is what every page of a site has around its content.
type Frame struct {
	// Lang is the pages' language, Style the address of the style sheet.
	Lang, Style string
	// Texts are the site's own: site, sub, skip, practice, footer.
	Texts map[string]string
}

// Page returns a page. Visitor is what the heading says of who is logged in,
// problem what went wrong; either may be nothing.
func (f Frame) Page(title, problem string, visitor h.Part, content ...h.Part) *h.Element {
	text := func(name string) h.Part { return h.Text(f.Texts[name]) }
	named := func(name, content string) h.Part {
		return h.El("meta", h.Attr("name", name), h.Attr("content", content))
	}
	return h.El("html", h.Attr("lang", f.Lang),
		h.El("head",
			h.El("meta", h.Attr("charset", "utf-8")),
			named("viewport", "width=device-width, initial-scale=1"),
			named("robots", "noindex"),
			h.El("title", h.Text(title+" – "+f.Texts["site"])),
			h.El("link", h.Attr("rel", "stylesheet"), h.Attr("href", f.Style))),
		h.El("body",
			h.El("a", h.Class("skip"), h.Attr("href", "#innhold"), text("skip")),
			h.El("header",
				h.El("p", h.Class("practice"), text("practice")),
				h.El("p", h.Class("site"), text("site")),
				h.El("p", h.Class("sub"), text("sub")),
				visitor),
			h.El("main", h.Attr("id", "innhold"), h.Attr("tabindex", "-1"),
				h.El("h1", h.Text(title)),
				h.If(problem != "", h.El("p", h.Class("error"), h.Attr("role", "alert"), h.Text(problem))),
				h.Group(content...)),
			h.El("footer", h.El("p", text("footer")))))
}
