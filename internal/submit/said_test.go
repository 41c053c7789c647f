package submit

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"iplos/internal/fault"
	"iplos/internal/secret"
	"iplos/internal/ui/lang"
)

// framed is a page as sites make them: what matters stands among what is
// always there.
func framed(main string) string {
	return `<a class="skip" href="#innhold">Hopp til innholdet</a><header><p>Øvelse</p><p>Sendemodul</p></header>
<nav><ul><li><a href="/a">Oversikt</a></li></ul></nav><main>` + main + `</main><footer><p>Kontakt oss på telefon 22 22 22 22</p></footer>`
}

func TestWhatAPersonIsShown(t *testing.T) {
	form := `<form method="post"><label for="k">Kommunenummer</label><input id="k" name="k"><p><label>Bydel <input name="b"></label></p><button>Logg inn</button></form>`
	for _, tc := range []struct{ name, body, want string }{
		{"wrong PIN", framed(`<h1>Logg inn</h1><p role="alert">Feil PIN-kode. Du har to forsøk igjen.</p>` + form), "Logg inn. Feil PIN-kode. Du har to forsøk igjen."},
		{"a message by its class", framed(`<p>Velkommen.</p><div class="validation-summary-errors">Ukjent kommune</div>` + form), "Velkommen. Ukjent kommune."},
		{"beside the words", framed(`<p>En.</p><p>To.</p><p>Filen er mottatt.</p><p>Tre.</p><p>Fire.</p>`), "To. Filen er mottatt. Tre."},
		{"a reference", framed(`<h2>Takk</h2><dl><dt>Referanse</dt><dd>S-1</dd></dl>`), "Takk. Referanse S-1."},
		{"nothing but text", framed(`<p>Siden er under arbeid</p>`), "Siden er under arbeid."},
		{"said twice", framed(`<h1>Feil: ukjent</h1><p role="alert">Feil: ukjent</p>`), "Feil: ukjent."},
		{"nothing", framed(``), ""},
	} {
		if got := parse(t, tc.body).telling(newLexicon(), nil); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	p := parse(t, framed(`<h1>Sendemodul</h1><p>Sist mottatt i går.</p><p>Filen ble avvist</p>`))
	if got := p.telling(newLexicon(), map[string]bool{"Sist mottatt i går.": true, "Sendemodul": true}); got != "Filen ble avvist." {
		t.Errorf("with what stood there before: %q", got)
	}
}

func TestWhatAPersonIsShownIsBounded(t *testing.T) {
	long := strings.Repeat("Æsj, det gikk galt. ", 200)
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, `<p role="alert">Feil %d i noe som ikke gikk så bra</p>`, i)
	}
	for _, body := range []string{`<p role="alert">` + long + `</p>`, many.String(), `<p>` + strings.Repeat("å", 4000) + `</p>`} {
		got := (&job{}).said(parse(t, body))
		if n := utf8.RuneCountInString(got); n > maxSaid || n < maxSaid/2 || !utf8.ValidString(got) {
			t.Errorf("%d characters: %q", n, got)
		}
	}
}

// TestConfirmationAndSaid: the journal keeps the page, a person gets what it
// says.
func TestConfirmationAndSaid(t *testing.T) {
	results, err := judged(t, Mapping{}, 200, framed(`<h1>Last opp</h1>`), framed(`<h1>Kvittering</h1><p role="status">Filen er mottatt. Referanse: R-2</p>`))
	if err != nil || results[0].Said != "Kvittering. Filen er mottatt. Referanse: R-2." {
		t.Errorf("said %q, %v", results[0].Said, err)
	}
	if !strings.Contains(results[0].Confirmation, "Hopp til innholdet") {
		t.Errorf("kept %q", results[0].Confirmation)
	}
}

func TestReasonsAreWords(t *testing.T) {
	for _, l := range lang.Languages() {
		for _, r := range append(Reasons(), "new-class") {
			f := fault.New(fault.Unknown, "submit.unknown", "host", "h", "reason", r)
			if text := lang.New(l).T(f.ID, f.Args...); strings.ContainsAny(text, "<>{}") || strings.HasSuffix(text, ": "+string(r)+".") {
				t.Errorf("%s %s: %s", l, r, text)
			}
		}
	}
}

// TestNoHalfPIN: a PIN that stands where a text is cut is not left in part.
func TestNoHalfPIN(t *testing.T) {
	const pin = "73810462"
	j := &job{opts: Options{Login: Login{PIN: secret.FromString(pin)}}}
	for n := range 20 {
		for _, limit := range []int{maxSaid, maxText} {
			p := parse(t, `<p role="alert">Feil:`+strings.Repeat("x", limit-n)+pin+strings.Repeat("y", 50)+`</p>`)
			if text := j.text(p) + j.said(p); strings.Contains(text, pin[:3]) {
				t.Fatalf("%d before %d: the PIN's beginning is left", n, limit)
			}
		}
	}
}

func TestPageThatSaysNothing(t *testing.T) {
	j := &job{}
	if p := parse(t, ""); j.said(p) != "" || j.tell(p) != "–" {
		t.Errorf("said %q, told %q", j.said(p), j.tell(p))
	}
}
