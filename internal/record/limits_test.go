package record_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"iplos/internal/record"
)

const (
	mib        = 1 << 20
	openPerson = `<IPLOS versjon="3.3"><PERSON pePeID="1">`
)

// repeat gives a text n times, then ends.
type repeat struct {
	text []byte
	n    int
	at   int
}

func (r *repeat) Read(b []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(b, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at = 0
		r.n--
	}
	return n, nil
}

func endless(text string) io.Reader { return &repeat{text: []byte(text), n: -1} }

// TestLimits reads hostile input without end: each must be refused with its
// code, soon and in little memory.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		before, again, code string
	}{
		"text":               {openPerson + "<peFnr>", "aaaaaaaaaaaaaaaa", "token-size"},
		"text with lines":    {openPerson + "<peFnr>", "a\n", "token-size"},
		"white space":        {openPerson, "\n        ", "token-size"},
		"space before root":  {"", " \n", "token-size"},
		"text before root":   {"", "a", "not-xml"},
		"attribute value":    {`<IPLOS versjon="`, "aaaaaaaaaaaaaaaa", "token-size"},
		"element name":       {openPerson + "<", "aaaaaaaaaaaaaaaa", "token-size"},
		"end tag":            {openPerson + "</", "aaaaaaaaaaaaaaaa", "token-size"},
		"end tag space":      {openPerson + "</PERSON", "        ", "token-size"},
		"tag space":          {openPerson + "<peFnr", "        ", "token-size"},
		"comment":            {openPerson + "<!--", "aaaaaaaaaaaaaaaa", "token-size"},
		"instruction":        {openPerson + "<?a ", "aaaaaaaaaaaaaaaa", "token-size"},
		"CDATA":              {openPerson + "<![CDATA[", "aaaaaaaaaaaaaaaa", "token-size"},
		"references":         {openPerson + "<peFnr>", "&amp;", "token-size"},
		"CDATA in a field":   {openPerson + "<peFnr>", "<![CDATA[aaaaaaaaaaaaaaaaaaaaaaaaaa]]>", "person-size"},
		"comments in text":   {openPerson + "<peFnr>", "aaaaaaaaaaaaaaaaaa<!---->", "person-size"},
		"rows":               {openPerson, "<PERSONOPPL/>", "person-size"},
		"unknown elements":   {openPerson, "<a/>", "person-size"},
		"nested in a field":  {openPerson + "<peFnr>", "<a/>", "person-size"},
		"text between rows":  {openPerson, "a<!---->", "person-size"},
		"unknown in root":    {`<IPLOS versjon="3.3">`, "<a/>", "person-size"},
		"text in root":       {`<IPLOS versjon="3.3">`, "a<!---->", "person-size"},
		"headers":            {`<IPLOS versjon="3.3">`, "<INNHINFO/>", "person-size"},
		"contacts":           {`<IPLOS xmlns="http://www.npr.no/xmlstds/iplos/2018" versjon="3.5"><INNHINFO>`, "<iiKontakt/>", "person-size"},
		"after the persons":  {openPerson + "</PERSON>", "<a/>", "person-size"},
		"deep":               {openPerson, "<a>", "depth"},
		"namespaces in deep": {openPerson, "<a " + manyAttributes(64, "xmlns:") + ">", "attributes"},
		"attributes":         {"<IPLOS", ` a="" b=""`, "attribute-twice"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			r := record.NewReader(io.MultiReader(strings.NewReader(c.before), endless(c.again)), record.ReaderOptions{})
			var last error
			for _, err := range r.Persons() {
				last = err
			}
			runtime.ReadMemStats(&after)
			var syntax *record.SyntaxError
			if !errors.As(last, &syntax) || syntax.Code != c.code {
				t.Fatalf("got %v, want %s", last, c.code)
			}
			if syntax.Line < 1 || syntax.Column < 1 {
				t.Errorf("line %d, column %d", syntax.Line, syntax.Column)
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
			// All that was ever allocated, so an upper bound of what was held.
			if n := after.TotalAlloc - before.TotalAlloc; n > 64*mib {
				t.Errorf("allocated %d MiB", n/mib)
			}
			runtime.KeepAlive(r)
		})
	}
}

