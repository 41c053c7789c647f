package record_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/peertest"
	"iplos/internal/record"
)

// mutants calls yield with n documents, each a valid one with one or two
// random changes. The same seed gives the same documents.
func mutants(t testing.TB, seed uint64, n int, yield func(i int, data []byte)) {
	rng := rand.New(rand.NewPCG(seed, 0))
	var bases [][]byte
	for _, f := range corpus(t) {
		// The large ones only slow the test down.
		if f.code == "" && len(f.data) < 2000 {
			bases = append(bases, f.data)
		}
	}
	for _, p := range record.Profiles() {
		bases = append(bases, message(t, p, 1))
	}
	for i := range n {
		data := bytes.Clone(bases[rng.IntN(len(bases))])
		for range 1 + rng.IntN(2) {
			data = mutate(rng, data)
		}
		yield(i, data)
	}
}

func mutate(rng *rand.Rand, data []byte) []byte {
	pieces := []string{
		"<", ">", "/", "&", ";", "\"", "'", "=", " ", "\n", "\r", "\t", ":", "-", "]", "!", "?", "#", "x", "0", "\x00", "\x01", "\x7f",
		"\xc3", "\xa9", "\xff", "\xef\xbf\xbe", "æ", "漢", "\ufeff", "\u00b7", "<!--", "-->", "--", "<![CDATA[", "]]>", "<?", "?>", "<?xml version=\"1.0\"?>",
		"<!DOCTYPE a>", "&amp;", "&#48;", "&#x0;", "&#xD800;", "&b;", "<a>", "</a>", "<a/>", "xmlns", "xmlns:p=\"urn:p\"", "xmlns=\"\"", "p:", " a=\"\"", " a=''", "xml:", "xml",
	}
	at := rng.IntN(len(data) + 1)
	end := min(len(data), at+1+rng.IntN(4))
	switch rng.IntN(8) {
	case 0: // take bytes away
		return append(data[:at:at], data[end:]...)
	case 1: // cut short
		if rng.IntN(4) == 0 {
			return data[:at]
		}
		return data
	case 2: // say a stretch twice
		return append(data[:end:end], data[at:]...)
	case 3: // move a stretch
		to := rng.IntN(len(data) + 1)
		return append(data[:to:to], append(bytes.Clone(data[at:end]), data[to:]...)...)
	case 4: // change one byte
		if at < len(data) {
			data[at] = byte(rng.IntN(256))
		}
		return data
	default: // put something in
		piece := pieces[rng.IntN(len(pieces))]
		return append(data[:at:at], append([]byte(piece), data[at:]...)...)
	}
}

// oracleAccepts says why encoding/xml may accept what the reader refuses with
// a code. A code that is not here, it must refuse too.
func oracleAccepts() map[string]string {
	return map[string]string{
		"empty":               "it takes an empty input for a document",
		"no-root":             "it asks for no root element",
		"not-xml":             "it takes text before the root",
		"after-root":          "it takes text behind the root",
		"second-root":         "it takes any number of roots",
		"markup":              "it skips every declaration and takes CDATA outside the root",
		"doctype":             "it skips document types",
		"late-declaration":    "it takes an XML declaration anywhere",
		"declaration":         "it looks only for version and encoding",
		"instruction":         "it takes any target",
		"encoding":            "it does not look at the encoding of comments and instructions",
		"control":             "it does not look at the characters of comments and instructions",
		"name":                "it takes a colon at either end of a name",
		"attribute-space":     "it wants no space between attributes",
		"attribute-twice":     "it takes an attribute twice",
		"attribute-less":      "it takes < in an attribute value",
		"prefix":              "it takes an undeclared prefix for a namespace",
		"namespace":           "it does not look at what is declared",
		"character-reference": "it takes surrogates",
		"depth":               "it has no limits",
		"attributes":          "it has no limits",
	}
}

// TestAgainstEncodingXML compares the reader with encoding/xml on thousands
// of documents: the verdicts, and where both accept, every event.
func TestAgainstEncodingXML(t *testing.T) {
	n := 5000
	if testing.Short() {
		n = 3000
	}
	used := map[string]int{}
	accepted := 0
	mutants(t, 1, n, func(i int, data []byte) {
		ours, err := events(data)
		theirs, oracleErr := oracleEvents(data)
		var syntax *record.SyntaxError
		errors.As(err, &syntax)
		switch {
		case err == nil && oracleErr == nil:
			accepted++
			if ours != theirs {
				t.Errorf("mutant %d: events differ\nours   %s\ntheirs %s\n%q", i, ours, theirs, data)
			}
		case err == nil:
			why := oracleRefuses(data, oracleErr)
			if used["+"+why]++; why == "" {
				t.Errorf("mutant %d: we accept, encoding/xml says %v\n%q", i, oracleErr, data)
			}
		case oracleErr == nil:
			used[syntax.Code]++
			if oracleAccepts()[syntax.Code] == "" || !oracleSkips(data, syntax) {
				t.Errorf("mutant %d: we say %v, encoding/xml accepts\n%q", i, err, data)
			}
		}
	})
	t.Logf("%d documents, %d accepted by both, differences %v", n, accepted, used)
	if accepted < n/20 {
		t.Errorf("only %d of %d mutants are accepted: the test proves little", accepted, n)
	}
}

