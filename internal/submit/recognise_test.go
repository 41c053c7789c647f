package submit

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func parse(t testing.TB, body string) *page {
	t.Helper()
	u, _ := url.Parse("https://iplos.example/Sendemodul/start")
	return parsePage(u, 200, "text/html; charset=utf-8", []byte(body))
}

// TestFieldNames: names, ids, labels and the other ways to name a field, in
// bokmål, nynorsk and English. Each row is one dress of the four fields.
func TestFieldNames(t *testing.T) {
	byName := func(names ...string) string {
		var b strings.Builder
		for i, n := range names {
			fmt.Fprintf(&b, `<input name=%q data-role="%d">`, n, i)
		}
		return b.String()
	}
	byID := func(ids ...string) string {
		var b strings.Builder
		for i, n := range ids {
			fmt.Fprintf(&b, `<input name="x%d" id=%q>`, i, n)
		}
		return b.String()
	}
	with := func(format string, texts ...string) string {
		var b strings.Builder
		for i, s := range texts {
			b.WriteString(strings.NewReplacer("%N", fmt.Sprint(i), "%S", s).Replace(format))
		}
		return b.String()
	}
	const (
		label   = `<label for="i%N">%S</label><input id="i%N" name="x%N">`
		wrap    = `<label>%S <input name="x%N"></label>`
		aria    = `<input name="x%N" aria-label="%S">`
		by      = `<span id="l%N">%S</span><input name="x%N" aria-labelledby="l%N">`
		holder  = `<input name="x%N" placeholder="%S">`
		title   = `<input name="x%N" title="%S">`
		cell    = `<table><tr><td>%S</td><td><input name="x%N"></td></tr></table>`
		heading = `<p>%S</p><p><input name="x%N"></p>`
	)
	rows := []string{
		byName("komnr", "bydel", "orgnr", "pin"),
		byName("kommunenr", "bydelsnr", "orgnr", "pinkode"),
		byName("kommunenummer", "bydelsnummer", "organisasjonsnummer", "pinkode"),
		byName("KOMMUNENR", "BYDEL", "ORGNR", "PIN"),
		byName("txtKommuneNr", "txtBydelNr", "txtOrgNr", "txtPin"),
		byName("ctl00$Main$txtKommunenr", "ctl00$Main$txtBydel", "ctl00$Main$txtOrgnr", "ctl00$Main$txtPinkode"),
		byName("ctl00$ContentPlaceHolder1$Login1$KommNr", "ctl00$ContentPlaceHolder1$Login1$BydNr", "ctl00$ContentPlaceHolder1$Login1$OrgNr", "ctl00$ContentPlaceHolder1$Login1$PIN"),
		byName("j_idt12:kommunenummer", "j_idt12:bydelsnummer", "j_idt12:organisasjonsnummer", "j_idt12:pinkode"),
		byName("form:kommune", "form:bydel", "form:org", "form:pin"),
		byName("kommune", "bydel", "organisasjon", "kode"),
		byName("kommuneId", "bydelId", "orgId", "pinCode"),
		byName("kommune_nr", "bydels_nr", "org_nr", "pin_kode"),
		byName("kommune-nummer", "bydels-nummer", "organisasjons-nummer", "pin-kode"),
		byName("kommunekode", "bydelskode", "foretaksnummer", "tilgangskode"),
		byName("login.kommuneNummer", "login.bydelsNummer", "login.organisasjonsNummer", "login.pinKode"),
		byName("user[kommunenr]", "user[bydel]", "user[orgnr]", "user[pin]"),
		byName("municipality", "district", "organization", "pin"),
		byName("municipalityNumber", "districtNumber", "organisationNumber", "pinCode"),
		byName("municipality_no", "district_no", "org_no", "pincode"),
		byName("MunicipalityCode", "DistrictCode", "OrganizationId", "Pin"),
		byName("knr", "bnr", "onr", "pin"),
		byName("fldKomm", "fldByd", "fldOrg", "fldPin"),
		byName("inpKomnr1", "inpBydel1", "inpOrgnr1", "inpPin1"),
		byID("kommunenr", "bydel", "orgnr", "pin"),
		byID("tbKommunenummer", "tbBydelsnummer", "tbOrganisasjonsnummer", "tbPinkode"),
		byID("ctl00_Main_txtKomnr", "ctl00_Main_txtBydel", "ctl00_Main_txtOrgnr", "ctl00_Main_txtPIN"),
		with(label, "Kommunenummer", "Bydelsnummer", "Organisasjonsnummer", "PIN-kode"),
		with(label, "Kommunenr.", "Bydelsnr.", "Org.nr.", "PIN"),
		with(label, "Kommunenummer (4 siffer)", "Bydel (00 hvis ikke avtalt)", "Kommunens organisasjonsnummer (9 siffer)", "PIN-kode fra KOSTRA-brevet"),
		with(label, "Kommune:", "Bydel:", "Kommunens organisasjonsnummer:", "Kommunens PIN-kode:"),
		with(label, "Kommune nr", "Bydel nr", "Organisasjon nr", "Pin kode"),
		with(label, "Kommunenummeret", "Bydelsnummeret i kommunen", "Organisasjonsnummeret til kommunen", "PIN-koden til kommunen"),
		with(label, "Municipality number", "District number", "Organisation number", "PIN code"),
		with(label, "Municipality no.", "City district", "Organization number of the municipality", "PIN"),
		with(label, "Municipality", "District", "Organisation no.", "Password"),
		with(label, "KOMMUNENUMMER *", "BYDEL *", "ORGANISASJONSNUMMER *", "PIN *"),
		with(wrap, "Kommunenummer", "Bydelsnummer", "Organisasjonsnummer", "PIN-kode"),
		with(wrap, "Kommunenr", "Bydel", "Orgnr", "Pinkode"),
		with(wrap, "<b>Kommunenummer</b>", "<b>Bydel</b>", "<b>Organisasjonsnummer</b>", "<b>PIN-kode</b>"),
		with(wrap, "Kommunenummer i rapporteringsåret", "Bydelsnummer", "Organisasjonsnummeret åt kommunen", "PIN-koden"),
		with(aria, "Kommunenummer", "Bydel", "Organisasjonsnummer", "PIN-kode"),
		with(aria, "Municipality number", "District", "Organization number", "PIN"),
		with(by, "Kommunenummer", "Bydelsnummer", "Organisasjonsnummer", "PIN-kode"),
		with(holder, "Kommunenr", "Bydelsnr", "Orgnr", "PIN"),
		with(holder, "Skriv inn kommunenummer", "Skriv inn bydel", "Skriv inn organisasjonsnummer", "Skriv inn PIN-kode"),
		with(holder, "Enter municipality number", "Enter district", "Enter organisation number", "Enter PIN"),
		with(title, "Kommunenummer", "Bydelsnummer", "Organisasjonsnummer", "PIN-kode"),
		with(title, "Skriv kommunenummeret", "Skriv bydelsnummeret", "Skriv organisasjonsnummeret", "Skriv PIN-koden"),
		with(cell, "Kommunenr:", "Bydel:", "Org.nr:", "PIN-kode:"),
		with(cell, "Kommunenummer", "Bydelsnummer", "Organisasjonsnummer", "PIN"),
		with(heading, "Kommunenummer", "Bydel", "Organisasjonsnummer", "PIN-kode"),
		`<select name="a"><option>0403</option></select><label for="k">Kommunenr</label><input id="k" name="x0"><label for="b">Bydel</label><select id="b" name="x1"><option value="00">00 Ingen</option></select>` +
			`<input name="x2" placeholder="Orgnr"><input type="password" name="x3" title="Kode">`,
	}
	if len(rows) < 50 {
		t.Fatalf("%d rows, at least 50 are wanted", len(rows))
	}
	for i, row := range rows {
		// Fields and forms that are there to mislead.
		p := parse(t, `<form action="/sok"><input name="q" placeholder="Søk i kommunen"></form>
			<form method="post"><input type="hidden" name="kommunenr_token" value="t"><input type="checkbox" name="husk">`+row+`<input type="submit"></form>`)
		f, as := p.loginForm(nil)
		if f == nil {
			t.Errorf("row %d: no login form: %s\n%s", i, row, p.describe())
			continue
		}
		for r, role := range loginRoles() {
			c := as[role]
			if want := controlOf(f, r); c != want {
				t.Errorf("row %d: %s is %q, want %q", i, role, c.name, want.name)
			}
		}
	}
}

