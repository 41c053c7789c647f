package htmltree

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func written(t testing.TB, root *Element) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, root); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	people := func(yield func(Part) bool) {
		for _, name := range []string{"a", "<b>"} {
			if !yield(El("b", Text(name))) {
				return
			}
		}
	}
	got := written(t, El("html",
		El("style", Ours("a > b { content: '&' }")),
		El("i", If(true, Class("x"), Text("1")), Attr("title", `"<>&'`), If(false, Text("never")), nil),
		Group(El("br"), Text("\x00")),
		Each([]string{"p", "q"}, func(s string) Part { return El("u", Text(s)) }),
		Later(people)))
	want := "<!DOCTYPE html><html><style>a > b { content: '&' }</style>\n" +
		`<i class="x" title="&#34;&lt;&gt;&amp;&#39;">1</i><br>` + "\uFFFD<u>p</u><u>q</u><b>a</b><b>&lt;b&gt;</b></html>"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// What is written as it is stands in style or script and cannot leave it.
func TestLiteralStaysInside(t *testing.T) {
	for name, root := range map[string]*Element{
		"elsewhere": El("p", Ours("x")), "end tag": El("style", Ours("x</style>")), "comment": El("script", Ours("<!-- <script>")),
	} {
		if err := Write(io.Discard, root); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type full struct{ left, calls int }

var errFull = errors.New("full")

func (f *full) Write(p []byte) (int, error) {
	f.calls++
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// A full disk ends the page, and nothing more is made for it.
func TestWriteErrorEndsThePage(t *testing.T) {
	made := 0
	endless := func(yield func(Part) bool) {
		for made = 0; made < 1_000_000; made++ {
			if !yield(El("p", Text(strings.Repeat("x", 1000)))) {
				return
			}
		}
	}
	w := &full{left: 100_000}
	if err := Write(w, El("html", Later(endless))); !errors.Is(err, errFull) || made > 1000 {
		t.Errorf("error %v after %d parts", err, made)
	}
	if err := Write(&full{}, El("html")); !errors.Is(err, errFull) {
		t.Errorf("a short page: %v", err)
	}
}

// FuzzText checks that any text comes back from a parser as the text it was.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "<script>alert(1)</script>", `" onload="x`, "'&amp;&#39", "</p>", "]]>", "<!--", "\x00", "\xff\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := html.Parse(strings.NewReader(written(t, El("html", El("body", El("p", Attr("title", s), Text("."+s)))))))
		if err != nil {
			t.Fatal(err)
		}
		body := doc.LastChild.LastChild
		p := body.FirstChild
		if p.Data != "p" || p.FirstChild == nil || p.FirstChild != p.LastChild || len(p.Attr) != 1 {
			t.Fatalf("%q made other elements", s)
		}
		want := strings.ReplaceAll(s, "\x00", "\uFFFD")
		if p.FirstChild.Data != "."+want || p.Attr[0].Val != want {
			t.Errorf("%q came back as %q and %q", want, p.FirstChild.Data, p.Attr[0].Val)
		}
	})
}
