package extract

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"iplos/internal/fault"
)

// withNumbers is a set of tables whose persons carry the municipality numbers.
func withNumbers(t testing.TB, column string, numbers ...string) string {
	person, rows := "pePeID;peFnr;"+column+"\n", "fnPeID;fnFraDato\n"
	for i, n := range numbers {
		person += fmt.Sprintf("%d;0%d810012345;%s\n", i+1, i%9+1, n)
		rows += fmt.Sprintf("%d;20170101\n", i+1)
	}
	return csvFolder(t, map[string]string{"person": person, "funksjon": rows})
}

func faultOf(t testing.TB, err error) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("no fault: %v", err)
	}
	return f
}

func TestMunicipalityIsTranslatedOnlyWhenAsked(t *testing.T) {
	dir := withNumbers(t, "peKomnr", "5001", "0301", "1601", "5054", "9999")
	o := Options{Path: dir, Year: 2017, Municipality: "5001"}
	got, a := readText(t, o)
	if !strings.Contains(got, "<iiKomnr>5001<") || strings.Contains(got, "<iiKomnr>1601<") || len(a.Classes["PERSON"].Changed) != 1 {
		t.Errorf("translated without being asked: %s\n%v", got, a.Classes)
	}
	found := 0
	for _, n := range a.Notes {
		if n.Code == NoteUntranslated {
			found += n.Count
		}
	}
	if found != 3 { // iiKomnr, one person with 5001 and one with 5054
		t.Errorf("%d numbers noted: %+v", found, a.Notes)
	}
	o.Translate = true
	got, a = readText(t, o)
	if !strings.Contains(got, "<iiKomnr>1601<") || strings.Contains(got, "5001") || !strings.Contains(got, "<peKomnr>5054<") {
		t.Errorf("got %s", got)
	}
	if a.Classes["PERSON"].Changed[MunicipalityTranslated] != 1 || a.Classes["INNHINFO"].Changed[MunicipalityTranslated] != 1 {
		t.Errorf("account %+v", a.Classes)
	}
	// The other way round: a number that had ended by the data year.
	got, _ = readText(t, Options{Path: withNumbers(t, "peKomnr", "1601"), Year: 2018, Municipality: "1601", Translate: true})
	if !strings.Contains(got, "<iiKomnr>5001<") || !strings.Contains(got, "<peKomnr>5001<") {
		t.Errorf("got %s", got)
	}
}

func TestMergedMunicipalityIsTold(t *testing.T) {
	for number, parts := range map[string][]string{
		"5054": {"1624", "1718"}, "0715": {"0702", "0714"}, "0712": {"0709", "0728"}, "0729": {"0722", "0723"},
	} {
		dir := withNumbers(t, "peKomnr", number)
		_, _, err := tryRead(t, Options{Path: dir, Year: 2017, Municipality: number, Translate: true})
		f := faultOf(t, err)
		if f.ID != "extract.municipality.merged" {
			t.Fatalf("%s: %v", number, err)
		}
		for _, p := range parts {
			if !strings.Contains(f.Error(), p) {
				t.Errorf("%s: %s is not named: %v", number, p, err)
			}
		}
	}
}

// TestMunicipalitySelects takes each old municipality's persons out of one
// set of tables; together they take everyone, and no one twice.
func TestMunicipalitySelects(t *testing.T) {
	dir := withNumbers(t, "peKomnr", "1624", "1718", "1624", "1718", "1624")
	for number, want := range map[string]int{"1624": 3, "1718": 2} {
		_, a := readText(t, Options{Path: dir, Year: 2017, Municipality: number})
		p := a.Classes["PERSON"]
		if p.Taken != want || p.LeftOut[OtherMunicipality] != 5-want || a.Classes["FUNKSJON"].LeftOut[OtherMunicipality] != 5-want {
			t.Errorf("%s: %+v", number, a.Classes)
		}
	}
	// A guest's home number does not tell; the account says so.
	dir = withNumbers(t, "peKomnr", "1624", "0301", "1718")
	_, a := readText(t, Options{Path: dir, Year: 2017, Municipality: "1624"})
	if a.Classes["PERSON"].Taken != 2 || len(a.Notes) == 0 || a.Notes[len(a.Notes)-1].Code != NoteShared {
		t.Errorf("%+v, notes %+v", a.Classes, a.Notes)
	}
}

func TestSelectColumn(t *testing.T) {
	dir := withNumbers(t, "peKomnr;gammelt", "0301;1624", "1718;1718", "1624;1624", "1624;")
	profile := writeFile(t, "p.yaml", `
tables:
  - {table: person, class: PERSON, by_name: true, select: gammelt}
  - {table: funksjon, class: FUNKSJON, by_name: true}
`)
	_, a := readText(t, Options{Path: dir, Year: 2017, Municipality: "1624", Profile: profile})
	if p := a.Classes["PERSON"]; p.Taken != 2 || p.LeftOut[OtherMunicipality] != 2 {
		t.Errorf("%+v", a.Classes)
	}
}
