package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"iplos/internal/sandbox/synth"
	"iplos/internal/table"
)

func describe(t *testing.T, o Options) *Description {
	t.Helper()
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
	for _, want := range []string{`table: "Brukere 2017"`, `date: "dd/mm/yyyy"`, "pad: 4", "codes: {}", "# not used: tom.csv", "# column not used: Navn", "peFnr: \"Fødselsnummer\""} {
		if !strings.Contains(d.Proposal, want) {
			t.Errorf("no %s in\n%s", want, d.Proposal)
		}
	}
	if _, err := table.ReadProfile("p", []byte(d.Proposal), schema(nil)); err != nil {
		t.Errorf("%v\n%s", err, d.Proposal)
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
