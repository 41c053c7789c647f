package extract

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestAccountAddsUp makes tables by chance, with everything that can leave a
// row out, and adds up: per class in the account (in readText), and against
// the rows that were written.
func TestAccountAddsUp(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 7))
		pick := func(of ...string) string { return of[rng.IntN(len(of))] }
		key := func() string { return pick("", "1", "2", "3", "4", "5", "unknown") }
		date := func() string { return pick("", "20160101", "20170601", "2018-01-01", "31.12.2017", "rubbish") }
		rows := map[string]int{}
		var person, tjeneste, funksjon strings.Builder
		person.WriteString("pePeID;peKomnr;peBydelsnr;old\n")
		for range rng.IntN(12) {
			fmt.Fprintf(&person, "%s;%s;%s;%s\n", pick("", "1", "2", "3", "4", "5"), pick("", "403", "1624", "5054"), pick("", "00", "03"), pick("", "1624", "1718"))
			rows["PERSON"]++
		}
		tjeneste.WriteString("tjPeID;tjTjID;tjTjenType;tjVedtak;tjVedtDato;tjFraDato;tjTilDato\n")
		for i := range rng.IntN(40) {
			fmt.Fprintf(&tjeneste, "%s;%d;%s;%s;%s;%s;%s\n", key(), i, pick("Hjemmehjelp", "15", ""), pick("1", "2"), date(), date(), date())
			rows["TJENESTE"]++
		}
		funksjon.WriteString("fnPeID;fnFunkType;fnFraDato;fnTilDato\n")
		for range rng.IntN(40) {
			fmt.Fprintf(&funksjon, "%s;%s;%s;%s\n", key(), pick("", "1"), date(), date())
			rows["FUNKSJON"]++
		}
		profile := `
tables:
  - {table: person, class: PERSON, by_name: true` + pick("", ", distinct: true") + pick("", ", select: old") + `}
  - {table: tjeneste, class: TJENESTE, by_name: true, fields: {tjTjenType: {column: tjTjenType, codes: {Hjemmehjelp: 1}}}}
  - {table: funksjon, class: FUNKSJON, by_name: true, fields: {fnFnID: {serial: true}}}
`
		dir := csvFolder(t, map[string]string{"person": person.String(), "tjeneste": tjeneste.String(), "funksjon": funksjon.String()})
		o := Options{Path: dir, Year: 2017, Municipality: "1624", Profile: writeFile(t, "p.yaml", profile), Translate: seed%2 == 0}
		if seed%3 == 0 {
			o.MemoryBytes, o.TempDir = 50, t.TempDir()
		}
		text, a := readText(t, o)
		for class, n := range rows {
			if a.Classes[class].Read != n {
				t.Errorf("seed %d: %d %s rows written, %d read", seed, n, class, a.Classes[class].Read)
			}
			if got := strings.Count(text, "<"+class+" "); got != a.Classes[class].Taken {
				t.Errorf("seed %d: %d %s given, %d taken", seed, got, class, a.Classes[class].Taken)
			}
		}
	}
}

