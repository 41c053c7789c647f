package lang

import (
	"regexp"
	"strings"
)

// Carrying returns a printer in the same language whose texts run those
// commands with the flags, {command} being one of them: where a text says
// "iplos status", it says "iplos --config FILE status". Whoever runs what a
// hint says then reaches what the hint was about. What fills a text's holes
// stays as it is: a page that was answered, a file's name.
func (p *Printer) Carrying(flags string, commands []string) *Printer {
	if flags == "" {
		return p.Plain()
	}
	carrying := New(p.lang)
	// A brace would open a hole.
	flags = strings.ReplaceAll(flags, "{", "{{")
	call := regexp.MustCompile(`\biplos (?:\{command\}|(?:` + strings.Join(commands, "|") + `)\b)`)
	carrying.carry = func(text string) string {
		return call.ReplaceAllStringFunc(text, func(found string) string {
			return strings.Replace(found, "iplos ", "iplos "+flags+" ", 1)
		})
	}
	return carrying
}

// Plain returns the printer without flags to carry: for what leaves the
// machine, where they would lead nowhere.
func (p *Printer) Plain() *Printer {
	if p.carry == nil {
		return p
	}
	return New(p.lang)
}
