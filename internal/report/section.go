package report

import (
	"iter"
	"strings"

	"iplos/internal/finding"
)

// htmlSection is the findings of one rule on the page.
type htmlSection struct {
	section
	page *page
}

// Anchor is the section's address in the page.
func (s htmlSection) Anchor() string { return anchor(s.Group) }

// ID is the rule's id.
func (s htmlSection) ID() string { return clean(s.Rule) }

// Key is the severity's name in style classes.
func (s htmlSection) Key() string { return s.Severity.String() }

// Label names the severity.
func (s htmlSection) Label() string { return s.page.severity(s.Severity) }

// Title, Why and Where are the catalogue's texts on the rule.
func (s htmlSection) Title() string { return s.page.title(s.Rule) }

// Why says what the rule is for.
func (s htmlSection) Why() string { return s.page.rule(s.Rule, ".why", "") }

// Where says where in a care system it is put right.
func (s htmlSection) Where() string { return s.page.rule(s.Rule, ".where", "") }

// Open tells whether the section is unfolded at first: what must be put right
// is, as long as it can be overlooked.
func (s htmlSection) Open() bool { return s.Severity >= finding.Minimum && s.Shown <= 100 }

// HasNew tells whether some of what is listed is new since the earlier run.
func (s htmlSection) HasNew() bool {
	if !s.page.HasNew {
		return false
	}
	n := 0
	for f := range s.All() {
		if n++; n > s.Shown {
			return false
		}
		if s.page.R.Comparison.IsNew(f) {
			return true
		}
	}
	return false
}

// PageCount, PageShown and PageLabel give the section the page's words.
func (s htmlSection) PageCount() string { return s.page.Count(s.Count) }

// PageShown states how many of the section's findings are listed.
func (s htmlSection) PageShown() string { return s.page.ShownOf(s.Shown, s.Count) }

// PageLabel returns one of the page's labels.
func (s htmlSection) PageLabel(name string) string { return s.page.L[name] }

// WhoIs names a person for the reader; a finding of no person is of the file.
func (s htmlSection) WhoIs(h htmlPerson) string {
	if h.Person == "" {
		return s.page.L["wholefile"]
	}
	return s.page.T("report.html.person", "person", h.Person)
}

// DoneLabel names a person's tick box for those who do not see it.
func (s htmlSection) DoneLabel(h htmlPerson) string {
	return s.page.L["done"] + ": " + s.WhoIs(h)
}

// htmlPerson is one person's findings of a rule.
type htmlPerson struct {
	Person, Identity string
	New              bool
	Items            []htmlItem
}

type htmlItem struct {
	Place, Message string
	New            bool
}

// People yields the listed findings by person. Those of a person follow each
// other, as they are in file order.
func (s htmlSection) People() iter.Seq[htmlPerson] {
	return func(yield func(htmlPerson) bool) {
		var cur htmlPerson
		n := 0
		for f := range s.All() {
			if n++; n > s.Shown {
				break
			}
			if person := clean(f.Person); len(cur.Items) > 0 && person != cur.Person {
				if !yield(cur) {
					return
				}
				cur = htmlPerson{}
			}
			s.page.addItem(&cur, f)
		}
		if len(cur.Items) > 0 {
			yield(cur)
		}
	}
}

func (p *page) addItem(cur *htmlPerson, f *finding.Finding) {
	if len(cur.Items) == 0 {
		cur.Person = clean(f.Person)
		if p.R.Identity != nil && f.Person != "" {
			cur.Identity = clean(p.R.Identity(f.Person))
		}
	}
	g := *f
	g.Person = ""
	item := htmlItem{Place: strings.Join(p.place(p.R, &g), " · "), Message: p.message(f)}
	item.New = p.HasNew && p.R.Comparison.IsNew(f)
	cur.New = cur.New || item.New
	cur.Items = append(cur.Items, item)
}
