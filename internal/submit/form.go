package submit

import (
	"net/url"
	"strings"
)

// control is a field or button of a form.
type control struct {
	typ, name, id, value string
	// hints are the texts that say what the field or button is for, the most
	// telling first: label, aria-label, placeholder, title, a button's own.
	hints []string
	// near is the text that stands before it, for a field without hints.
	near string
	// postback is the target of an ASP.NET link that submits by script.
	postback                         string
	action, method                   string
	required, checked, off, multiple bool
	options                          []option
}

type option struct {
	value, text string
	selected    bool
}

// form is a form of a page, its controls in document order.
type form struct {
	id, action, method string
	controls, buttons  []*control
}

func (f *form) full() bool { return len(f.controls)+len(f.buttons) >= maxControls }

// add takes a control; what sends nothing is left out.
func (f *form) add(c *control) {
	switch {
	case c.off || c.typ == "reset" || c.typ == "button" && c.postback == "":
	case c.typ == "submit" || c.typ == "image" || c.postback != "":
		f.buttons = append(f.buttons, c)
	default:
		f.controls = append(f.controls, c)
	}
}

// target resolves where the form goes when the button is pressed.
func (f *form) target(p *page, button *control) (*url.URL, error) {
	action := f.action
	if button != nil && button.action != "" {
		action = button.action
	}
	if action == "" {
		return p.url, nil
	}
	return p.base.Parse(strings.TrimSpace(action))
}

func (f *form) posts(button *control) bool {
	if button != nil && button.method != "" {
		return button.method == "post"
	}
	return f.method == "post"
}

func (f *form) fileField() *control {
	for _, c := range f.controls {
		if c.typ == "file" {
			return c
		}
	}
	return nil
}

// field is one name and value to send; file marks where the files stand.
type field struct {
	name, value string
	file        bool
}

// fields returns what a browser would send, in document order: what is
// filled in by this run replaces what the page had.
func (f *form) fields(filled map[*control]string, button *control, file *control) []field {
	var out []field
	add := func(name, value string) {
		if name != "" {
			out = append(out, field{name: name, value: value})
		}
	}
	for _, c := range f.controls {
		value, ok := filled[c]
		switch {
		case ok:
			add(c.name, value)
		case c == file:
			out = append(out, field{name: c.name, file: true})
		case c.typ == "file":
			// Left empty; browsers send an empty part, servers cope without.
		case c.typ == "checkbox" || c.typ == "radio":
			if c.checked {
				add(c.name, orDefault(c.value, "on"))
			}
		case c.typ == "select":
			for _, v := range c.chosen() {
				add(c.name, v)
			}
		case button != nil && button.postback != "" && c.name == "__EVENTTARGET":
			add(c.name, button.postback)
		default:
			add(c.name, c.value)
		}
	}
	if button != nil && button.postback == "" {
		if button.typ == "image" {
			prefix := ""
			if button.name != "" {
				prefix = button.name + "."
			}
			add(prefix+"x", "1")
			add(prefix+"y", "1")
		} else {
			add(button.name, button.value)
		}
	}
	return out
}

func orDefault(s, d string) string {
	if s == "" {
		return d
	}
	return s
}

// chosen returns a select's values: what the page chose, else the first.
func (c *control) chosen() []string {
	var values []string
	for _, o := range c.options {
		if o.selected {
			values = append(values, o.value)
		}
	}
	if len(values) == 0 && !c.multiple && len(c.options) > 0 {
		values = []string{c.options[0].value}
	}
	return values
}
