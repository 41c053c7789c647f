package report

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

// walk calls visit for each element.
func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

// Nothing of the file becomes markup, and the page asks for nothing from
// elsewhere: no address, no inline style or handler, one script and one style.
func TestPageIsSelfContained(t *testing.T) {
	pages := map[string]string{"internal": render(t, format(t, "html"), sample(), lang.Bokmal)}
	for _, f := range ShareableFormats() {
		if f.Name == "html" {
			pages["shareable"] = render(t, f, sample(), lang.Bokmal)
		}
	}
	for name, out := range pages {
		doc, err := html.Parse(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		walk(doc, func(n *html.Node) {
			count[n.Data]++
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
		})
		wantScripts := map[string]int{"internal": 1}[name]
		if count["script"] != wantScripts || count["style"] != 1 || count["link"]+count["img"]+count["iframe"] > 0 {
			t.Errorf("%s: %v", name, count)
		}
		if !strings.Contains(out, `http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;`) {
			t.Errorf("%s: no policy", name)
		}
		if name == "internal" && !strings.Contains(out, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Error("the hostile text is gone; it should be shown as text")
		}
	}
}

// More findings than a browser bears are cut, rule by rule, and the page says
// how many there are.
func TestPageStatesWhatItLeavesOut(t *testing.T) {
	l := &finding.Log{}
	for i := range 15_000 {
		l.Add(&finding.Finding{Rule: "R" + strconv.Itoa(i%3), Line: i + 1, Person: strconv.Itoa(i), Message: "none.such"})
	}
	l.Add(&finding.Finding{Rule: "R4", Severity: finding.Error, Message: "none.such"})
	out := render(t, format(t, "html"), &Report{Findings: l}, lang.Bokmal)
	p := lang.New(lang.Bokmal)
	for _, n := range [][2]int{{3001, 15_001}, {1000, 5000}} {
		want := p.T("report.shown", "shown", n[0], "total", n[1]) + " " + p.T("report.html.elsewhere")
		if !strings.Contains(out, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(out, `<span class="msg">`); n != 3001 {
		t.Errorf("%d findings listed", n)
	}
	r := &Report{Findings: l, Limits: Limits{MaxFindings: 11_000}}
	if n := strings.Count(render(t, format(t, "html"), r, lang.Bokmal), `<span class="msg">`); n != 11_000 {
		t.Errorf("%d findings listed, 11,000 asked for", n)
	}
}

func BenchmarkFormats(b *testing.B) {
	l := &finding.Log{}
	for i := range 100_000 {
		l.Add(&finding.Finding{
			Rule: "R" + strconv.Itoa(i%40), Severity: finding.Severity(i % 4), Line: i + 1, Class: "TJENESTE",
			Field: "tjInstOrgnr", Person: strconv.Itoa(i), Row: strconv.Itoa(i), Message: "report.shown",
			Args: []any{"shown", i, "total", "x"},
		})
	}
	for _, f := range Formats() {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var n counter
				if err := f.Write(&n, &Report{Findings: l}, lang.New(lang.Bokmal)); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(n))
			}
		})
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
