package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/finding"
)

// readDamaged reads an export that is no whole message. The stream tells what
// was read, and where it stopped.
func readDamaged(t *testing.T, o Options) (where string, in finding.Input, err error) {
	t.Helper()
	s, err := Open(context.Background(), o)
	if s == nil {
		t.Fatalf("no stream: %v", err)
	}
	for _, personErr := range s.Persons() {
		if personErr != nil {
			err = personErr
		}
	}
	line, _ := s.At(err)
	file, inFile := s.Place(line)
	if a := s.Account(); len(a.Tables) > 0 || len(a.Classes) > 0 {
		t.Errorf("an account that cannot add up: %+v", a)
	}
	if closeErr := s.Close(); closeErr != nil {
		t.Error(closeErr)
	}
	return fmt.Sprintf("%s:%d", file, inFile), s.Input(), err
}

// TestDamageHasItsPlace cuts tables: the place is in the right file, and the
// sum is that of whole files wherever reading stopped.
func TestDamageHasItsPlace(t *testing.T) {
	const header = "iiKomnr;iiSysID\n0403;x\n"
	const rows = "diPeID;diDiID;diDiagSys;diDiagKode\n1;1;1;A01\n2;2;\"1;A"
	for _, tt := range []struct {
		name   string
		tables map[string]string
		id     string
		where  string
	}{
		{"in a row", map[string]string{"innhinfo": header, "person": persons, "diagnose": rows}, "table.damage.quote-open", "diagnose.csv:3"},
		{"in the header's row", map[string]string{"innhinfo": "iiKomnr;iiSysID\n04", "person": persons}, "table.damage.columns-fewer", "innhinfo.csv:2"},
		{"in a heading", map[string]string{"person": "pePeID;\"peF", "tjeneste": "tjPeID\n1\n"}, "table.damage.quote-open", "person.csv:1"},
		{"an empty table", map[string]string{"person": persons, "diagnose": ""}, "table.empty", ":0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := csvFolder(t, tt.tables)
			where, in, err := readDamaged(t, options(dir))
			if f := faultOf(t, err); f.ID != tt.id || f.Kind != fault.Blocked || where != tt.where {
				t.Errorf("%v (%s) at %s", f, f.Kind, where)
			}
			bytes := 0
			for _, text := range tt.tables {
				bytes += len(text)
			}
			if in.Bytes != int64(bytes) || in.Path != dir {
				t.Errorf("%+v of %d bytes", in, bytes)
			}
		})
	}
}

// TestWhatIsNoMessage reads files that are there and hold no message.
func TestWhatIsNoMessage(t *testing.T) {
	for _, tt := range []struct{ name, text, source, id string }{
		{"empty", "", "", "extract.input.empty"},
		{"empty, said to be tables", "", "csv", "extract.input.empty"},
		{"a table of others", "Navn;Alder\nA;1\nB;2\n", "", "extract.source.table"},
		{"a cut archive", "PK\x03\x04 cut", "", "table.damage.archive"},
		{"a cut workbook", "PK\x03\x04 cut", "xlsx", "table.damage.archive"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options(writeFile(t, "e", tt.text))
			o.Source = tt.source
			_, in, err := readDamaged(t, o)
			if f := faultOf(t, err); f.ID != tt.id || f.Kind != fault.Blocked {
				t.Errorf("%v (%s)", f, f.Kind)
			}
			if in.Bytes != int64(len(tt.text)) {
				t.Errorf("summed %d of %d bytes", in.Bytes, len(tt.text))
			}
		})
	}
}

// A sum that is told is that of the files as they are.
func TestDamageIsSummedWhole(t *testing.T) {
	dir := csvFolder(t, map[string]string{"person": persons + strings.Repeat("x", 1<<20)})
	_, cut, _ := readDamaged(t, options(dir))
	if err := os.WriteFile(filepath.Join(dir, "person.csv"), []byte(persons+strings.Repeat("x", 1<<20)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, other, _ := readDamaged(t, options(dir)); cut.SHA256 == other.SHA256 || other.Bytes != cut.Bytes+1 {
		t.Errorf("%+v, then %+v", cut, other)
	}
}
