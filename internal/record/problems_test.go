package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"iplos/internal/record"
)

const header17 = "<INNHINFO><iiInnhType>P</iiInnhType><iiKomnr>0403</iiKomnr><iiBydelsnr>00</iiBydelsnr>" +
	"<iiFraDato>20170101</iiFraDato><iiTilDato>20171231</iiTilDato><iiLagetDato>20180103</iiLagetDato>" +
	"<iiSysID>a</iiSysID><iiSysVersjon>1</iiSysVersjon></INNHINFO>"

// outline reads a message and says in one line each what persons, values
// and problems there are.
func outline(t *testing.T, data string) string {
	t.Helper()
	r := record.NewReader(strings.NewReader(data), record.ReaderOptions{})
	var b strings.Builder
	problems := func(where string, ps []record.Problem) {
		for _, p := range ps {
			kind := map[record.ProblemKind]string{
				record.Unexpected: "unexpected", record.Repeated: "repeated", record.OutOfOrder: "order",
			}[p.Kind]
			fmt.Fprintf(&b, "%s %s %s %s %d:%d\n", where, kind, p.Class, p.Name, p.Line, p.Column)
		}
	}
	h, _, err := r.Header()
	if err != nil {
		return err.Error()
	}
	if len(h.Problems) > 0 || h.Row(0).Class() != record.Innhinfo {
		t.Error("the header holds problems, or is no header")
	}
	n := 0
	for p, err := range r.Persons() {
		if err != nil {
			return err.Error()
		}
		n++
		problems(fmt.Sprint("person ", n), p.Problems)
		for i := range p.Len() {
			row := p.Row(i)
			for _, f := range row.Class().Fields() {
				if row.Has(f) {
					fmt.Fprintf(&b, "%s=%s@%d\n", f.Name(), row.Get(f), row.FieldLine(f))
				}
			}
		}
	}
	problems("message", r.Problems())
	return b.String()
}

