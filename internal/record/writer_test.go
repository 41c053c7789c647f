package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"iplos/internal/record"
)

// anyText returns a text of characters XML can carry, the awkward ones
// often.
func anyText(rng *rand.Rand) string {
	pieces := []string{"", " ", "\t", "\n", "\r", "\r\n", "<", ">", "&", "\"", "'", "]]>", "--", "æ", "漢", "😀", "\u0085", "\u2028", "\ufffd", "&amp;", "<![CDATA[", "a", "1", "20170101"}
	var b strings.Builder
	for range rng.IntN(5) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

// TestRoundTrip writes records of any text, in any order of rows, and reads
// the same back.
func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, p := range record.Profiles() {
		for n := range 300 {
			text := func(record.Field) string { return anyText(rng) }
			h := makeHeader(p, rng, text)
			var b strings.Builder
			fmt.Fprintf(&b, "profile %s\n", p.ID)
			dump(&b, &h.Rows, false)
			var out bytes.Buffer
			w := record.NewWriter(&out, p)
			err := w.Header(h)
			for range n % 4 {
				var person record.Person
				makePerson(&person, p, rng, text)
				dump(&b, &person.Rows, false)
				err = errors.Join(err, w.Person(&person))
			}
			if err = errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			got, err := read(out.Bytes(), false)
			if err != nil {
				t.Fatalf("%v\n%s", err, out.Bytes())
			}
			if got != b.String() {
				t.Fatalf("got\n%s\nwant\n%s", got, b.String())
			}
		}
	}
}

// TestLayout fixes the bytes of a message.
func TestLayout(t *testing.T) {
	var h record.Header
	h.Add(record.Innhinfo, 1)
	h.SetString(0, record.IiInnhType, "P", 1)
	h.SetString(0, record.IiLagetDato, "20180103", 1)
	var p record.Person
	p.Add(record.PersonRow, 1)
	p.SetString(0, record.PePeID, `1"<&>'`+"\t\r\n", 1)
	p.SetString(0, record.PeFnr, "a<b>&\"'\r\n]]>", 1)
	p.SetString(0, record.PeAlder, "", 1)
	p.SetString(p.Add(record.Tjeneste, 1), record.TjVeID, "7", 1)
	for _, c := range []struct{ profile, want string }{
		{"2017", `<?xml version="1.0" encoding="UTF-8"?>
<IPLOS versjon="3.3">
<INNHINFO><iiInnhType>P</iiInnhType><iiLagetDato>20180103</iiLagetDato></INNHINFO>
<PERSON pePeID="1&quot;&lt;&amp;&gt;'&#9;&#13;&#10;"><peFnr>a&lt;b&gt;&amp;"'&#13;
]]&gt;</peFnr><peAlder/>
<TJENESTE></TJENESTE>
</PERSON>
</IPLOS>
`},
		{"2018", `<?xml version="1.0" encoding="UTF-8"?>
<IPLOS xmlns="http://www.npr.no/xmlstds/iplos/2018" versjon="3.5">
<INNHINFO><iiInnhType>P</iiInnhType><iiLagetDato>20180103</iiLagetDato></INNHINFO>
<PERSON pePeID="1&quot;&lt;&amp;&gt;'&#9;&#13;&#10;"><peAlder/>
<TJENESTE tjVeID="7"></TJENESTE>
</PERSON>
</IPLOS>
`},
	} {
		profile, _ := record.ProfileByID(c.profile)
		var out bytes.Buffer
		w := record.NewWriter(&out, profile)
		if err := errors.Join(w.Header(&h), w.Person(&p), w.Close()); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want {
			t.Errorf("got\n%s\nwant\n%s", out.String(), c.want)
		}
	}
}

// TestAppendForms checks the two other forms of a message: with a link in
// place of the identity, and without the day it was made.
func TestAppendForms(t *testing.T) {
	p17 := record.Profiles()[0]
	var h record.Header
	h.Add(record.Innhinfo, 1)
	h.SetString(0, record.IiLagetDato, "20180103", 1)
	h.SetString(0, record.IiSysID, "a", 1)
	out, err := record.AppendHeader(nil, &h, p17, record.HeaderOptions{BlankMade: true})
	if err != nil || !bytes.Contains(out, []byte("<iiLagetDato/><iiSysID>a</iiSysID>")) {
		t.Errorf("%s, %v", out, err)
	}
	for _, c := range []struct {
		fnr, link, want string
		has             bool
	}{
		{"01815012345", "k", "<peFnr>k</peFnr>", true},
		{"", "k", "<peFnr/>", true},
		{"", "k", "<PERSON></PERSON>", false},
		{"01815012345", "", "<peFnr>01815012345</peFnr>", true},
	} {
		var p record.Person
		p.Add(record.PersonRow, 1)
		if c.has {
			p.SetString(0, record.PeFnr, c.fnr, 1)
		}
		var link []byte
		if c.link != "" {
			link = []byte(c.link)
		}
		out, err := record.AppendPerson(nil, &p, p17, link)
		if got := strings.ReplaceAll(string(out), "\n", ""); err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %s, %v", c, got, err)
		}
	}
}

func TestUnwritable(t *testing.T) {
	for _, text := range []string{"\x00", "a\x1fb", "\xff", "æ\xc3", "\ufffe", "\xed\xa0\x80"} {
		var p record.Person
		p.Add(record.PersonRow, 7)
		p.SetString(0, record.PeKomnr, text, 9)
		w := record.NewWriter(io.Discard, record.Profiles()[0])
		if err := w.Header(&record.Header{}); err != nil {
			t.Fatal(err)
		}
		err := w.Person(&p)
		var bad *record.ValueError
		if !errors.As(err, &bad) || bad.Field != record.PeKomnr || bad.Line != 9 {
			t.Errorf("%q: %v", text, err)
		}
		if strings.Contains(err.Error(), text) {
			t.Errorf("%q: the error shows the value", text)
		}
		if w.Close() == nil {
			t.Errorf("%q: the message could be closed", text)
		}
	}
}

func TestWriterOrder(t *testing.T) {
	var h record.Header
	h.Add(record.Innhinfo, 1)
	var p record.Person
	p.Add(record.PersonRow, 1)
	w := func() *record.Writer { return record.NewWriter(io.Discard, record.Profiles()[0]) }
	if w().Person(&p) == nil || w().Close() == nil {
		t.Error("a message without a header")
	}
	twice := w()
	if twice.Header(&h) != nil || twice.Header(&h) == nil {
		t.Error("two headers")
	}
	late := w()
	if late.Header(&h) != nil || late.Close() != nil || late.Person(&p) == nil {
		t.Error("a person behind the end")
	}
}

// failAfter takes n bytes, then fails.
type failAfter struct{ n int }

var errFull = errors.New("full")

func (f *failAfter) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return len(b) + f.n, errFull
	}
	return len(b), nil
}

func TestWriterFails(t *testing.T) {
	p := record.Profiles()[0]
	rng := rand.New(rand.NewPCG(1, 1))
	text := func(f record.Field) string { return valid(f.Type(), rng.IntN(1000)) }
	h := makeHeader(p, rng, text)
	var person record.Person
	makePerson(&person, p, rng, text)
	for n := 0; n < 200<<10; n += 7 << 10 {
		w := record.NewWriter(&failAfter{n: n}, p)
		err := w.Header(h)
		for i := 0; err == nil && i < 100; i++ {
			err = w.Person(&person)
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", n, err)
		}
		if w.Close() == nil {
			t.Errorf("after %d bytes: closed all the same", n)
		}
	}
}