// oracleSkips tells, for a character encoding/xml accepts, whether it stands
// where it does not look.
func oracleSkips(data []byte, err *record.SyntaxError) bool {
	if err.Code != "encoding" && err.Code != "control" {
		return true
	}
	before := data[:err.Offset]
	return bytes.LastIndex(before, []byte("<!--")) > bytes.LastIndex(before, []byte("-->")) ||
		bytes.LastIndex(before, []byte("<?")) > bytes.LastIndex(before, []byte("?>"))
}

// oracleRefuses says why encoding/xml may refuse what the reader accepts, or
// nothing.
func oracleRefuses(data []byte, err error) string {
	switch {
	case strings.Contains(err.Error(), "invalid XML name"), strings.Contains(err.Error(), "expected element name"),
		strings.Contains(err.Error(), "expected attribute name"), strings.Contains(err.Error(), "expected target name"):
		if bytes.ContainsFunc(data, func(r rune) bool { return r >= 0x80 }) {
			return "its names are those of XML 1.0's fourth edition"
		}
	}
	return ""
}

// oracleEvents returns what encoding/xml makes of a document, in the form of
// events.
func oracleEvents(data []byte) (string, error) {
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	text, depth := "", 0
	flush := func() {
		if text != "" && depth > 0 {
			fmt.Fprintf(&b, "%q", text)
		}
		text = ""
	}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			flush()
			depth++
			fmt.Fprintf(&b, "<{%s}%s", flat(tok.Name.Space), tok.Name.Local)
			for _, a := range tok.Attr {
				if a.Name.Space == "xmlns" || (a.Name.Space == "" && a.Name.Local == "xmlns") {
					continue
				}
				// It leaves line ends and tabs in attribute values as they are.
				fmt.Fprintf(&b, " {%s}%s=%q", flat(a.Name.Space), a.Name.Local, flat(a.Value))
			}
			b.WriteByte('>')
		case xml.EndElement:
			flush()
			depth--
			b.WriteString("</>")
		case xml.CharData:
			text += string(tok)
		}
	}
}

func flat(value string) string {
	return strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ").Replace(value)
}

// TestAgainstLibxml2 compares the reader with libxml2 on mutants: the
// verdict, and the line of the fault.
func TestAgainstLibxml2(t *testing.T) {
	xmllint := peertest.Need(t, "xmllint")
	n := 2000
	if testing.Short() {
		n = 500
	}
	dir := t.TempDir()
	var names []string
	var all [][]byte
	mutants(t, 2, n, func(i int, data []byte) {
		name := filepath.Join(dir, fmt.Sprintf("%04d.xml", i))
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		names, all = append(names, name), append(all, data)
	})
	verdicts := libxml2(t, xmllint, names)
	used := map[string]int{}
	lines := 0
	for i, name := range names {
		got, peer := wellFormed(t, all[i]), verdicts[name]
		accepted := peer.verdict == "accept"
		switch {
		case got == nil && accepted:
		case got == nil:
			t.Errorf("mutant %d: we accept, libxml2 says %s line %d\n%q", i, peer.verdict, peer.line, all[i])
		case accepted:
			if used[got.Code]++; libxml2Accepts()[got.Code] == "" {
				t.Errorf("mutant %d: we say %v, libxml2 accepts\n%q", i, got, all[i])
			}
		case got.Line == peer.line:
			lines++
		default:
			used["line:"+got.Code]++
			if !lineMayDiffer(got, peer.line) {
				t.Errorf("mutant %d: we say %v, libxml2 says line %d\n%q", i, got, peer.line, all[i])
			}
		}
	}
	t.Logf("%d documents, %d refused on the same line, differences %v", n, lines, used)
}

// lineMayDiffer tells whether there is a reason for libxml2 to name another
// line than the reader.
func lineMayDiffer(got *record.SyntaxError, line int) bool {
	switch got.Code {
	case "truncated":
		// We say where the input ends, libxml2 where what is open began.
		return line < got.Line
	case "end-tag", "tag":
		// We say where the tag begins or goes wrong, libxml2 what follows.
		return line > got.Line
	case "attribute-less":
		// We say where the character stands, libxml2 where the value begins.
		return line < got.Line
	case "declaration":
		// We say where the declaration begins.
		return line > got.Line
	}
	// What only the subset refuses: libxml2 met another fault further on.
	return libxml2Accepts()[got.Code] != "" && line > got.Line
}

func events(data []byte) (string, error) { return record.Events(bytes.NewReader(data)) }
