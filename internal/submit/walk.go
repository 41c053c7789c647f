package submit

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// walker goes through a page once and collects forms, links and texts.
type walker struct {
	page *page
	// open is a form element that got no children because it stood where a
	// table wants rows: the parser empties it, and the controls that follow
	// are its own, as in browsers.
	open  *form
	byID  map[string]*form
	nodes int
	// near is the last text seen, for fields named by a table cell before.
	near string
	// weight is that of the text in the element being walked.
	weight weight
}

func (w *walker) walk(n *html.Node, f *form, depth int) {
	if w.nodes++; w.nodes > maxNodes || depth > maxDepth {
		return
	}
	switch n.Type {
	case html.TextNode:
		w.page.text.WriteString(n.Data)
		if s := strings.TrimSpace(n.Data); s != "" {
			w.near = bound(s, 200)
			w.page.weight = max(w.page.weight, w.weight)
		}
		return
	case html.ElementNode:
		if invisible(n) {
			w.hidden(n, f, depth)
			return
		}
		if f = w.element(n, f); isControlText(n) {
			return
		}
	default:
	}
	w.apart(n, true)
	outer := w.weight
	w.weight = weightOf(n, outer)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, f, depth+1)
	}
	w.weight = outer
	w.apart(n, false)
}

// apart sets off what an element says: a block is a text of its own, a table
// row and a term with its description are one text each.
func (w *walker) apart(n *html.Node, before bool) {
	switch {
	case n.Type != html.ElementNode:
	case n.DataAtom == atom.Td || n.DataAtom == atom.Dd || n.DataAtom == atom.Dt && !before:
		w.page.text.WriteByte(' ')
	case !inline(n):
		w.page.flush()
	}
	if n.DataAtom == atom.Thead || n.DataAtom == atom.Th {
		w.page.flush()
		w.page.heading = before
	}
}

// hidden still takes the fields of a part that is not shown: ASP.NET puts
// its view state into <div style="display:none">.
func (w *walker) hidden(n *html.Node, f *form, depth int) {
	if n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Template || n.DataAtom == atom.Head {
		return
	}
	if w.nodes++; w.nodes > maxNodes || depth > maxDepth {
		return
	}
	if n.Type == html.ElementNode {
		f = w.element(n, f)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.hidden(c, f, depth+1)
	}
}

// isControlText tells that an element's text is its value, not the page's.
func isControlText(n *html.Node) bool {
	return n.DataAtom == atom.Select || n.DataAtom == atom.Textarea || n.DataAtom == atom.Button
}

func inline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Em, atom.Font, atom.I, atom.Img, atom.Kbd,
		atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr, atom.Label:
		return true
	default:
		return false
	}
}

// element takes what the element itself is and returns the form its children
// belong to.
func (w *walker) element(n *html.Node, f *form) *form {
	switch n.DataAtom {
	case atom.Form:
		return w.startForm(n)
	case atom.A:
		w.link(n, f)
	case atom.Frame, atom.Iframe:
		w.addLink(attr(n, "src"), attr(n, "title")+" "+attr(n, "name"))
	case atom.Input, atom.Select, atom.Textarea, atom.Button:
		if owner := w.owner(n, f); owner != nil && !owner.full() {
			owner.add(w.control(n))
		}
	default:
	}
	return f
}

func (w *walker) startForm(n *html.Node) *form {
	f := &form{id: attr(n, "id"), action: attr(n, "action"), method: strings.ToLower(attr(n, "method"))}
	if len(w.page.forms) >= maxForms {
		return nil
	}
	w.page.forms = append(w.page.forms, f)
	if w.byID == nil {
		w.byID = map[string]*form{}
	}
	if f.id != "" && w.byID[f.id] == nil {
		w.byID[f.id] = f
	}
	w.open = nil
	if n.FirstChild == nil {
		w.open = f
	}
	return f
}

func (w *walker) owner(n *html.Node, f *form) *form {
	if id := attr(n, "form"); id != "" {
		return w.byID[id]
	}
	if f != nil {
		return f
	}
	return w.open
}

