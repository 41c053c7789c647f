package journal

import (
	"strings"
	"unicode"

	"iplos/internal/ident"
)

const (
	// excerptLines and excerptWidth bound what is shown of an e-mail.
	excerptLines = 12
	excerptWidth = 160
)

// Excerpt is the subject and the first lines of the text, as they can be
// shown: no sign that moves the cursor, no identity number.
func (m *Mail) Excerpt() string {
	var lines []string
	for line := range strings.Lines(ident.Redact(m.text)) {
		line = strings.Join(strings.Fields(strings.Map(shownRune, line)), " ")
		if line == "" {
			continue
		}
		if len(lines) == excerptLines {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, "  "+bounded(line, excerptWidth))
	}
	return strings.Join(lines, "\n")
}

// pageWidth bounds what is shown of a page's text.
const pageWidth = 300

// PageWords are the first words of what a page said no with, as one line that
// can be shown: of its lines those that refuse, or all where none is seen to.
func PageWords(text string) string {
	var no []string
	for line := range strings.Lines(text) {
		if refusal(plainText(line)) != "" {
			no = append(no, line)
		}
	}
	if len(no) > 0 {
		text = strings.Join(no, " ")
	}
	return bounded(strings.Join(strings.Fields(strings.Map(shownRune, text)), " "), pageWidth)
}

func shownRune(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	if !unicode.IsPrint(r) {
		return -1
	}
	return r
}

// bounded is a text of at most so many characters, with a mark where it was
// cut.
func bounded(text string, limit int) string {
	r := []rune(text)
	if len(r) <= limit {
		return text
	}
	return strings.TrimRight(string(r[:limit-1]), " ") + "…"
}
