package submit

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

const (
	// maxPage bounds a page in bytes: an ASP.NET page with a large view state
	// is some hundred kB.
	maxPage = 4 << 20
	// maxNodes bounds a page's tree, maxText the text shown and kept.
	maxNodes = 200_000
	maxText  = 4000
	// maxForms and maxControls bound the work of recognising: each field is weighed
	// for each role.
	maxForms    = 50
	maxControls = 500
	// maxDepth is where the tree is cut: the walks are recursive.
	maxDepth = 500
)

// link is something to follow by GET.
type link struct {
	url  *url.URL
	text string
}

// page is an HTML page as a careful browser sees it.
type page struct {
	url    *url.URL
	status int
	enc    encoding.Encoding
	forms  []*form
	links  []link
	// segments are the visible texts, one for each block or table cell.
	segments []string
	// said are the segments that are no table headings: a column "Mottatt"
	// says nothing of a file.
	said    []string
	heading bool
	// weighed are the segments with how much they matter to a person; weight
	// is that of the text gathered so far.
	weighed []segment
	weight  weight
	refresh *url.URL

	base  *url.URL
	nodes int
	text  strings.Builder
	// labels are the texts of label elements by the id they are for, names
	// the texts of all elements with an id, for aria-labelledby.
	labels map[string]string
	byID   map[string]*html.Node
}

// parsePage reads a page. It takes anything: what is no HTML becomes text,
// and what the parser gives up on (more than 512 elements within each other)
// a page that says nothing.
func parsePage(u *url.URL, status int, contentType string, body []byte) *page {
	enc, _, _ := charset.DetermineEncoding(body[:min(len(body), 1024)], contentType)
	doc, err := html.ParseWithOptions(enc.NewDecoder().Reader(bytes.NewReader(body)), html.ParseOptionEnableScripting(false))
	p := &page{url: u, base: u, status: status, enc: enc, labels: map[string]string{}, byID: map[string]*html.Node{}}
	if err != nil {
		return p
	}
	p.index(doc, 0)
	w := &walker{page: p, weight: ordinary}
	w.walk(doc, nil, 0)
	p.flush()
	return p
}

// index collects what the walk looks up: ids, labels, the base address.
func (p *page) index(n *html.Node, depth int) {
	if p.nodes++; p.nodes > maxNodes || depth > maxDepth {
		return
	}
	if n.Type == html.ElementNode {
		if id := attr(n, "id"); id != "" && p.byID[id] == nil {
			p.byID[id] = n
		}
		switch n.DataAtom {
		case atom.Label:
			if id := attr(n, "for"); id != "" && len(p.labels[id]) < maxText {
				p.labels[id] += " " + innerText(n, maxDepth)
			}
		case atom.Base:
			if u, err := p.url.Parse(attr(n, "href")); err == nil && attr(n, "href") != "" {
				p.base = u
			}
		case atom.Meta:
			p.meta(n)
		default:
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.index(c, depth+1)
	}
}

// meta finds <meta http-equiv="refresh" content="2; url=next">.
func (p *page) meta(n *html.Node) {
	if !strings.EqualFold(attr(n, "http-equiv"), "refresh") {
		return
	}
	_, rest, _ := strings.Cut(attr(n, "content"), ";")
	name, target, ok := strings.Cut(rest, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "url") {
		return
	}
	if u, err := p.base.Parse(strings.Trim(strings.TrimSpace(target), `'"`)); err == nil {
		p.refresh = u
	}
}

// flush ends a segment of text.
func (p *page) flush() {
	s := strings.Join(strings.Fields(clean(p.text.String())), " ")
	w := p.weight
	p.text.Reset()
	p.weight = around
	if s != "" && len(p.segments) < 2000 {
		p.segments = append(p.segments, s)
		p.weighed = append(p.weighed, segment{s, w})
		if !p.heading {
			p.said = append(p.said, s)
		}
	}
}

func bound(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[:limit]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + " …"
}

// clean drops what could disturb a terminal: control characters and the ones
// that turn the direction of text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		default:
			return r
		}
	}, s)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return true
		}
	}
	return false
}

// innerText is an element's text without its controls'.
func innerText(n *html.Node, depth int) string {
	if depth == 0 {
		return ""
	}
	if n.Type == html.TextNode {
		return n.Data
	}
	if n.Type == html.ElementNode && (invisible(n) || n.DataAtom == atom.Select || n.DataAtom == atom.Textarea) {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(innerText(c, depth-1))
		if b.Len() > maxText {
			break
		}
	}
	return b.String()
}

func invisible(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Head, atom.Object, atom.Svg:
		return true
	default:
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return hasAttr(n, "hidden") || strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}
