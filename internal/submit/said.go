package submit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxSaid bounds what a person is shown of a page, in characters.
const maxSaid = 300

// weight is how much a text of a page matters to a person.
type weight int

// The weights: what stands around the page itself, its ordinary text, its
// headings, and what it calls a message.
const (
	around weight = iota
	ordinary
	headline
	message
)

// weightOf is the weight of what stands in an element, that of the element
// around it being given.
func weightOf(n *html.Node, outer weight) weight {
	switch {
	case isMessage(n):
		return message
	case outer == around || isAround(n):
		return around
	case outer == message:
		return message
	case n.DataAtom == atom.H1 || n.DataAtom == atom.H2 || n.DataAtom == atom.H3:
		return headline
	default:
		return outer
	}
}

func isMessage(n *html.Node) bool {
	switch attr(n, "role") {
	case "alert", "status":
		return true
	default:
	}
	class := strings.ToLower(attr(n, "class") + " " + attr(n, "id"))
	return slices.ContainsFunc([]string{"alert", "error", "feil", "warning", "advarsel", "validation", "melding"}, func(word string) bool {
		return strings.Contains(class, word)
	})
}

// isAround tells of navigation, labels and what else frames a page's text.
func isAround(n *html.Node) bool {
	switch attr(n, "role") {
	case "navigation", "banner", "contentinfo", "search", "menu":
		return true
	default:
	}
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Header, atom.A, atom.Label, atom.Legend, atom.Th:
		return true
	default:
		return false
	}
}

// segment is one text of a page, for a person.
type segment struct {
	text   string
	weight weight
}

// telling are the sentences of a page that matter: what it calls a message,
// what speaks of success or failure, the lines beside that, and its headings,
// in the page's own order, hardly more than maxSaid. What is known stood
// there before and is left out.
func (p *page) telling(lex *lexicon, known map[string]bool) string {
	rank := make([]int, len(p.weighed))
	for i, s := range p.weighed {
		if s.weight == around || known[s.text] {
			continue
		}
		switch {
		case s.weight == message || lex.speaks(s.text):
			rank[i] = 4
		case s.weight == headline:
			rank[i] = 3
		case i > 0 && rank[i-1] == 4:
			rank[i] = 2
		default:
			rank[i] = 1
		}
	}
	for i := range rank {
		if rank[i] == 1 && i+1 < len(rank) && rank[i+1] == 4 {
			rank[i] = 2
		}
	}
	return p.choose(rank)
}

// choose takes texts by their rank until there is no more room. The lowest
// rank, ordinary text, is only for a page that has nothing else.
func (p *page) choose(rank []int) string {
	lowest := 2
	if len(rank) == 0 || slices.Max(rank) < lowest {
		lowest = 1
	}
	taken, room := make([]bool, len(rank)), maxSaid
	for r := 4; r >= lowest; r-- {
		for i, s := range p.weighed {
			if rank[i] == r && room > 0 {
				taken[i] = true
				room -= utf8.RuneCountInString(s.text) + 1
			}
		}
	}
	var parts []string
	for i, s := range p.weighed {
		if taken[i] && !slices.Contains(parts, ended(s.text)) {
			parts = append(parts, ended(s.text))
		}
	}
	return strings.Join(parts, " ")
}

// ended is a text with a mark at its end, to stand before another.
func ended(s string) string {
	if last, _ := utf8.DecodeLastRuneInString(s); unicode.IsPunct(last) {
		return s
	}
	return s + "."
}

// boundWords cuts a text after a whole word.
func boundWords(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	cut := string(runes[:limit-2])
	if i := strings.LastIndexByte(cut, ' '); i > limit/2 {
		cut = cut[:i]
	}
	return cut + " …"
}

// speaks tells that a text says how something went.
func (l *lexicon) speaks(text string) bool {
	return slices.ContainsFunc(l.stop.Split(text, -1), func(sentence string) bool {
		good, bad := l.read(sentence)
		return good || bad || l.shut(sentence)
	}) || reference(text, "") != ""
}

// shut tells that a sentence says that nothing can be delivered now.
func (l *lexicon) shut(sentence string) bool {
	return l.closed.MatchString(sentence) && !l.condition.MatchString(sentence)
}

// closed tells that a page says that submission is closed.
func (j *job) closed(p *page) bool {
	lex := j.lexicon()
	return slices.ContainsFunc(p.weighed, func(s segment) bool {
		return s.weight != around && slices.ContainsFunc(lex.stop.Split(s.text, -1), lex.shut)
	})
}

// Reason is why a file is not known to be delivered: a class of httpx, or one
// of this package's own words. As an argument of a text it is words for
// people.
type Reason string

// CatalogTexts implements the catalogue's argument that is itself a text.
func (r Reason) CatalogTexts() (ids []string, args []any) {
	if !slices.Contains(Reasons(), r) {
		r = "other"
	}
	return []string{"submit.reason." + string(r)}, nil
}

// Reasons returns every reason with a text of its own.
func Reasons() []Reason {
	return []Reason{
		"dns", "refused", "unreachable", "timeout", "tls", "proxy", "cut", "stalled", "protocol", "too-large", "canceled", "other",
		"status", "words", "unrecognised", "redirect", "session", "doubt", "listed", "killed",
	}
}
