package ui

import (
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// usualColumns is the width of a console that does not tell its own.
const usualColumns = 80

// OutText returns standard output for words: on a terminal, lines are broken
// between words where the window ends, and signs that an old console has no
// picture of are written with those it has. What is not words, such as JSON
// or a script, is written to Out.
func (t *Terminal) OutText() io.Writer {
	return textWriter{t.Out(), t.columns(t.streams.Out, t.outTTY), t.outTTY && !enableANSI(t.streams.Out)}
}

// ErrText is OutText for standard error.
func (t *Terminal) ErrText() io.Writer {
	return textWriter{t.Err(), t.columns(t.streams.Err, t.errTTY), t.errTTY && !enableANSI(t.streams.Err)}
}

// columns is the width of the window behind a stream; 0 for no window.
func (t *Terminal) columns(stream any, isTTY bool) int {
	if !isTTY {
		return 0
	}
	if f, ok := fileOf(stream); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return usualColumns
}

// textWriter takes whole lines; what is written without a line end, such as
// a question, may not be continued.
type textWriter struct {
	w       io.Writer
	columns int
	plain   bool
}

func (w textWriter) Write(p []byte) (int, error) {
	text := string(p)
	if w.plain {
		text = plainSigns().Replace(text)
	}
	if w.columns > 0 {
		text = wrap(text, w.columns)
	}
	if _, err := io.WriteString(w.w, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// plainSigns are the signs of the catalogue that code page 850, and with it
// the raster font of a console before Windows 10, does not have.
func plainSigns() *strings.Replacer {
	return strings.NewReplacer("→", "->", "–", "-", "—", "-", "…", "...", "“", `"`, "”", `"`, "’", "'", "−", "-", "≤", "<=", "≥", ">=", "│", "|")
}

// wrap breaks lines that are wider than the window. A line's last column
// stays free: old consoles go to the next line when it is filled.
func wrap(text string, columns int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		if columnsOf(body) < columns {
			b.WriteString(line)
			continue
		}
		fold(&b, body, columns-1)
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// fold writes one line in several, the later ones under the first one's text.
func fold(b *strings.Builder, line string, room int) {
	head := headOf(line, room)
	indent := strings.Repeat(" ", utf8.RuneCountInString(head))
	b.WriteString(head)
	at, gap := len(indent), 1
	for i, word := range words(line[len(head):]) {
		n := columnsOf(word)
		switch {
		case i == 0:
		case word == "": // one more space before the next
			gap++
			continue
		case at+gap+n > room:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteString(strings.Repeat(" ", gap))
			at += gap
		}
		b.WriteString(word)
		at, gap = at+n, 1
	}
}

// columnsOf is how much of a line a text takes: colours take nothing.
func columnsOf(text string) int {
	n := utf8.RuneCountInString(text)
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "\x1b[")
		if !found {
			return n
		}
		code, next, _ := strings.Cut(after, "m")
		n -= len("\x1b[") + len(code) + len("m")
		rest = next
	}
}

// enoughColumns is a width that text is easily read in.
const enoughColumns = 24

// headOf is what stands before a line's text: spaces, a mark, the columns of
// a table. It ends with the last gap of two spaces that leaves the text enough
// columns, or two fifths of a narrow window.
func headOf(line string, room int) string {
	most := room - min(enoughColumns, room*2/5)
	end := 0
	for i, columns := 0, 0; i < len(line) && columns < most; columns++ {
		_, size := utf8.DecodeRuneInString(line[i:])
		if strings.HasPrefix(line[i:], "  ") {
			gap := len(line[i:]) - len(strings.TrimLeft(line[i:], " "))
			if columns+gap > most {
				break
			}
			end = i + gap
		}
		i += size
	}
	for _, mark := range []string{"→ ", "-> ", "- ", "! "} {
		if strings.HasPrefix(line[end:], mark) {
			return line[:end+len(mark)]
		}
	}
	return line[:end]
}

// words parts a text at its spaces, except within a command to run, which is
// to be copied in one piece: from "iplos" after a colon to the end, or
// between the quotation marks around it.
func words(text string) []string {
	var list []string
	within, quoted := false, false
	for word := range strings.SplitSeq(text, " ") {
		if within {
			list[len(list)-1] += " " + word
		} else {
			list = append(list, word)
		}
		switch {
		case !within && word == "«iplos": // no file of that name
			within, quoted = true, true
		case !within && word == "iplos" && len(list) > 1 && strings.HasSuffix(list[len(list)-2], ":"):
			within = true
		}
		if within && (quoted && strings.Contains(word, "»") || !quoted && strings.HasSuffix(word, ",") || !quoted && word == "–") {
			within, quoted = false, false
		}
	}
	return list
}