// controlOf finds the row's r-th field.
func controlOf(f *form, r int) *control {
	if c := f.named(fmt.Sprintf("x%d", r)); c != nil {
		return c
	}
	n := 0
	for _, c := range f.controls {
		if !c.fillable() {
			continue
		}
		if n == r {
			return c
		}
		n++
	}
	return nil
}

func TestNoLoginForm(t *testing.T) {
	for name, body := range map[string]string{
		"no PIN":         `<form method="post"><input name="komnr"><input name="bydel"><input name="orgnr"></form>`,
		"no district":    `<form method="post"><input name="komnr"><input name="orgnr"><input name="pin"></form>`,
		"other site":     `<form method="post"><input name="brukernavn"><input type="password" name="passord"></form>`,
		"hidden only":    `<form method="post"><input type="hidden" name="komnr"><input type="hidden" name="bydel"><input type="hidden" name="orgnr"><input type="hidden" name="pin"></form>`,
		"over two forms": `<form><input name="komnr"><input name="bydel"></form><form><input name="orgnr"><input name="pin"></form>`,
		"shipping":       `<form><input name="komnr"><input name="bydel"><input name="orgnr"><input name="shipping"></form>`,
		"empty":          ``,
		"text":           `Siden er nede for vedlikehold`,
	} {
		if f, _ := parse(t, body).loginForm(nil); f != nil {
			t.Errorf("%s: a login form was seen", name)
		}
	}
}

