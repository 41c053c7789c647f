package submit

import (
	"net/url"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

const ours = "iplos-0403-00-2017-a1.tar"

func judged(t testing.TB, m Mapping, status int, before, after string, names ...string) ([]FileResult, error) {
	t.Helper()
	u, _ := url.Parse("https://iplos.example/Sendemodul/")
	j, _, err := prepare(Options{URL: "https://127.0.0.1/", Login: Login{PIN: secret.FromString("1")}, Mapping: m}, Consignment{ID: "a1", Year: 2017, Files: []File{{Name: "x"}}}, &Outcome{})
	if err != nil {
		t.Fatal(err)
	}
	j.known = map[string]bool{}
	v := &visit{job: j}
	for _, s := range parse(t, before).segments {
		v.known[s] = true
	}
	p := parsePage(u, status, "text/html; charset=utf-8", []byte(after))
	if len(names) == 0 {
		names = []string{ours}
	}
	results := make([]FileResult, len(names))
	var batch []*FileResult
	for i, n := range names {
		results[i] = FileResult{File: File{Name: n}, State: NotSent}
		batch = append(batch, &results[i])
	}
	err = v.judge(answer{begun: true, page: p}, batch)
	return results, err
}

// TestAnswers reads the pages that answer an upload whose body was sent.
func TestAnswers(t *testing.T) {
	const form = `<h1>Send inn fil</h1><p>Filen er mottatt når du ser en kvittering.</p><p>Ingen filer er mottatt.</p><form><input type="file" name="f"></form>`
	for _, tc := range []struct {
		page string
		want State
	}{
		{`<p>Filen er mottatt.</p>`, Uploaded},
		{`<p>Filen ble mottatt 03.01.2018 kl. 14:22</p>`, Uploaded},
		{`<p>Filen er lastet opp</p>`, Uploaded},
		{`<p>Opplastingen var vellykket!</p>`, Uploaded},
		{`<p>Takk for innsendingen.</p>`, Uploaded},
		{`<p>Fila er motteken</p>`, Uploaded},
		{`<p>Vi har motteke fila</p>`, Uploaded},
		{`<p>Fila vart lasta opp</p>`, Uploaded},
		{`<p>The file was received</p>`, Uploaded},
		{`<p>Upload completed successfully</p>`, Uploaded},
		{`<p>Kvitteringsnummer: 20180103-77</p>`, Uploaded},
		{`<dl><dt>Referanse</dt><dd>AB12-99</dd></dl>`, Uploaded},
		{`<table><tr><td>` + ours + `</td><td>12 345</td><td>03.01.2018</td></tr></table>`, Uploaded},
		{`<p>` + ours + ` er mottatt. Hvis noe er feil, ring support.</p>`, Uploaded},
		{`<p>Filen er mottatt. Kvitteringen kommer på e-post når SSB har lest den.</p>` + form, Uploaded},

		{`<p>Filen ble ikke mottatt.</p>`, Refused},
		{`<p>Det oppstod en feil. Filen er ikke lastet opp.</p>`, Refused},
		{`<p>Filen er for stor</p>`, Refused},
		{`<p>Ugyldig fil</p>`, Refused},
		{`<p>Filen ble avvist</p>`, Refused},
		{`<p>Opplastingen mislyktes</p>`, Refused},
		{`<p>Økten er utløpt. Logg inn på nytt.</p>`, Refused},
		{`<p>Innsendingen er stengt</p>`, Refused},
		{`<p>Fila kunne ikkje lesast</p>`, Refused},
		{`<p>Upload failed</p>`, Refused},
		{`<p>The file was not received</p>`, Refused},
		{`<p>Access denied</p>`, Refused},
		{`<p>` + ours + ` er for stor</p>`, Refused},
		{`<form method="post"><input name="komnr"><input name="bydel"><input name="orgnr"><input name="pin"></form>`, Refused},

		{``, Unknown},
		{`<p>Takk for besøket</p>`, Unknown},
		{`<p>Velkommen til Sendemodulen</p>`, Unknown},
		{form, Unknown},
		{`<p>Filen er mottatt.</p><p>Det oppstod en feil.</p>`, Unknown},
		{`<p>Filen vil bli mottatt etter kontroll</p>`, Unknown},
		{`<p>Når filen er mottatt, får du kvittering</p>`, Unknown},
		{`<p>annen-fil.tar er mottatt</p>`, Unknown},
		{`<table><thead><tr><th>Fil</th><th>Mottatt</th></tr></thead></table>`, Unknown},
		{`<p>Referanse: ingen</p>`, Unknown},
		{`<p>Runtime Error</p><p>Filen er mottatt</p>`, Unknown},
	} {
		got, err := judged(t, Mapping{}, 200, form, tc.page)
		kind := map[State]fault.Kind{Uploaded: "", Refused: fault.Refused, Unknown: fault.Unknown}[tc.want]
		if got[0].State != tc.want || fault.KindOf(err) != kind {
			t.Errorf("%s\n\tis %q (%v), want %q", tc.page, got[0].State, err, tc.want)
		}
	}
}

func TestAnswerStatus(t *testing.T) {
	for _, tc := range []struct {
		status int
		page   string
		want   State
	}{
		{413, "Request Entity Too Large", Refused},
		{403, "", Refused},
		{429, "", Refused},
		{401, "", Refused},
		{400, "", Refused},
		{409, "", Unknown},
		{408, "", Unknown},
		{499, "", Unknown},
		{413, "<p>Filen er mottatt</p>", Unknown},
		{409, "<p>Filen ble avvist</p>", Refused},
		{500, "", Unknown},
		{502, "<p>Bad gateway error</p>", Unknown},
		{503, "<p>Filen er mottatt</p>", Unknown},
		{200, "", Unknown},
		{204, "", Unknown},
	} {
		if got, _ := judged(t, Mapping{}, tc.status, "", tc.page); got[0].State != tc.want {
			t.Errorf("%d %q: %q, want %q", tc.status, tc.page, got[0].State, tc.want)
		}
	}
}

func TestConfiguredWords(t *testing.T) {
	m := Mapping{Success: `kode\s+grønn`, Failure: `kode\s+rød`}
	for page, want := range map[string]State{
		"<p>KODE GRØNN</p>": Uploaded, "<p>kode rød</p>": Refused, "<p>kode grønn, kode rød</p>": Unknown,
		"<p>Filen er mottatt</p>": Unknown, "<p>Filen ble avvist</p>": Unknown,
	} {
		if got, _ := judged(t, m, 200, "", page); got[0].State != want {
			t.Errorf("%s: %q, want %q", page, got[0].State, want)
		}
	}
	if got, _ := judged(t, Mapping{Failure: "kode rød"}, 500, "", "kode rød"); got[0].State != Refused {
		t.Errorf("configured failure with status 500: %q", got[0].State)
	}
	for _, m := range []Mapping{{Success: "("}, {Failure: "("}} {
		_, _, err := prepare(Options{URL: "https://127.0.0.1/", Login: Login{PIN: secret.FromString("1")}, Mapping: m}, Consignment{Files: []File{{Name: "x"}}}, &Outcome{})
		if fault.KindOf(err) != fault.Usage {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

func TestSeveralFilesInOneAnswer(t *testing.T) {
	got, err := judged(t, Mapping{}, 200, "", "<ul><li>a.p7m er mottatt</li><li>b.p7m ble avvist</li></ul>", "a.p7m", "b.p7m")
	if got[0].State != Uploaded || got[1].State != Refused || fault.KindOf(err) != fault.Refused {
		t.Errorf("%v, %v", got, err)
	}
	// A list that shows a name of every submission proves nothing.
	got, err = judged(t, Mapping{}, 200, "", "<ul><li>a.p7m 03.01.2018</li></ul>", "a.p7m")
	if got[0].State != Unknown || fault.KindOf(err) != fault.Unknown {
		t.Errorf("%v, %v", got, err)
	}
	got, err = judged(t, Mapping{}, 200, "", "<p>Filene er mottatt</p>", "a.p7m", "b.p7m")
	if got[0].State != Uploaded || got[1].State != Uploaded || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	got, err = judged(t, Mapping{}, 200, "", "<ul><li>a.p7m er mottatt</li></ul>", "a.p7m", "b.p7m")
	if got[0].State != Uploaded || got[1].State != Unknown || fault.KindOf(err) != fault.Unknown {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReference(t *testing.T) {
	for text, want := range map[string]string{
		"Referanse: S180103-0001":               "S180103-0001",
		"Din referanse er 2018/77.":             "2018/77",
		"Referansenummer ABC123":                "ABC123",
		"Kvittering nr. ikke sendt":             "",
		"Reference number 12345":                "12345",
		"Ref. 998877":                           "998877",
		"Innsendings-ID: 1f2e-33":               "1f2e-33",
		"Referansen kommer på e-post":           "",
		"Reference":                             "",
		"iplos-1.tar Referanse iplos-1.tar R-9": "R-9",
	} {
		if got := reference(text, "iplos-1.tar"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
