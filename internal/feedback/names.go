package feedback

import (
	"fmt"
	"iter"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"iplos/internal/feedback/aeszip"
)

// maxNameBytes leaves room below the 255 of usual file systems for a number
// and the manifest's ending.
const maxNameBytes = 200

// safeName makes a name from the server one that every system can have: the
// base name only, without what Windows refuses or takes for something else.
func safeName(name, id string) string {
	name = norm.NFC.String(name)
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(name, ". ")
	if strings.HasPrefix(name, ".") {
		name = "_" + name[1:]
	}
	if strings.Trim(name, "_ ") == "" {
		name = "fil-" + strings.Map(alphanumeric, id)
	}
	if aeszip.DeviceName(name) {
		name = "_" + name
	}
	return shorten(name)
}

func alphanumeric(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

// shorten cuts a name before its ending.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 16 {
		ext = ""
	}
	base := name[:maxNameBytes-len(ext)]
	return strings.TrimRight(strings.ToValidUTF8(base, ""), ". ") + ext
}

// numbered gives the name and then "name (2)", "name (3)" … without end.
func numbered(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		ext := path.Ext(name)
		next := name
		for n := 2; yield(next); n++ {
			next = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
		}
	}
}