func TestMappingOverridesGuesses(t *testing.T) {
	p := parse(t, `<form method="post"><input name="a1"><input id="a2" name="b2"><input name="komnr" value="decoy"><input name="c3"><input name="d4"></form>`)
	f, as := p.loginForm(map[string]string{"municipality": "a1", "district": "A2", "organisation_number": "c3", "pin": "d4"})
	if f == nil || as[RoleMunicipality].name != "a1" || as[RoleDistrict].name != "b2" || as[RoleOrgNumber].name != "c3" || as[RolePIN].name != "d4" {
		t.Errorf("%v", as)
	}
	// A configured name that is not there is not guessed around.
	if f, _ := parse(t, `<form><input name="komnr"><input name="bydel"><input name="orgnr"><input name="pin"></form>`).loginForm(map[string]string{"pin": "kode"}); f != nil {
		t.Error("a guess replaced a configured field")
	}
}

func TestFormInTableRows(t *testing.T) {
	p := parse(t, `<table><form method="post" action="login.asp"><tr><td>Kommunenr</td><td><input name="a"></td></tr><tr><td>Bydel</td><td><input name="b"></td></tr>
		<tr><td>Orgnr</td><td><input name="c"></td></tr><tr><td>PIN</td><td><input name="d" type="password"></td></tr><tr><td><input type="submit" value="Logg inn"></td></tr></form></table>`)
	f, as := p.loginForm(nil)
	if f == nil || as[RolePIN].name != "d" || as[RoleMunicipality].name != "a" || f.button(loginWords()) == nil {
		t.Fatalf("%v", as)
	}
}

func TestFieldsAreWhatABrowserSends(t *testing.T) {
	p := parse(t, `<form method="post"><input type="hidden" name="__VIEWSTATE" value="vs=="><input name="komnr"><input name="off" disabled value="x"><input type="checkbox" name="c1" checked>
		<input type="checkbox" name="c2"><input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked><select name="s"><option value="a">A<option value="b" selected>B</select>
		<select name="first"><option value="f">F<option>G</select><textarea name="t">
hei</textarea><input value="no name"><input type="file" name="fil"><button name="avbryt" value="1">Avbryt</button><button name="send" value="ja">Send inn</button><input type="reset" name="nullstill"></form>`)
	f := p.forms[0]
	komnr := f.named("komnr")
	var got []string
	for _, x := range f.fields(map[*control]string{komnr: "0403"}, f.button(uploadWords()), f.fileField()) {
		if x.file {
			got = append(got, x.name+"=@")
			continue
		}
		got = append(got, x.name+"="+x.value)
	}
	want := "__VIEWSTATE=vs== komnr=0403 c1=on r=2 s=b first=f t=hei fil=@ send=ja"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("fields %q\nwant   %q", s, want)
	}
}