// TestAccountInJSON fixes the keys that scripts and the journal read.
func TestAccountInJSON(t *testing.T) {
	dir := csvFolder(t, map[string]string{
		"person":   "pePeID;peKomnr;peBydelsnr;Navn\n1;403;;x\n2;0403;;y\n",
		"funksjon": "fnPeID;fnFraDato;fnTilDato\n1;02.01.2017;\n1;20150101;20160101\n2;20150101;20160101\n",
		"notater":  "a;b\n1;2\n",
	})
	o := options(dir)
	o.Profile = writeFile(t, "p.yaml", `
tables:
  - {table: person, class: PERSON, by_name: true}
  - {table: funksjon, class: FUNKSJON, key: fnPeID, fields: {fnFraDato: fnFraDato, fnTilDato: fnTilDato}}
`)
	_, a := readText(t, o)
	a.Notes = a.Notes[:2]
	got, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"classes":{"FUNKSJON":{"read":3,"taken":1,"left_out":{"outside_period":2},"changed":{"date":1}},` +
		`"INNHINFO":{"read":0,"taken":0,"changed":{"district":1}},` +
		`"PERSON":{"read":2,"taken":1,"left_out":{"outside_period":1},"changed":{"district":1}}},` +
		`"tables":[{"name":"person.csv","classes":["PERSON"],"rows":2},{"name":"funksjon.csv","classes":["FUNKSJON"],"rows":3}],` +
		`"unused_tables":["notater.csv"],` +
		`"notes":[{"code":"unmapped-columns","table":"person.csv","class":"PERSON","count":1},{"code":"unfed-field","table":"person.csv","class":"PERSON","field":"peFnr"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	found := false
	_, a = readText(t, o)
	for _, n := range a.Notes {
		found = found || n.Code == NoteLostZeros && n.Field == "peKomnr" && n.Count == 1
	}
	if !found {
		t.Errorf("403 is not noted: %+v", a.Notes)
	}
}

// TestJoining covers what a mapping profile can do with keys.
func TestJoining(t *testing.T) {
	dir := csvFolder(t, map[string]string{
		"bruker":  "ID;Kjønn;Kommune\nB-7;Kvinne;403\nA-1;Mann;0301\n",
		"fnr":     "Bruker;Nummer\nA-1;02820012345\nB-7;01810012345\nC-9;03830012345\n",
		"vedtak":  "Bruker;Type;Vedtatt;Timer;Navn\nA-1;Hjemmehjelp;02.05.2017;3,5;x\nB-7;Alarm;03.05.2017;;x\nA-1;Alarm;04.05.2017;;x\n",
		"vedtak2": "Bruker;Type;Vedtatt;Timer;Navn\nB-7;Hjemmehjelp;05.05.2017;1;x\n",
	})
	o := options(dir)
	o.Profile = writeFile(t, "p.yaml", `
header: {iiSysID: Fagsystem, iiSysVersjon: "1"}
tables:
  - table: vedtak*
    class: TJENESTE
    key: Bruker
    fields:
      tjTjID: {serial: true}
      tjTjenType: {column: Type, codes: {Hjemmehjelp: 1, Alarm: 6}}
      tjVedtDato: Vedtatt
      tjVedtak: {constant: 1}
      tjTimerUke: Timer
  - {table: fnr, class: PERSON, adds: true, key: Bruker, fields: {peFnr: Nummer}}
  - table: bruker
    class: PERSON
    key: ID
    fields:
      pePeID: {serial: true}
      peKjonn: {column: Kjønn, codes: {Kvinne: K, Mann: M}}
      peKomnr: {column: Kommune, pad: 4}
`)
	text, a := readText(t, o)
	flat := strings.Join(strings.Fields(text), "")
	for _, want := range []string{
		`<iiSysID>Fagsystem</iiSysID>`,
		`<PERSONpePeID="1"><peFnr>01810012345</peFnr><peKjonn>K</peKjonn><peKomnr>0403</peKomnr><peBydelsnr>00</peBydelsnr><TJENESTEtjPeID="1"tjTjID="1"><tjTjenType>6</tjTjenType><tjVedtDato>20170503</tjVedtDato><tjVedtak>1</tjVedtak></TJENESTE><TJENESTEtjPeID="1"tjTjID="2"><tjTjenType>1</tjTjenType><tjVedtDato>20170505</tjVedtDato><tjVedtak>1</tjVedtak><tjTimerUke>1</tjTimerUke></TJENESTE></PERSON>`,
		`<PERSONpePeID="2"><peFnr>02820012345</peFnr><peKjonn>M</peKjonn><peKomnr>0301</peKomnr>`,
		`<tjTimerUke>3.5</tjTimerUke>`,
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if c := a.Classes["PERSON"]; c.Read != 2 || c.Taken != 2 || c.Changed["padded"] != 1 || c.Changed["code"] != 2 {
		t.Errorf("persons %+v", c)
	}
	nobody := false
	for _, n := range a.Notes {
		nobody = nobody || n.Code == NoteAddsNobody && n.Count == 1
	}
	if !nobody {
		t.Errorf("C-9 is not noted: %+v", a.Notes)
	}
}

// TestFlatTable takes persons and services from the same rows, as a system
// writes that has one wide table.
func TestFlatTable(t *testing.T) {
	path := writeFile(t, "uttrekk.csv", "Bruker;Fnr;Tjeneste;Vedtatt\n1;01810012345;15;20170101\n1;01810012345;6;20170201\n2;02820012345;1;20160101\n")
	o := options(path)
	o.Source = "csv"
	o.Profile = writeFile(t, "p.yaml", `
tables:
  - {table: uttrekk, class: PERSON, key: Bruker, distinct: true, fields: {peFnr: Fnr}}
  - {table: uttrekk, class: TJENESTE, key: Bruker, fields: {tjTjID: {serial: true}, tjTjenType: Tjeneste, tjVedtDato: Vedtatt, tjFraDato: Vedtatt, tjTilDato: Vedtatt}}
`)
	_, a := readText(t, o)
	p, s := a.Classes["PERSON"], a.Classes["TJENESTE"]
	if p.Read != 3 || p.Taken != 1 || p.LeftOut[RepeatedRow] != 1 || p.LeftOut[OutsidePeriod] != 1 || s.Taken != 2 || s.LeftOut[OutsidePeriod] != 1 {
		t.Errorf("%+v", a.Classes)
	}
}

// TestRepeatedPersonIsKept gives a second row of the same person to the rules.
func TestRepeatedPersonIsKept(t *testing.T) {
	dir := csvFolder(t, map[string]string{
		"person":   "pePeID;peAlder\n1;40\n1;41\n",
		"funksjon": "fnPeID;fnFraDato\n1;20170101\n",
	})
	text, a := readText(t, options(dir))
	if strings.Count(text, `<PERSON pePeID="1"`) != 2 || strings.Count(text, "<FUNKSJON") != 1 || a.Classes["PERSON"].Taken != 2 {
		t.Errorf("%s\n%+v", text, a.Classes)
	}
}
