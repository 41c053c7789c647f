package record

import (
	"bytes"
	"strings"
)

const utf8BOM = "\xEF\xBB\xBF"

// SniffEncoding tells what the first bytes of a message say about its
// encoding; 1024 of them are enough. Form is "UTF-8", "UTF-16LE", "UTF-16BE",
// "UTF-32LE" or "UTF-32BE" where a byte order mark or the layout of the first
// characters shows it, else empty. Declared is the encoding named in the XML
// declaration as it stands there, empty for none; it is read only from
// single-byte forms.
func SniffEncoding(head []byte) (form, declared string) {
	for _, m := range []struct{ start, form string }{
		{"\xFF\xFE\x00\x00", "UTF-32LE"},
		{"\x00\x00\xFE\xFF", "UTF-32BE"},
		{"<\x00\x00\x00", "UTF-32LE"},
		{"\x00\x00\x00<", "UTF-32BE"},
		{"\xFF\xFE", "UTF-16LE"},
		{"\xFE\xFF", "UTF-16BE"},
		{"<\x00", "UTF-16LE"},
		{"\x00<", "UTF-16BE"},
		{utf8BOM, "UTF-8"},
	} {
		if hasPrefix(head, m.start) {
			form = m.form
			break
		}
	}
	if form == "UTF-8" {
		head = head[len(utf8BOM):]
	} else if form != "" {
		return form, ""
	}
	const start = "<?xml"
	end := bytes.Index(head, []byte("?>"))
	if !hasPrefix(head, start) || end < len(start) {
		return form, ""
	}
	d, _ := parseDeclaration(head[len(start):end])
	return form, d.encoding
}

// xmlDeclaration is what an XML declaration says.
type xmlDeclaration struct{ version, encoding, standalone string }

// parseDeclaration reads the content of an XML declaration between "<?xml"
// and "?>" (XML 1.0, production 23). When it is malformed, it returns what
// was read so far and false.
func parseDeclaration(b []byte) (d xmlDeclaration, ok bool) {
	rest := string(b)
	for _, part := range []struct {
		name string
		into *string
		form func(string) bool
	}{
		{"version", &d.version, isVersionNumber},
		{"encoding", &d.encoding, isEncodingName},
		{"standalone", &d.standalone, func(v string) bool { return v == "yes" || v == "no" }},
	} {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		after, found := strings.CutPrefix(trimmed, part.name)
		if !found {
			if part.name == "version" {
				return d, false
			}
			continue
		}
		if len(trimmed) == len(rest) {
			return d, false
		}
		if rest, found = declaredValue(after, part.into); !found || !part.form(*part.into) {
			return d, false
		}
	}
	return d, strings.TrimLeft(rest, " \t\r\n") == ""
}

// declaredValue reads `= "value"` into v and returns the rest.
func declaredValue(s string, v *string) (rest string, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimLeft(s, " \t\r\n"), "=")
	s = strings.TrimLeft(s, " \t\r\n")
	if !ok || s == "" || (s[0] != '"' && s[0] != '\'') {
		return s, false
	}
	*v, rest, ok = strings.Cut(s[1:], s[:1])
	return rest, ok
}

func isVersionNumber(v string) bool {
	digits, ok := strings.CutPrefix(v, "1.")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isEncodingName tells whether v has the form of production 81.
func isEncodingName(v string) bool {
	for i := range len(v) {
		c := v[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return v != ""
}
