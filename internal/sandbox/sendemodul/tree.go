package sendemodul

import (
	"strconv"

	h "iplos/internal/htmltree"
	"iplos/internal/sandbox/look"
)

// tree is a page of the site.
func (s *Server) tree(v view) *h.Element {
	frame := look.Frame{Lang: string(s.v.lang), Style: Base + "stil.css", Texts: s.texts}
	return frame.Page(v.Title, v.Error, h.If(v.Who != "", s.visitor(v)),
		h.Each(v.Lines, func(line string) h.Part { return h.El("p", h.Text(line)) }),
		h.If(v.Reference != "", s.receipt(v)),
		formTree(v.Form),
		links(v.Links),
		h.If(v.ShowFiles, h.El("h2", h.Text(v.FilesTitle)), s.files(v.Files)))
}

// t is one of the fixed texts.
func (s *Server) t(name string) h.Part { return h.Text(s.texts[name]) }

func (s *Server) visitor(v view) h.Part {
	out := h.El("a", h.Attr("href", v.Logout.Action), s.t("logout"))
	if v.Logout.Button != "" {
		out = h.El("form", h.Attr("method", "post"), h.Attr("action", v.Logout.Action), hiddenTree(v.Logout.Hidden),
			h.El("button", h.Attr("type", "submit"), h.Attr("name", v.Logout.Button), h.Attr("value", "1"), s.t("logout")))
	}
	return h.El("div", h.Class("who"), h.El("span", h.Text(s.texts["loggedIn"]+" "+v.Who)), h.Text(" "), out)
}

func (s *Server) receipt(v view) h.Part {
	return h.El("div", h.Attr("role", "status"), h.El("dl", h.Class("receipt"),
		h.El("dt", s.t("reference")), h.El("dd", h.Attr("id", "referanse"), h.Text(v.Reference)),
		h.El("dt", s.t("receivedAt")), h.El("dd", h.Text(v.At))))
}

func links(list []link) h.Part {
	return h.If(len(list) > 0, h.El("ul", h.Class("links"), h.Each(list, func(l link) h.Part {
		return h.El("li", h.El("a", h.Attr("href", l.Href), h.Text(l.Text)))
	})))
}

func (s *Server) files(list []fileLine) h.Part {
	if len(list) == 0 {
		return h.El("p", s.t("noFiles"))
	}
	column := func(name string, more ...h.Part) h.Part {
		return h.El("th", h.Attr("scope", "col"), h.Group(more...), s.t(name))
	}
	return h.El("table", h.Attr("id", "mottatt"),
		h.El("thead", h.El("tr", column("file"), column("bytes", h.Class("n")), column("receivedAt"), column("reference"))),
		h.El("tbody", h.Each(list, func(f fileLine) h.Part {
			return h.El("tr", h.El("td", h.Text(f.Name)), h.El("td", h.Class("n"), h.Text(f.Bytes)),
				h.El("td", h.Text(f.At)), h.El("td", h.Text(f.Reference)))
		})))
}

func hiddenTree(list []hidden) h.Part {
	return h.Each(list, func(f hidden) h.Part {
		return h.El("input", h.Attr("type", "hidden"), h.Attr("name", f.Name), optional("id", f.ID), h.Attr("value", f.Value))
	})
}

// optional is an attribute that is left out when it is empty.
func optional(name, value string) h.Part { return h.If(value != "", h.Attr(name, value)) }

func formTree(f *form) h.Part {
	if f == nil {
		return nil
	}
	return h.El("form", h.Attr("id", f.ID), h.Attr("method", "post"), h.Attr("action", f.Action), h.Attr("autocomplete", "off"),
		h.If(f.Files, h.Attr("enctype", "multipart/form-data")),
		hiddenTree(f.Hidden),
		h.El("fieldset", h.El("legend", h.Text(f.Legend)), h.Each(f.Fields, func(f field) h.Part {
			return h.El("div", h.Class("row"), fieldTree(f),
				h.If(f.Help != "", h.Text(" "), h.El("small", h.Class("help"), h.Text(f.Help))))
		})),
		h.El("div", h.Class("row buttons"), h.El("button", h.Attr("type", "submit"),
			h.Attr("name", f.Button.Name), h.Attr("value", f.Button.Value), h.Text(f.Button.Value))))
}

// fieldTree labels the field in the page set's way.
func fieldTree(f field) h.Part {
	input := func(more ...h.Part) h.Part {
		return h.El("input", h.Attr("type", f.Type), h.Attr("name", f.Name), h.Group(more...), optional("value", f.Value),
			h.If(f.Max > 0, h.Attr("maxlength", strconv.Itoa(f.Max))), h.If(f.Numeric, h.Attr("inputmode", "numeric")),
			h.If(f.Multiple, h.Attr("multiple", "")), h.Attr("required", ""))
	}
	label := h.Text(f.Label)
	switch f.Style {
	case "wrap":
		return h.El("label", h.El("span", label), h.Text(" "), input())
	case "aria":
		return h.Group(h.El("span", h.Class("label"), h.Attr("aria-hidden", "true"), label), h.Text(" "),
			input(h.Attr("aria-label", f.Label)))
	case "placeholder":
		return input(h.Attr("placeholder", f.Label))
	default:
		return h.Group(h.El("label", h.Attr("for", f.ID), label), h.Text(" "), input(h.Attr("id", f.ID)))
	}
}
