// Package htmltree makes web pages as trees of elements. Tags and escaping are
// those of golang.org/x/net/html; whatever text is given stays text. A part of
// the tree may be made while it is written, so that a long page needs no more
// memory than a short one.
//
// There is no template package in the program: see
// docs/decisions/html-without-templates.md.
package htmltree

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/net/html"
)

// Part is what an element is made of: an attribute or content. Nil is
// nothing.
type Part interface{ part() }

type (
	attr  html.Attribute
	text  string
	ours  string
	group []Part
	later iter.Seq[Part]

	// Element is an element with its attributes and content, in order.
	Element struct {
		name  string
		parts []Part
	}
)

func (attr) part()     {}
func (text) part()     {}
func (ours) part()     {}
func (group) part()    {}
func (later) part()    {}
func (*Element) part() {}

// El returns an element. Its name is never from outside.
func El(name string, parts ...Part) *Element { return &Element{name, parts} }

// Attr returns an attribute. Its name is never from outside; nor is the value
// of one that a browser runs, such as an address or a style.
func Attr(name, value string) Part { return attr{Key: name, Val: whole(value)} }

// Class returns the attribute class.
func Class(names string) Part { return Attr("class", names) }

// Text returns content that is shown as it stands.
func Text(s string) Part { return text(whole(s)) }

// Ours returns the content of style or script, which is written as it is: it
// must be the program's own.
func Ours(s string) Part { return ours(s) }

// Group returns several parts as one.
func Group(parts ...Part) Part { return group(parts) }

// If returns the parts when the condition holds, otherwise nothing.
func If(condition bool, parts ...Part) Part {
	if !condition {
		return nil
	}
	return group(parts)
}

// Each returns a part for each item.
func Each[T any](items []T, part func(T) Part) Part {
	parts := make(group, len(items))
	for i, item := range items {
		parts[i] = part(item)
	}
	return parts
}

// Later returns parts that are made one by one as they are written. They are
// content only.
func Later(parts iter.Seq[Part]) Part { return later(parts) }

// whole has no NUL, which browsers take in different ways.
func whole(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }

// Write writes a document.
func Write(w io.Writer, root *Element) error {
	b := bufio.NewWriterSize(w, 32<<10)
	t := &tree{w: b}
	t.put(html.Token{Type: html.DoctypeToken, Data: "html"})
	t.element(root)
	if t.err != nil {
		return fmt.Errorf("writing the page: %w", t.err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// tree writes until the first error.
type tree struct {
	w   *bufio.Writer
	err error
}

func (t *tree) raw(s string) {
	if t.err == nil {
		_, t.err = t.w.WriteString(s)
	}
}

func (t *tree) put(token html.Token) { t.raw(token.String()) }

func (t *tree) element(e *Element) {
	t.put(html.Token{Type: html.StartTagToken, Data: e.name, Attr: attributes(nil, e.parts)})
	if void(e.name) {
		return
	}
	for _, p := range e.parts {
		t.content(p, e.name)
	}
	t.put(html.Token{Type: html.EndTagToken, Data: e.name})
	if endsLine(e.name) {
		t.raw("\n")
	}
}

func attributes(list []html.Attribute, parts []Part) []html.Attribute {
	for _, p := range parts {
		switch p := p.(type) {
		case attr:
			list = append(list, html.Attribute(p))
		case group:
			list = attributes(list, p)
		}
	}
	return list
}

func (t *tree) content(p Part, in string) {
	switch p := p.(type) {
	case *Element:
		t.element(p)
	case text:
		t.put(html.Token{Type: html.TextToken, Data: string(p)})
	case ours:
		t.literal(string(p), in)
	case group:
		for _, q := range p {
			t.content(q, in)
		}
	case later:
		for q := range p {
			if t.content(q, in); t.err != nil {
				return
			}
		}
	}
}

// literal writes what a browser takes as it stands, up to the next end tag.
func (t *tree) literal(s, in string) {
	switch {
	case t.err != nil:
	case in != "style" && in != "script", strings.Contains(s, "</"), strings.Contains(s, "<!--"):
		t.err = fmt.Errorf("this cannot stand as it is in %q", in)
	default:
		t.raw(s)
	}
}

// void tells whether an element has no content and no end tag (HTML 13.1.2).
func void(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr":
		return true
	default:
		return false
	}
}

// endsLine tells whether a line may end after the element, for those who read
// the page's source: white space does not show there.
func endsLine(name string) bool {
	switch name {
	case "title", "style", "script", "head", "body", "header", "main", "footer", "section", "form", "fieldset", "table", "tr",
		"thead", "p", "h1", "h2", "ul", "ol", "li", "dl", "div", "details", "summary", "symbol":
		return true
	default:
		return false
	}
}
