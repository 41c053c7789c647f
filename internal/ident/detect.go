package ident

import "strings"

// Redacted stands where an identity number stood.
const Redacted = "[redacted]"

// Find returns where the first identity number at or after from begins and
// ends, in bytes; ok is false when there is none.
//
// A number is 11 digits (or the 12 of a DUF number) that are valid as a
// whole, synthetic series included, with no digit before or after: together,
// or as people and programs write them, 6+5, 2+2+2+5 or 2+3+3+3, with a
// space, no-break space, full stop, comma or hyphen between. Control digits
// are read by the rule of 2032, which finds more.
func Find(text string, from int) (begin, end int, ok bool) {
	for i := from; i < len(text); i++ {
		if !isDigit(text[i]) || i > 0 && isDigit(text[i-1]) {
			continue
		}
		if end, ok := numberAt(text, i); ok {
			return i, end, true
		}
	}
	return 0, 0, false
}

// Contains tells whether there is an identity number in the text.
func Contains(text string) bool {
	_, _, ok := Find(text, 0)
	return ok
}

// Redact returns the text with every identity number replaced; a text
// without one comes back as it is.
func Redact(text string) string {
	begin, end, ok := Find(text, 0)
	if !ok {
		return text
	}
	var b strings.Builder
	at := 0
	for ok {
		b.WriteString(text[at:begin])
		b.WriteString(Redacted)
		at = end
		begin, end, ok = Find(text, at)
	}
	b.WriteString(text[at:])
	return b.String()
}

// numberAt reads a number that begins at i, where a digit stands and none
// before it.
func numberAt(text string, i int) (end int, ok bool) {
	run := i
	for run < len(text) && isDigit(text[run]) {
		run++
	}
	var digits [12]byte
	switch run - i {
	case 11, 12:
		n := copy(digits[:], text[i:run])
		return run, valid(digits[:n])
	case 6:
		return grouped(text, i, &digits, 6, 5)
	case 2:
		if end, ok := grouped(text, i, &digits, 2, 2, 2, 5); ok {
			return end, true
		}
		return grouped(text, i, &digits, 2, 3, 3, 3)
	default:
		return 0, false
	}
}

// grouped reads groups of those lengths with one separator between them.
func grouped(text string, i int, digits *[12]byte, groups ...int) (end int, ok bool) {
	n := 0
	for g, size := range groups {
		if g > 0 {
			w := separator(text[i:])
			if w == 0 {
				return 0, false
			}
			i += w
		}
		for range size {
			if i >= len(text) || !isDigit(text[i]) {
				return 0, false
			}
			digits[n] = text[i]
			n++
			i++
		}
	}
	if i < len(text) && isDigit(text[i]) {
		return 0, false
	}
	return i, valid(digits[:n])
}

// separator returns the length of the separator the text begins with, 0 for
// none.
func separator(text string) int {
	for _, s := range [...]string{" ", "\u00a0", "\u202f", "-", ".", ",", "+", "%20"} {
		if strings.HasPrefix(text, s) {
			return len(s)
		}
	}
	return 0
}

func valid(digits []byte) bool {
	_, fault := Parse(digits, Relaxed2032)
	return fault == OK
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