func TestButtons(t *testing.T) {
	for body, want := range map[string]string{
		`<button name="a">Avbryt</button><button name="b">Logg inn</button>`:                               "b",
		`<input type="submit" name="a" value="Søk"><input type="submit" name="b" value="OK">`:              "b",
		`<input type="submit" name="a" value="Logg ut"><input type="submit" name="b" value="Bekreft">`:     "b",
		`<button type="button" name="a">Logg inn</button><input type="image" name="b" alt="Logg på">`:      "b",
		`<button name="b" formaction="/x" formmethod="post">Neste</button>`:                                "b",
		`<a id="b" href="javascript:__doPostBack('ctl00$lnkLogin','')">Logg inn</a><a href="/x">Hjelp</a>`: "b",
	} {
		p := parse(t, `<form method="post"><input type="hidden" name="__EVENTTARGET" value="">`+body+`</form>`)
		b := p.forms[0].button(loginWords())
		if b == nil || b.name != want && b.id != want {
			t.Errorf("%s: %+v", body, b)
		}
		if b != nil && b.postback != "" {
			if f := p.forms[0].fields(nil, b, nil); f[0].value != "ctl00$lnkLogin" {
				t.Errorf("event target %q", f[0].value)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	p := parse(t, `<a href="/Sendemodul/">Sendemodul forside</a><a href="loggut">Logg ut</a><a href="https://ssb.no/last-opp">Last opp hos SSB</a><a href="slett?id=1">Slett innsending</a>
		<a href="send">Send inn fil</a><a href="mottatt">Mottatte filer</a><a href="javascript:x()">Last opp</a><a href="#last">Last opp</a>`)
	if l := p.linksFor(uploadWords()); len(l) != 2 || l[1].url.Path != "/Sendemodul/send" && l[0].url.Path != "/Sendemodul/send" {
		t.Errorf("%+v", l)
	}
	if l := p.linksFor(logoutWords()); len(l) != 1 || l[0].url.Path != "/Sendemodul/loggut" {
		t.Errorf("%+v", l)
	}
	if l := p.linksFor(listWords()); len(l) != 1 || l[0].url.Path != "/Sendemodul/mottatt" {
		t.Errorf("%+v", l)
	}
}

func TestDescribeShowsNoValue(t *testing.T) {
	p := parse(t, `<form id="f" action="x;jsessionid=HEMMELIG?t=HEMMELIG"><input type="hidden" name="token" value="HEMMELIG"><label for="u">Bruker</label><input id="u" name="user" value="HEMMELIG"></form>`)
	text := p.describe()
	if strings.Contains(text, "HEMMELIG") || !strings.Contains(text, `name="user"`) || !strings.Contains(text, "Bruker") {
		t.Errorf("%s", text)
	}
}

func TestPageText(t *testing.T) {
	p := parse(t, "<html><head><title>x</title><style>p{}</style></head><body><script>alert(1)</script><p>Filen\x1b[31m er <b>mottatt</b>.\u202e</p><div hidden>skjult</div>"+
		"<table><tr><td>a.tar</td><td>12</td></tr></table><textarea>felt</textarea></body></html>")
	if got := (&job{}).text(p); got != "Filen[31m er mottatt.\na.tar 12" {
		t.Errorf("%q", got)
	}
	long := parse(t, "<p>"+strings.Repeat("å ", 10_000)+"</p>")
	if got := (&job{}).text(long); len(got) > maxText+8 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestCharset(t *testing.T) {
	u, _ := url.Parse("https://iplos.example/")
	p := parsePage(u, 200, "text/html; charset=iso-8859-1", []byte("<form method=post><label for=p>P\xe5loggingskode PIN</label><input id=p name=pin></form><p>Filen er overf\xf8rt"))
	if !strings.Contains((&job{}).text(p), "overført") {
		t.Errorf("%q", (&job{}).text(p))
	}
	if got := encodeFields([]field{{name: "pin", value: "å&1"}}, p.enc); got != "pin=%E5%261" {
		t.Errorf("%q", got)
	}
}

// TestHugePages: a page made to cost time is cut short.
func TestHugePages(t *testing.T) {
	for name, body := range map[string]string{
		"fields":   "<form method=post>" + strings.Repeat(`<input name="kommunenummer" title="bydel orgnr pin">`, 60_000),
		"forms":    strings.Repeat(`<form><input name="komnr"></form>`, 60_000),
		"links":    strings.Repeat(`<a href="send">Last opp</a>`, 60_000),
		"labels":   strings.Repeat(`<label for="a">kommune</label>`, 60_000) + `<form><input id="a" name="a"></form>`,
		"in label": "<form><label>" + strings.Repeat(`kommune <input name="a">`, 60_000),
		"text":     strings.Repeat("<p>mottatt", 200_000),
		"deep":     strings.Repeat("<div>", 400) + strings.Repeat("<form>x", 1000),
	} {
		begin := time.Now()
		p := parse(t, body)
		p.loginForm(nil)
		p.linksFor(uploadWords())
		p.describe()
		// A second or two with the race detector, minutes if it were quadratic.
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`<form method="post"><input name="komnr"><input name="bydel"><input name="orgnr"><input name="pin"><button>Logg inn</button></form>`))
	f.Add([]byte(`<table><form><tr><td><input type=file name=f multiple></form></table><a href="javascript:__doPostBack('a','b')">Send</a>`))
	f.Add([]byte(`<base href="//x"><meta http-equiv=refresh content="0;url=/y"><label for=a><select id=a><option selected>1`))
	f.Add([]byte(strings.Repeat("<div>", 600) + "<input form=x>"))
	lex := newLexicon()
	f.Fuzz(func(t *testing.T, body []byte) {
		p := parse(t, string(body))
		form, _ := p.loginForm(nil)
		if form != nil {
			form.fields(nil, form.button(loginWords()), nil)
		}
		if up, file := p.uploadForm(nil); up != nil {
			up.fields(nil, up.button(uploadWords()), file)
		}
		p.linksFor(uploadWords())
		p.describe()
		if strings.ContainsAny((&job{}).text(p), "\x00\x1b\r\t") || len((&job{}).text(p)) > maxText+8 {
			t.Errorf("text not clean: %q", (&job{}).text(p))
		}
		p.listing("a.tar", lex)
	})
}
