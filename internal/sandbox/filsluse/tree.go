package filsluse

import (
	"net/url"

	h "iplos/internal/htmltree"
	"iplos/internal/sandbox/look"
	"iplos/internal/ui/lang"
)

// tree is a page of the web site.
func (s *Server) tree(v view) *h.Element {
	frame := look.Frame{Lang: string(lang.Bokmal), Style: "/stil.css", Texts: s.texts}
	visitor := h.If(v.Username != "", h.El("div", h.Class("who"), h.Text(s.texts["loggedIn"]+" "+v.Username),
		post("/logout", csrf(v.Token), button(s.t("logout")))))
	return frame.Page(v.Title, v.Error, visitor, s.content(v))
}

// t is one of the fixed texts.
func (s *Server) t(name string) h.Part { return h.Text(s.texts[name]) }

func post(action string, parts ...h.Part) h.Part {
	return h.El("form", h.Attr("method", "post"), h.Attr("action", action), h.Group(parts...))
}

func button(parts ...h.Part) h.Part {
	return h.El("button", h.Attr("type", "submit"), h.Group(parts...))
}

func csrf(token string) h.Part {
	return h.El("input", h.Attr("type", "hidden"), h.Attr("name", "csrf"), h.Attr("value", token))
}

func (s *Server) content(v view) h.Part {
	switch {
	case v.Username == "":
		return s.loginForm()
	case len(v.Files) == 0:
		return h.El("p", s.t("none"))
	default:
		return s.fileTable(v)
	}
}

func (s *Server) loginForm() h.Part {
	row := func(kind, name, complete string) h.Part {
		return h.El("div", h.Class("row"),
			h.El("label", h.Attr("for", "form_"+name), s.t(name)), h.Text(" "),
			h.El("input", h.Attr("type", kind), h.Attr("id", "form_"+name), h.Attr("name", name),
				h.Attr("autocomplete", complete), h.Attr("required", "")))
	}
	return post("/human.aspx",
		row("text", "username", "username"),
		row("password", "password", "current-password"),
		h.El("div", h.Class("row"), button(s.t("login"))))
}

func (s *Server) fileTable(v view) h.Part {
	column := func(name string, more ...h.Part) h.Part {
		return h.El("th", h.Attr("scope", "col"), h.Group(more...), s.t(name))
	}
	return h.El("table",
		h.El("thead", h.El("tr", column("file"), column("size", h.Class("n")), column("at"), column("action"))),
		h.El("tbody", h.Each(v.Files, func(f fileLine) h.Part { return s.fileRow(f, v.Token) })))
}

func (s *Server) fileRow(f fileLine, token string) h.Part {
	id := url.PathEscape(f.ID)
	return h.El("tr",
		h.El("td", h.El("a", h.Attr("href", "/file/"+id), h.Text(f.Name)), h.If(f.IsNew, h.Text(" "), h.El("strong", s.t("new")))),
		h.El("td", h.Class("n"), h.Text(f.Size)),
		h.El("td", h.Text(f.At)),
		h.El("td", post("/delete/"+id, csrf(token), button(h.Attr("aria-label", s.texts["delete"]+" "+f.Name), s.t("delete")))))
}