func (w *walker) control(n *html.Node) *control {
	c := &control{
		typ: strings.ToLower(attr(n, "type")), name: attr(n, "name"), id: attr(n, "id"), value: attr(n, "value"),
		action: attr(n, "formaction"), method: strings.ToLower(attr(n, "formmethod")),
		required: hasAttr(n, "required") || attr(n, "aria-required") == "true", checked: hasAttr(n, "checked"),
		off: hasAttr(n, "disabled"), multiple: hasAttr(n, "multiple"),
		postback: postbackTarget(attr(n, "onclick")),
	}
	switch n.DataAtom {
	case atom.Button:
		if c.typ == "" {
			c.typ = "submit"
		}
	case atom.Select:
		c.typ = "select"
		c.options = optionsOf(n, nil, 0)
	case atom.Textarea:
		c.typ = "textarea"
		c.value = innerRaw(n)
	case atom.Input:
		if c.typ == "" {
			c.typ = "text"
		}
	default:
	}
	c.hints = w.hints(n, c)
	c.near = w.near
	return c
}

// hints gathers the texts that name a control.
func (w *walker) hints(n *html.Node, c *control) []string {
	var hints []string
	add := func(s string) {
		if s = strings.Join(strings.Fields(bound(s, 300)), " "); s != "" && !slices.Contains(hints, s) {
			hints = append(hints, s)
		}
	}
	if c.id != "" {
		add(w.page.labels[c.id])
	}
	for p, depth := n.Parent, 0; p != nil && depth < 20; p, depth = p.Parent, depth+1 {
		if p.DataAtom == atom.Label {
			add(innerText(p, 50))
			break
		}
	}
	add(attr(n, "aria-label"))
	for id := range strings.FieldsSeq(attr(n, "aria-labelledby")) {
		if l := w.page.byID[id]; l != nil {
			add(innerText(l, 50))
		}
	}
	add(attr(n, "placeholder"))
	add(attr(n, "title"))
	if n.DataAtom == atom.Button {
		add(innerText(n, 50))
	}
	if c.typ == "submit" || c.typ == "image" {
		add(c.value)
		add(attr(n, "alt"))
	}
	return hints
}

func optionsOf(n *html.Node, out []option, depth int) []option {
	if depth > 10 || len(out) > 2000 {
		return out
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Option {
			o := option{value: attr(c, "value"), text: strings.TrimSpace(innerText(c, 10)), selected: hasAttr(c, "selected")}
			if !hasAttr(c, "value") {
				o.value = o.text
			}
			out = append(out, o)
			continue
		}
		out = optionsOf(c, out, depth+1)
	}
	return out
}

func innerRaw(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// link takes <a href>; one that calls __doPostBack is a button of its form.
func (w *walker) link(n *html.Node, f *form) {
	href := attr(n, "href")
	if target := postbackTarget(href); target != "" {
		if f != nil && !f.full() {
			f.buttons = append(f.buttons, &control{typ: "postback", id: attr(n, "id"), postback: target, hints: []string{strings.TrimSpace(innerText(n, 50))}})
		}
		return
	}
	w.addLink(href, innerText(n, 50)+" "+attr(n, "title")+" "+attr(n, "aria-label"))
}

func (w *walker) addLink(href, text string) {
	if href == "" || strings.HasPrefix(href, "#") || len(w.page.links) > 1000 {
		return
	}
	u, err := w.page.base.Parse(strings.TrimSpace(href))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return
	}
	w.page.links = append(w.page.links, link{url: u, text: strings.Join(strings.Fields(text), " ")})
}

// postbackTarget reads "javascript:__doPostBack('target','argument')".
func postbackTarget(script string) string {
	_, rest, ok := strings.Cut(script, "__doPostBack(")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `'"& `)
	end := strings.IndexAny(rest, `'"`)
	if end < 0 {
		return ""
	}
	return rest[:end]
}
