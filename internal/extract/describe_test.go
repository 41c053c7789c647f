package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"iplos/internal/sandbox/synth"
	"iplos/internal/table"
	"iplos/internal/ui/lang"
)

func describe(t *testing.T, o Options) *Description {
	t.Helper()
	o.Words = lang.New(lang.Bokmal).T
	d, err := Describe(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDescribeUnknownExport(t *testing.T) {
	dir := csvFolder(t, map[string]string{
		"Brukere 2017":    "BrukerID;Fødselsnummer;Kjønn;Kommunenr;Alder;Navn\nA-1;01810012345;Mann;403;41;Hemmelig Navnesen\nA-2;02820012345;Kvinne;0301;9;Kanari Fugl\n",
		"Vedtak":          "BrukerID;Tjenestetype;Vedtaksdato;Startdato;Timer pr uke;Orgnr\nA-1;15;31/12/2016;01/01/2017;3,5;974446871\n",
		"uten overskrift": "A-1;01810012345;Kanari Fugl\nA-2;02820012345;Hemmelig Navnesen\n",
		"tom":             "",
	})
	d := describe(t, Options{Path: dir, Year: 2017})
	if d.Kind != "csv" || len(d.Tables) != 4 {
		t.Fatalf("%+v", d)
	}
	users, empty, headless, decisions := d.Tables[0], d.Tables[2], d.Tables[3], d.Tables[1]
	if users.Guess != "PERSON" || users.Encoding != "utf-8" || users.Delimiter != ";" || users.Rows != 2 || !users.Heading {
		t.Errorf("users: %+v", users)
	}
	if empty.ProblemID != "table.empty" || headless.Heading || headless.Columns[1].Name != "2" || headless.Columns[1].Filled != 2 {
		t.Errorf("%+v\n%+v", empty, headless)
	}
	guesses := map[string]string{}
	for _, c := range append(users.Columns, decisions.Columns...) {
		guesses[c.Name] += c.Guess + " " + strings.Join(c.Shapes, ",")
	}
	for column, want := range map[string]string{
		"Fødselsnummer": "peFnr 99999999999", "Kommunenr": "peKomnr 999,9999", "Vedtaksdato": "tjVedtDato 99/99/9999",
		"Timer pr uke": "tjTimerUke 9,9", "Orgnr": "tjInstOrgnr 999999999", "Kjønn": "peKjonn AAAA,AAAAAA", "Navn": " AAAAAAAA AAAAAAAA,AAAAAA AAAA",
	} {
		if guesses[column] != want {
			t.Errorf("%s: %q, want %q", column, guesses[column], want)
		}
	}
	all, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"01810012345", "Hemmelig", "Kanari", "974446871", "Kvinne", "A-1"} {
		if bytes.Contains(all, []byte(value)) {
			t.Errorf("the description holds the value %s", value)
		}
	}
	if len(d.Missing) == 0 || d.Missing[0].Field != "pePeID" {
		t.Errorf("missing: %+v", d.Missing)
	}
	for _, want := range []string{`table: "Brukere 2017"`, `date: "dd/mm/yyyy"`, "pad: 4", "codes: {}", "# ikke i bruk: tom.csv", "# kolonne som ikke er i bruk: Navn", "{ord: kode}", "# Utkast til tilpasningsprofil", "peFnr: \"Fødselsnummer\""} {
		if !strings.Contains(d.Proposal, want) {
			t.Errorf("no %s in\n%s", want, d.Proposal)
		}
	}
	if _, err := table.ReadProfile("p", []byte(d.Proposal), schema(nil)); err != nil {
		t.Errorf("%v\n%s", err, d.Proposal)
	}
}

// TestDescribeFindsTheHeading looks for the heading below titles, and does not
// take data, or a heading above more columns, for one.
func TestDescribeFindsTheHeading(t *testing.T) {
	const heading, row = "BrukerID;Fnr;Alder;Kjønn\n", "A-1;01810012345;41;M\nA-2;01810012346;42;K\n"
	for name, tt := range map[string]struct {
		text    string
		skip    int
		heading bool
	}{
		"none":          {heading + row, 0, true},
		"title":         {"Uttrekk fra fagsystemet, brukere 2017\n" + heading + row, 1, true},
		"comma":         {"Brukere, hele kommunen\n\n" + heading + row, 1, true},
		"padded title":  {"Brukere;;;\nDato:;03.01.2018;;\n" + heading + row, 2, true},
		"groups":        {"Bruker;;Person;\n" + heading + row, 1, true},
		"data":          {row + row, 0, false},
		"words":         {"Kode;Navn\nA;Hjemmehjelp\nB;Trygghetsalarm\n", 0, true},
		"heading alone": {heading, 0, true},
		"sep":           {"sep=;\n" + heading + row, 0, true},
	} {
		d := describe(t, Options{Path: csvFolder(t, map[string]string{"brukere": tt.text}), Year: 2017})
		if got := d.Tables[0]; got.SkipRows != tt.skip || got.Heading != tt.heading {
			t.Errorf("%s: %d rows skipped, heading %t: %+v", name, got.SkipRows, got.Heading, got.Columns)
		}
		if tt.skip > 0 && !strings.Contains(d.Proposal, fmt.Sprintf("skip_rows: %d ", tt.skip)) {
			t.Errorf("%s: %s", name, d.Proposal)
		}
		if _, err := table.ReadProfile("p", []byte(d.Proposal), schema(nil)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDescribeTheExample finds the worked example's title, and reads it with
// the example's profile without guessing again.
func TestDescribeTheExample(t *testing.T) {
	o := exampleOptions()
	o.Profile = ""
	d := describe(t, o)
	users := d.Tables[0]
	if users.Name != "brukere" || users.SkipRows != 1 || users.Guess != "PERSON" || users.Class != "" {
		t.Errorf("%+v", users)
	}
	for _, want := range []string{
		"pePeID: {serial: true}", "adds: true", `peFnr: "Fødselsnummer"`, `peKomnr: {column: "Kommunenr", pad: 4}`,
		`tjTjenType: {column: "Tjeneste", codes: {}}`, `tjSoknadDato: "Søkt"`, `tjTjID: "VedtakNr"`,
	} {
		if !strings.Contains(d.Proposal, want) {
			t.Errorf("no %s in\n%s", want, d.Proposal)
		}
	}
	for _, table := range describe(t, exampleOptions()).Tables {
		if mapped := strings.HasSuffix(table.File, ".csv"); table.SkipRows != 0 || mapped != (table.Class != "") {
			t.Errorf("%+v", table)
		}
	}
}

// TestProposalWorks uses the proposal for an export with the message's own
// names, with nothing added.
func TestProposalWorks(t *testing.T) {
	g := generator(t, synth.Options{Persons: 25})
	var book bytes.Buffer
	if err := g.WriteXLSX(&book, synth.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, writeFile(t, "b.xlsx", book.String())} {
		d := describe(t, Options{Path: path, Year: 2017})
		if len(d.Missing) > 0 {
			t.Errorf("missing %+v", d.Missing)
		}
		want, _ := readText(t, Options{Path: path, Year: 2017})
		got, _ := readText(t, Options{Path: path, Year: 2017, Profile: writeFile(t, "p.yaml", d.Proposal)})
		if got != want {
			t.Errorf("the proposal reads other persons: %s", firstDifference(got, want))
		}
	}
}

func TestDescribeMessage(t *testing.T) {
	d := describe(t, Options{Path: writeFile(t, "m", smallMessage)})
	if d.Kind != "message" || d.Version != "2017" || d.Encoding != "UTF-8" {
		t.Errorf("%+v", d)
	}
}

func TestDescribeSingleTable(t *testing.T) {
	d := describe(t, Options{Path: writeFile(t, "bruker.csv", "Navn\tFnr\nx\t01810012345\ny\t02820012345\n")})
	if d.Kind != "csv" || len(d.Tables) != 1 || d.Tables[0].Delimiter != "tab" || d.Tables[0].Guess != "PERSON" {
		t.Errorf("%+v", d)
	}
}

func TestShape(t *testing.T) {
	for in, want := range map[string]string{
		"01810012345": "99999999999", "Åse Ø": "AAA A", "3,5": "9,9", "1a@b": "9A?A", "": "",
		strings.Repeat("x", 30): strings.Repeat("A", 24) + "…", "\xff": "?",
	} {
		if got := shapeOf([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