func TestProblems(t *testing.T) {
	root := func(inner string) string { return "<IPLOS versjon=\"3.3\">\n" + header17 + "\n" + inner + "\n</IPLOS>" }
	person := func(inner string) string { return root("<PERSON pePeID=\"1\">" + inner + "</PERSON>") }
	for name, c := range map[string]struct{ in, want string }{
		"nothing": {person(""), "pePeID=1@3\n"},
		"unknown element": {
			person("<peNavn><peAlder>1</peAlder></peNavn><peAlder>81</peAlder>"),
			"person 1 unexpected PERSON peNavn 3:20\npePeID=1@3\npeAlder=81@3\n",
		},
		"of the other profile": {
			person("<TJENESTE tjPeID=\"1\" tjVeID=\"5\"/>"),
			"person 1 unexpected TJENESTE tjVeID 3:41\npePeID=1@3\ntjPeID=1@3\n",
		},
		"contact in 2017": {
			strings.Replace(person(""), "<iiFraDato>", "<iiKontakt><Type>1</Type></iiKontakt><iiFraDato>", 1),
			"pePeID=1@3\nmessage unexpected INNHINFO iiKontakt 2:87\n",
		},
		"unknown attributes": {
			person("<peAlder a=\"1\" xml:lang=\"nb\">81</peAlder>"),
			"person 1 unexpected PERSON a 3:29\nperson 1 unexpected PERSON xml:lang 3:35\npePeID=1@3\npeAlder=81@3\n",
		},
		"attribute with a prefix": {
			root("<PERSON xmlns:p=\"urn:p\" p:pePeID=\"1\"/>"),
			"person 1 unexpected PERSON p:pePeID 3:25\n",
		},
		"attribute is no element": {
			person("<pePeID>2</pePeID>"),
			"person 1 unexpected PERSON pePeID 3:20\npePeID=1@3\n",
		},
		"repeated": {
			person("<peAlder>81</peAlder><peAlder>82</peAlder>"),
			"person 1 repeated PERSON peAlder 3:41\npePeID=1@3\npeAlder=81@3\n",
		},
		"out of order": {
			person("<peKjonn>K</peKjonn>\n<peAlder>81</peAlder><peKomnr>0403</peKomnr>"),
			"person 1 order PERSON peAlder 4:1\npePeID=1@3\npeAlder=81@4\npeKjonn=K@3\npeKomnr=0403@4\n",
		},
		"row out of order": {
			person("<TJENESTE/><FUNKSJON/><FUNKSJON/><peAlder>1</peAlder>"),
			"person 1 order PERSON FUNKSJON 3:31\nperson 1 order PERSON peAlder 3:53\npePeID=1@3\npeAlder=1@3\n",
		},
		"element in a field": {
			person("<peAlder>8<b>0</b>1</peAlder>"),
			"person 1 unexpected PERSON b 3:30\npePeID=1@3\npeAlder=81@3\n",
		},
		"text between": {
			person("x<!-- --> y\n<peAlder>81</peAlder>"),
			"person 1 unexpected PERSON #text 3:20\nperson 1 unexpected PERSON #text 3:29\npePeID=1@3\npeAlder=81@4\n",
		},
		"row in a row": {
			person("<TJENESTE><FUNKSJON/></TJENESTE>"),
			"person 1 unexpected TJENESTE FUNKSJON 3:30\npePeID=1@3\n",
		},
		"in the root": {
			root("<TJENESTE/>x<PERSON/><a/><PERSON/>\n<b/>"),
			"person 2 unexpected IPLOS a 3:22\nmessage unexpected IPLOS TJENESTE 3:1\nmessage unexpected IPLOS #text 3:12\nmessage unexpected IPLOS b 4:1\n",
		},
		"second header": {
			root(header17 + "<PERSON/>" + "<INNHINFO/>"),
			"message repeated IPLOS INNHINFO 3:1\nmessage repeated IPLOS INNHINFO 3:254\n",
		},
		"late header": {
			"<IPLOS versjon=\"3.3\"><PERSON/>" + header17 + "</IPLOS>",
			"message order IPLOS INNHINFO 1:31\n",
		},
		"foreign namespace": {
			person("<peAlder xmlns=\"urn:a\">1</peAlder>"),
			"person 1 unexpected PERSON peAlder 3:20\npePeID=1@3\n",
		},
		"root attribute": {
			strings.Replace(person(""), "<IPLOS ", "<IPLOS a='' ", 1),
			"pePeID=1@3\nmessage unexpected IPLOS a 1:8\n",
		},
		"long name": {
			person("<" + strings.Repeat("æ", 100) + "/>"),
			"person 1 unexpected PERSON " + strings.Repeat("æ", 32) + " 3:20\npePeID=1@3\n",
		},
		"fields kept as they are": {
			person("<peFnr> &#49;\r\n</peFnr><peAlder>\r\n</peAlder><peKjonn/><peKomnr><![CDATA[ ]]>4<!-- -->5</peKomnr>"),
			"pePeID=1@3\npeFnr= 1\n@3\npeAlder=\n@4\npeKjonn=@5\npeKomnr= 45@5\n",
		},
		"lines of attributes": {
			root("<PERSON>\n<TJENESTE tjPeID='1'\n tjTjID='2'\n/></PERSON>"),
			"tjPeID=1@4\ntjTjID=2@5\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outline(t, c.in); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestContacts(t *testing.T) {
	contact := "<iiKontakt><Type>1</Type><Navn>a</Navn></iiKontakt>"
	data := `<i:IPLOS xmlns:i="http://www.npr.no/xmlstds/iplos/2018" versjon="3.5">` + "\n<i:INNHINFO><i:iiKomnr>0403</i:iiKomnr>" +
		prefixed(strings.Repeat(contact, 4)+"<iiLopenr>9</iiLopenr>") +
		"</i:INNHINFO></i:IPLOS>"
	r := record.NewReader(strings.NewReader(data), record.ReaderOptions{})
	h, p, err := r.Header()
	if err != nil || p.ID != "2018" {
		t.Fatalf("%q, %v", p.ID, err)
	}
	if n := h.Count(record.Kontakt); n != 3 {
		t.Errorf("%d contacts, want 3", n)
	}
	if string(h.Get(record.IiLopenr)) != "9" {
		t.Error("the header lacks its serial number")
	}
	if len(r.Problems()) != 1 || r.Problems()[0].Kind != record.Repeated {
		t.Errorf("problems %+v", r.Problems())
	}
	for range r.Persons() {
		t.Error("a person from nowhere")
	}
}

// prefixed gives every tag the prefix i.
func prefixed(data string) string {
	return strings.ReplaceAll(strings.ReplaceAll(data, "<", "<i:"), "<i:/", "</i:")
}

func TestVersions(t *testing.T) {
	for in, want := range map[string]record.VersionError{
		`<IPLOS/>`:                                 {Root: "IPLOS"},
		"\n <IPLOS versjon=''/>":                   {Root: "IPLOS", HasVersjon: true, Line: 2, Column: 2},
		`<IPLOS versjon="9"/>`:                     {Root: "IPLOS", Versjon: "9", HasVersjon: true},
		`<iplos versjon="3.3"/>`:                   {Root: "iplos", Versjon: "3.3", HasVersjon: true},
		`<IPLOS xmlns="urn:a" versjon="3.5"/>`:     {Root: "IPLOS", Versjon: "3.5", Namespace: "urn:a", HasVersjon: true},
		`<a:IPLOS xmlns:a="urn:a" a:versjon="1"/>`: {Root: "a:IPLOS", Namespace: "urn:a"},
		`<html><body/></html>`:                     {Root: "html"},
	} {
		_, _, err := record.NewReader(strings.NewReader(in), record.ReaderOptions{}).Header()
		var got *record.VersionError
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if want.Line == 0 {
			want.Line, want.Column = 1, 1
		}
		if *got != want {
			t.Errorf("%s: %+v, want %+v", in, *got, want)
		}
	}
}

// TestErrorSticks proves that a fault ends the persons, after those before
// it, and that asking again gives it again.
func TestErrorSticks(t *testing.T) {
	in := "<IPLOS versjon=\"3.3\"><PERSON pePeID=\"1\"/><PERSON pePeID=\"2\"><PERSON></IPLOS>"
	r := record.NewReader(strings.NewReader(in), record.ReaderOptions{})
	for range 2 {
		persons, last := 0, error(nil)
		for p, err := range r.Persons() {
			if last = err; p != nil {
				persons++
			}
		}
		var syntax *record.SyntaxError
		if !errors.As(last, &syntax) || syntax.Code != "end-tag" {
			t.Errorf("got %v", last)
		}
		if persons > 1 {
			t.Errorf("%d persons", persons)
		}
	}
}

// TestStopAndGoOn proves that a caller may leave the loop and come back.
func TestStopAndGoOn(t *testing.T) {
	data := message(t, record.Profiles()[0], 5)
	r := record.NewReader(bytes.NewReader(data), record.ReaderOptions{})
	n := 0
	for range 7 {
		for _, err := range r.Persons() {
			if err != nil {
				t.Fatal(err)
			}
			n++
			break
		}
	}
	if n != 5 {
		t.Errorf("%d persons, want 5", n)
	}
}

func TestDecoded(t *testing.T) {
	in := `<?xml version="1.0" encoding="ISO-8859-1"?><IPLOS versjon="3.3"/>`
	_, _, err := record.NewReader(strings.NewReader(in), record.ReaderOptions{}).Header()
	var syntax *record.SyntaxError
	if !errors.As(err, &syntax) || syntax.Code != "encoding-name" || syntax.Name != "ISO-8859-1" {
		t.Errorf("got %v", err)
	}
	if _, _, err := record.NewReader(strings.NewReader(in), record.ReaderOptions{Decoded: true}).Header(); err != nil {
		t.Errorf("decoded in front: %v", err)
	}
}

func TestSniffEncoding(t *testing.T) {
	for in, want := range map[string]string{
		"": " ", "<a/>": " ", "a;b": " ",
		"\xef\xbb\xbf<a/>": "UTF-8 ",
		"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>":                      "UTF-8 utf-8",
		`<?xml version="1.0"?><a/>`:                                               " ",
		`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`:                         " ISO-8859-1",
		"<?xml\n version = '1.0'\tencoding\n=\n'windows-1252' standalone='no' ?>": " windows-1252",
		`<?xml encoding="ISO-8859-1"?>`:                                           " ",
		`<?xml version="1.0" encoding="ISO-8859-1"`:                               " ",
		`<?xml version="1.0" encoding="ISO-8859-1" x?>`:                           " ISO-8859-1",
		` <?xml version="1.0" encoding="ISO-8859-1"?>`:                            " ",
		"\xff\xfe<\x00":     "UTF-16LE ",
		"\xfe\xff\x00<":     "UTF-16BE ",
		"<\x00?\x00":        "UTF-16LE ",
		"\x00<\x00?":        "UTF-16BE ",
		"\xff\xfe\x00\x00<": "UTF-32LE ",
		"\x00\x00\xfe\xff":  "UTF-32BE ",
		"\x00\x00\x00<":     "UTF-32BE ",
		"<\x00\x00\x00":     "UTF-32LE ",
	} {
		form, declared := record.SniffEncoding([]byte(in))
		if got := form + " " + declared; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
