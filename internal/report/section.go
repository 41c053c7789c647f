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

// open tells whether the section is unfolded at first: what must be put right
// is, as long as it can be overlooked.
func (s htmlSection) open() bool { return s.Severity >= finding.Minimum && s.Shown <= 100 }

// hasNew tells whether some of what is listed is new since the earlier run.
func (s htmlSection) hasNew() bool {
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

// byPerson yields the listed findings by person. Those of a person follow each
// other, as they are in file order.
func (s htmlSection) byPerson() iter.Seq[htmlPerson] {
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
