package register

import (
	"slices"
	"strings"
)

// SearchByName returns the municipalities of a data year whose name fits the
// text: those that equal it first, then those that begin with it, then those
// that hold it. Upper case, accents and the spelling of æ, ø and å do not
// matter, and Sámi and Kven names count as the Norwegian ones do.
func SearchByName(text string, year int) []Municipality {
	want := fold(text)
	if want == "" {
		return nil
	}
	var ranked [3][]Municipality
	for _, m := range Municipalities(year) {
		if r := rank(m, want); r >= 0 {
			ranked[r] = append(ranked[r], m)
		}
	}
	return slices.Concat(ranked[0], ranked[1], ranked[2])
}

// ByName returns the municipalities of a data year with exactly that name, as
// SearchByName compares names. Two have the same name in some years.
func ByName(text string, year int) []Municipality {
	var found []Municipality
	for _, m := range Municipalities(year) {
		if want := fold(text); want != "" && rank(m, want) == 0 {
			found = append(found, m)
		}
	}
	return found
}

// OtherNames returns the municipality's names in other languages or
// spellings, for completion and display.
func (m Municipality) OtherNames() []string {
	var other []string
	forms := strings.Split(m.Name, " - ")
	for _, names := range tables().names {
		if !slices.ContainsFunc(forms, func(f string) bool { return slices.Contains(names, f) }) {
			continue
		}
		for _, n := range names {
			if !slices.Contains(forms, n) && !slices.Contains(other, n) {
				other = append(other, n)
			}
		}
	}
	return other
}

func rank(m Municipality, want string) int {
	best := -1
	for _, name := range append(strings.Split(m.Name, " - "), m.OtherNames()...) {
		name = fold(name)
		bare, _, _ := strings.Cut(name, " (")
		switch {
		case name == want || bare == want:
			return 0
		case strings.HasPrefix(name, want):
			best = 1
		case best < 0 && strings.Contains(name, want):
			best = 2
		}
	}
	return best
}

// fold brings a name to the letters a person may type for it.
func fold(s string) string {
	return strings.NewReplacer(
		"å", "a", "aa", "a", "ø", "o", "oe", "o", "ö", "o", "æ", "e", "ae", "e", "ä", "e",
		"á", "a", "č", "c", "đ", "d", "ŋ", "n", "š", "s", "ŧ", "t", "ž", "z", "é", "e", "ï", "i",
	).Replace(strings.ToLower(strings.TrimSpace(s)))
}
