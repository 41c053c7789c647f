package crypt

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"iplos/internal/record"
	"iplos/internal/secret"
)

func packed(t testing.TB, lines string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, lines); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzIdentityLines reads whatever was sealed as identities.
func FuzzIdentityLines(f *testing.F) {
	link := strings.Repeat("a", linkSize)
	f.Add(link + ",fnr,01810012345\n")
	f.Add(link + ",other,\"a\"\"b\r\n\"\n")
	f.Add(link + ",fnr,\"")
	f.Fuzz(func(t *testing.T, lines string) {
		in, err := newIdentityReader(packed(t, lines))
		if err != nil {
			t.Fatal(err)
		}
		var again []byte
		for {
			link, kind, number, err := in.next()
			if err != nil {
				break
			}
			again = appendIdentityLine(again, link, kind, number)
		}
		back, err := newIdentityReader(packed(t, string(again)))
		if err != nil {
			t.Fatal(err)
		}
		var third []byte
		for {
			link, kind, number, err := back.next()
			if err != nil {
				break
			}
			third = appendIdentityLine(third, link, kind, number)
		}
		if !bytes.Equal(again, third) {
			t.Errorf("%q was read back as %q", again, third)
		}
	})
}

// The joiner and the counter see the same message however it is cut.
func TestCutsDoNotMatter(t *testing.T) {
	link := func(n int) string { return fmt.Sprintf("%032d", n) }
	const tail = "</IPLOS>\n<pe" // the start of an element that does not come
	const text = "<?xml?>\n<IPLOS>\n<PERSON pePeID=\"1\"><peFnr>%s</peFnr><peKjonn>K</peKjonn>\n<TJENESTE tjPeID=\"1\"><a>x\ny</a></TJENESTE>\n" +
		"<FUNKSJON fnPeID=\"1\"></FUNKSJON>\n</PERSON>\n<PERSON pePeID=\"2\"><peFnr/>\n</PERSON>\n<PERSON pePeID=\"3\"><peFnr>%s</peFnr>\n</PERSON>\n" + tail
	in, want := fmt.Sprintf(text, link(1), link(2)), fmt.Sprintf(text, "01810012345", "a&lt;b")
	lines := link(1) + ",fnr,01810012345\n" + link(2) + ",other,a<b\n"
	for size := 1; size <= len(in); size++ {
		ids, err := newIdentityReader(packed(t, lines))
		if err != nil {
			t.Fatal(err)
		}
		j, c := &joiner{ids: ids}, &counter{}
		var got []byte
		for at := 0; at < len(in); at += size {
			end := min(at+size, len(in))
			c.add([]byte(in[at:end]))
			out, err := j.add([]byte(in[at:end]))
			if err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
			got = append(got, out...)
		}
		c.finish()
		out, err := j.finish()
		if got = append(got, out...); err != nil || string(got) != want {
			t.Errorf("size %d: %v, joined %q", size, err, got)
		}
		if c.persons != 3 || !maps.Equal(c.rows(), map[string]int{"TJENESTE": 1, "FUNKSJON": 1}) {
			t.Errorf("size %d: %d persons, %v", size, c.persons, c.rows())
		}
	}
}

func TestJoinerRefuses(t *testing.T) {
	a, b := strings.Repeat("a", linkSize), strings.Repeat("b", linkSize)
	line := func(link string) string { return link + ",fnr,1\n" }
	person := func(link string) string { return "<peFnr>" + link + "</peFnr>" }
	for name, c := range map[string]struct{ lines, message string }{
		"too few lines":     {line(a), person(a) + person(b)},
		"too many lines":    {line(a) + line(b), person(a)},
		"another order":     {line(a) + line(b), person(b) + person(a)},
		"no link id":        {line(a), "<peFnr>01810012345</peFnr>"},
		"a longer text":     {line(a), "<peFnr>" + a + "x</peFnr>"},
		"cut in the middle": {line(a), "<peFnr>" + a[:9]},
		"a damaged line":    {a + ",fnr\n", person(a)},
		"a cut line":        {a + ",fnr,1", person(a)},
	} {
		ids, err := newIdentityReader(packed(t, c.lines))
		if err != nil {
			t.Fatal(err)
		}
		j := &joiner{ids: ids}
		_, err = j.add([]byte(c.message))
		if err == nil {
			_, err = j.finish()
		}
		if err == nil {
			t.Errorf("%s: joined", name)
		}
	}
}

func TestXMLTextIsEscapedAsRecordDoes(t *testing.T) {
	profile, _ := record.ProfileByID("2017")
	for _, text := range []string{"01810012345", `<&>"'`, "a\r\nb\tc", "æøå"} {
		var p record.Person
		p.SetString(p.Add(record.PersonRow, 1), record.PeFnr, text, 1)
		out, err := record.AppendPerson(nil, &p, profile, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(appendXMLText(nil, []byte(text))), string(between(out, "<peFnr>", "</peFnr>")); got != want {
			t.Errorf("%q: %q, record writes %q", text, got, want)
		}
	}
}

func TestManifestPassword(t *testing.T) {
	for _, password := range []string{"enkelt", `"\`, "linje\nto\x01", "æøå€", secret.Redacted, ""} {
		m := &Manifest{Format: formatID, Contact: Contact{Name: `"feedback_password": "[redacted]"`}, FeedbackPassword: secret.FromString(password)}
		text, err := m.encode(16)
		if err != nil {
			t.Fatal(err)
		}
		if cap(text)-len(text) < 16 {
			t.Error("no room to seal in place")
		}
		got, err := decodeManifest(text)
		if err != nil || string(got.FeedbackPassword.Reveal()) != password || got.Contact != m.Contact {
			t.Errorf("%q: %+v, %v", password, got, err)
		}
	}
	for _, bad := range []string{"", "{}}", `{"format":"x"} {}`, `{"formatt":"x"}`, `{"parts":1}`} {
		if _, err := decodeManifest([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func FuzzManifest(f *testing.F) {
	text, err := (&Manifest{Format: formatID}).encode(0)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"rows":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decodeManifest(data)
		if err != nil {
			return
		}
		first, err := m.encode(0)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeManifest(first)
		if err != nil {
			t.Fatalf("%q: %v", first, err)
		}
		if second, err := again.encode(0); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%q was read back as %q, %v", first, second, err)
		}
	})
}

func TestSubmissionIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := NewSubmissionID()
		if len(id) != 16 || strings.Trim(id, "abcdefghjkmnpqrstuvwxyz23456789") != "" || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
	if got := PackageName("0403", "00", 2017, "abc"); got != "iplos-0403-00-2017-abc.tar" {
		t.Error(got)
	}
}