func manyAttributes(n int, prefix string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(prefix + "a" + strings.Repeat("b", i) + `="urn:a" `)
	}
	return b.String()
}

// TestSizesWithin reads what lies just within the limits.
func TestSizesWithin(t *testing.T) {
	big := strings.Repeat("a", mib-100)
	for name, inner := range map[string]string{
		"text":      "<peFnr>" + big + "</peFnr>",
		"attribute": `<peFnr a="` + big + `"/>`,
		"comment":   "<!--" + big + "-->",
		"CDATA":     "<peFnr><![CDATA[" + big + "]]></peFnr>",
		"space":     strings.Repeat("\n", mib-100),
		"both":      "<peFnr>" + big + "</peFnr><peAlder>" + big + "</peAlder>",
		"name":      "<" + big[:1024] + "/>",
	} {
		data := openPerson + inner + "</PERSON></IPLOS>"
		if err := wellFormed(t, []byte(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := read([]byte(data), false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLongName refuses a name just over the limit.
func TestLongName(t *testing.T) {
	err := wellFormed(t, []byte("<a><"+strings.Repeat("b", 1025)+"/></a>"))
	if err == nil || err.Code != "token-size" || err.Column != 5 {
		t.Errorf("got %v", err)
	}
}

// TestLongLine finds the column on a line longer than every window.
func TestLongLine(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("\n" + openPerson)
	for b.Len() < 3*mib {
		b.WriteString("<peFnr>bokstavene æøå</peFnr><!-- ŧ -->")
	}
	column := strings.Count(b.String(), "") - 1
	b.WriteString("&<")
	err := wellFormed(t, b.Bytes())
	if err == nil || err.Line != 2 || err.Column != column || err.Offset != int64(b.Len()-2) {
		t.Errorf("got %v, want line 2, column %d, offset %d", err, column, b.Len()-2)
	}
}

// TestMemory proves that neither tokens nor persons allocate, so that memory
// does not grow with the file.
func TestMemory(t *testing.T) {
	p := record.Profiles()[0]
	data := message(t, p, 200)
	head := bytes.Index(data, []byte("<PERSON"))
	tail := bytes.LastIndex(data, []byte("</IPLOS>"))
	allocated := func(times int) uint64 {
		src := io.MultiReader(bytes.NewReader(data[:head]), &repeat{text: data[head:tail], n: times}, bytes.NewReader(data[tail:]))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n := 0
		for _, err := range record.NewReader(src, record.ReaderOptions{}).Persons() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		runtime.ReadMemStats(&after)
		if n != 200*times {
			t.Fatalf("%d persons", n)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	allocated(1)
	small, large := allocated(1), allocated(20)
	if large > small+64<<10 {
		t.Errorf("200 persons allocate %d bytes, 4000 persons %d", small, large)
	}
	if small > mib {
		t.Errorf("200 persons allocate %d bytes", small)
	}
}

// TestHugeLine reads a message of 100 MB on one line.
func TestHugeLine(t *testing.T) {
	data := bytes.ReplaceAll(message(t, record.Profiles()[0], 200), []byte("\n"), nil)
	head := bytes.Index(data, []byte("<PERSON"))
	tail := bytes.LastIndex(data, []byte("</IPLOS>"))
	times := 100_000_000/(tail-head) + 1
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := record.NewReader(io.MultiReader(bytes.NewReader(data[:head]),
		&repeat{text: data[head:tail], n: times}, strings.NewReader("<a></IPLOS>")), record.ReaderOptions{})
	n, last := 0, error(nil)
	for p, err := range r.Persons() {
		if last = err; p != nil {
			n++
		}
	}
	runtime.ReadMemStats(&after)
	var syntax *record.SyntaxError
	column := head + times*(tail-head) + len("<a>") + 1
	if !errors.As(last, &syntax) || syntax.Line != 1 || syntax.Column != column {
		t.Errorf("got %v, want column %d", last, column)
	}
	if n != 200*times {
		t.Errorf("%d persons, want %d", n, 200*times)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 4*mib {
		t.Errorf("allocated %d MiB", got/mib)
	}
}
