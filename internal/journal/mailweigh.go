package journal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"iplos/internal/register"
)

// Doubts are why an e-mail may not be a submission's receipt, as texts.
type Doubts struct {
	ids  []string
	args []any
}

// CatalogTexts implements the catalogue's argument that is itself texts.
func (d *Doubts) CatalogTexts() (ids []string, args []any) { return d.ids, d.args }

func (d *Doubts) add(id string, args ...any) {
	d.ids, d.args = append(d.ids, id), append(d.args, args...)
}

// Doubts returns what speaks against taking the e-mail for the submission's
// receipt without a person reading it: it is not SSB's, nothing in it is of
// this submission, or what it says is no receipt. It is nil when nothing does.
// A rehearsal's comes from the sandbox.
func (m *Mail) Doubts(s *Submission) *Doubts {
	d := &Doubts{}
	text := plainText(m.text)
	if !m.FromSSB() && !s.Rehearsal {
		d.add("status.doubt.sender", "from", shownFrom(m.From))
	}
	if word := refusal(text); word != "" {
		d.add("status.doubt.words", "words", word)
	}
	if m.Submission != "" && !strings.EqualFold(m.Submission, s.ID) {
		d.add("status.doubt.submission", "other", m.Submission)
	}
	for _, number := range namedMunicipalities(text) {
		if year, _ := strconv.Atoi(number); !s.owns(number) && year != s.Year && year != s.Year+1 {
			d.add("status.doubt.municipality", "stranger", number)
			break
		}
	}
	if s.Totals != nil {
		for _, n := range namedPersons(text) {
			if n != s.Totals.Persons {
				d.add("status.doubt.persons", "said", n, "sent", s.Totals.Persons)
				break
			}
		}
	}
	if !m.ties(text, s) {
		d.add("status.doubt.untied", "municipality", s.Municipality)
	}
	if len(d.ids) == 0 {
		return nil
	}
	return d
}

func shownFrom(address string) string { return orDash(clean(address)) }

// ties tells that something in the text is this submission's.
func (m *Mail) ties(text string, s *Submission) bool {
	if len(s.ID) >= 8 && holds(text, strings.ToLower(s.ID)) {
		return true
	}
	names := []string{s.Reference, s.Package}
	for _, f := range s.Files {
		names = append(names, f.Reference)
	}
	for _, name := range names {
		// A word alone, such as a folder's name, says nothing.
		telling := len(name) >= 4 && strings.ContainsAny(name, "0123456789.")
		if telling && holds(text, strings.ToLower(name)) {
			return true
		}
	}
	return slices.ContainsFunc(namedMunicipalities(text), s.owns) || s.numberStands(text)
}

// owns tells that a municipality number is the submission's, in the data year
// or as it is called now.
func (s *Submission) owns(number string) bool {
	if number == s.Municipality {
		return true
	}
	then, _ := register.NumberIn(number, s.Year)
	return slices.ContainsFunc(then, func(m register.Municipality) bool { return m.Number == s.Municipality })
}

// numberStands tells that the municipality's number stands in the text without
// being called one. Those that look like a year of our time do not count.
func (s *Submission) numberStands(text string) bool {
	if n, err := strconv.Atoi(s.Municipality); err != nil || n >= 1990 && n < 2100 {
		return false
	}
	return holds(text, s.Municipality)
}

// holds tells that a name stands in the text as a whole one: no letter, digit
// or number goes on before or after it.
func holds(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		before, after := text[:from+i], text[from+i+len(name):]
		last, n := utf8.DecodeLastRuneInString(before)
		beforeLast, _ := utf8.DecodeLastRuneInString(before[:len(before)-n])
		first, n := utf8.DecodeRuneInString(after)
		second, _ := utf8.DecodeRuneInString(after[n:])
		if !goesOn(last, beforeLast) && !goesOn(first, second) {
			return true
		}
		from += i + 1
	}
}

// goesOn tells that a word or a number goes on with a character and the one
// beyond it: a sign at a digit belongs to a number, a date or a time.
func goesOn(next, beyond rune) bool {
	return unicode.IsLetter(next) || unicode.IsDigit(next) || strings.ContainsRune(".,:/", next) && unicode.IsDigit(beyond)
}

// plainText is the text in small letters with single spaces.
func plainText(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1 // soft hyphens and marks of no width
		}
		return r
	}, norm.NFC.String(text))
	return strings.Join(strings.Fields(strings.ToLower(text)), " ")
}

// refusal returns the words of the text that say no, "" for none.
func refusal(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	line := " " + strings.Join(words, " ") + " "
	for _, phrase := range harmless() {
		line = strings.ReplaceAll(line, " "+phrase+" ", " | ")
	}
	for _, phrase := range refusing() {
		stem, open := strings.CutSuffix(phrase, "*")
		if i := strings.Index(line, " "+stem); i >= 0 && open {
			return strings.Fields(line[i:])[0]
		}
		if !open && strings.Contains(line, " "+phrase+" ") {
			return phrase
		}
	}
	words = strings.Fields(line)
	for i, w := range words {
		if !slices.Contains(denying(), w) {
			continue
		}
		reach := words[i+1 : min(len(words), i+1+denyingReach)]
		for n, next := range reach {
			if matchesAny(next, arriving()) {
				return strings.Join(words[i:i+n+2], " ")
			}
		}
	}
	return ""
}

func matchesAny(word string, list []string) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		stem, open := strings.CutSuffix(entry, "*")
		return word == stem || open && strings.HasPrefix(word, stem)
	})
}

// namedMunicipalities are the numbers that the text calls a municipality's.
func namedMunicipalities(text string) []string {
	r := regexp.MustCompile(`\b(?:kommunen?|kommunenummer(?:et)?|kommunenr|kommunekode|komm?nr|municipality)\b[ .:#(=-]{0,4}(?:(?:nr|nummer|number|no|code|kode)\b[ .:#(=-]{0,3})?([0-9]{4})\b`)
	var found []string
	for _, match := range r.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

// namedPersons are the numbers that the text calls numbers of persons.
func namedPersons(text string) []int {
	number := `([0-9]{1,3}(?:[ .,][0-9]{3})+\b|[0-9]+)`
	var found []int
	for _, pattern := range []string{
		`\bperson(?:er|ar|s)? ?[:=] ?` + number,
		`\b(?:antall|antal|talet på|tal på|number of) person(?:er|ar|s) ` + number,
		`\b` + number + ` person(?:er|ar|s)\b`,
	} {
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			if n, err := strconv.Atoi(strings.NewReplacer(" ", "", ".", "", ",", "").Replace(match[1])); err == nil {
				found = append(found, n)
			}
		}
	}
	return found
}
