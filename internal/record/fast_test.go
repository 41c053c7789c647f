package record_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"iplos/internal/record"
)

// drain dumps all that a reader gives, its error too.
func drain(r *record.Reader) string {
	var b strings.Builder
	h, p, err := r.Header()
	if err != nil {
		return err.Error()
	}
	fmt.Fprintf(&b, "profile %s\n", p.ID)
	dump(&b, &h.Rows, true)
	for person, err := range r.Persons() {
		if err != nil {
			return b.String() + err.Error()
		}
		dump(&b, &person.Rows, true)
	}
	return b.String() + fmt.Sprintf("%+v at %d", r.Problems(), r.Offset())
}

// TestFast proves that fast reading gives what the scanner gives: rows,
// lines, problems and errors, on mutated messages and whatever the window.
func TestFast(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 2000
	}
	same := func(i int, data []byte) {
		want := drain(record.NewTestReader(bytes.NewReader(data), 16<<10, false))
		window := 16 + i%1500
		if i%2 == 0 {
			window = 16 << 10
		}
		if got := drain(record.NewTestReader(bytes.NewReader(data), window, true)); got != want {
			t.Fatalf("mutant %d, window %d:\nfast\n%s\nscanner\n%s\n%q", i, window, got, want, data)
		}
	}
	mutants(t, 3, n, same)
	for _, p := range record.Profiles() {
		data := message(t, p, 1)
		for i := range 120 {
			same(12*i+1, data)
		}
		prefixed := bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("<"), []byte("<i:")), []byte("<i:/"), []byte("</i:"))
		prefixed = bytes.Replace(prefixed, []byte("<i:?"), []byte("<?"), 1)
		prefixed = bytes.Replace(prefixed, []byte("xmlns="), []byte("xmlns:i="), 1)
		for i := range 120 {
			same(12*i+1, prefixed)
		}
		indented := bytes.ReplaceAll(data, []byte("><"), []byte(">\r\n  <"))
		for i := range 120 {
			same(12*i+1, indented)
		}
	}
}

// TestFastTraps reads what looks like the usual form and is not.
func TestFastTraps(t *testing.T) {
	const ns = "http://www.npr.no/xmlstds/iplos/2018"
	for name, c := range map[string]struct{ in, want string }{
		"a field again after one out of order": {
			"<IPLOS versjon='3.3'><PERSON><peKjonn>K</peKjonn><peAlder>81</peAlder><peKjonn>M</peKjonn></PERSON></IPLOS>",
			"person 1 order PERSON peAlder 1:50\nperson 1 repeated PERSON peKjonn 1:71\npeAlder=81@1\npeKjonn=K@1\n",
		},
		"the root's form in another namespace": {
			"<IPLOS xmlns='" + ns + "' xmlns:j='" + ns + "' versjon='3.5'><j:PERSON xmlns='urn:a'><peAlder>81</peAlder></j:PERSON></IPLOS>",
			"person 1 unexpected PERSON peAlder 1:138\n",
		},
		"a longer name": {
			"<IPLOS versjon='3.3'><PERSON><FUNKSJONER/><FUNKSJON fnPeID=\"1\"fnFnID=\"2\"/></PERSON></IPLOS>",
			"line 1, column 63: attribute-space",
		},
		"an attribute twice": {
			"<IPLOS versjon='3.3'><PERSON><FUNKSJON fnPeID=\"1\" fnPeID=\"2\"></FUNKSJON></PERSON></IPLOS>",
			"line 1, column 51: attribute-twice \"fnPeID\"",
		},
		"the end tag of another row": {
			"<IPLOS versjon='3.3'><PERSON><FUNKSJON></TJENESTE></PERSON></IPLOS>",
			"line 1, column 40: end-tag \"FUNKSJON\"",
		},
		"an empty row": {
			"<IPLOS versjon='3.3'><PERSON><FUNKSJON/><TJENESTE/></PERSON></IPLOS>",
			"",
		},
	} {
		if got := outline(t, c.in); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", name, got, c.want)
		}
	}
}
