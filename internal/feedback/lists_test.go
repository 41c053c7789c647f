package feedback_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/finding"
)

const listHead = "kontroll;alvorlighet;tabell;felt;pePeID;radID;linje;melding\n"

// listOf is a list with one row for each person.
func listOf(persons ...string) []byte {
	text := listHead
	for _, p := range persons {
		text += "ORG-MISSING;mangel;TJENESTE;;" + p + ";1;;Mangler\n"
	}
	return []byte(text)
}

// sheets makes a workbook; each sheet has a row for each person. The one with
// the shortest name stands last.
func sheets(t *testing.T, list map[string][]string) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(list))) {
		persons := list[name]
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(string(listOf(persons...))), "\n") {
			cells := strings.Split(line, ";")
			if err := book.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// broken is a workbook whose sheets do not unpack.
func broken(t *testing.T) []byte {
	t.Helper()
	data := sheets(t, map[string][]string{"Feilliste": {"1"}})
	at := bytes.Index(data, []byte("xl/workbook.xml")) + len("xl/workbook.xml")
	for i := range 40 {
		data[at+i] ^= 0x55
	}
	return data
}

func personsOf(list []finding.Finding) map[string]int {
	got := map[string]int{}
	for _, f := range list {
		got[f.Person]++
	}
	return got
}

// TestEveryListCounts: no list is taken for another because it has its name.
func TestEveryListCounts(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string][]byte
		want  map[string]int
		same  int
	}{
		"two folders": {map[string][]byte{"a/feilliste.csv": listOf("1"), "b/feilliste.csv": listOf("2", "3")}, map[string]int{"1": 1, "2": 1, "3": 1}, 0},
		"two workbooks": {map[string][]byte{
			"a.xlsx": sheets(t, map[string][]string{"Feilliste": {"1"}}), "b.xlsx": sheets(t, map[string][]string{"Feilliste": {"2", "3"}}),
		}, map[string]int{"1": 1, "2": 1, "3": 1}, 0},
		"folders and formats": {map[string][]byte{"a/feilliste.csv": listOf("1"), "b/feilliste.xlsx": sheets(t, map[string][]string{"Feilliste": {"2"}})}, map[string]int{"1": 1, "2": 1}, 0},
		"one list, two formats": {map[string][]byte{
			"a/Feilliste.csv": listOf("1", "2"), "a/feilliste.xlsx": sheets(t, map[string][]string{"Feilliste 2017": {"1", "2"}}), "a/feilliste.pdf": []byte("%PDF-1.4"),
		}, map[string]int{"1": 1, "2": 1}, 2},
		"sheets of their own": {map[string][]byte{
			"feilliste.csv": listOf("1"), "feilliste.xlsx": sheets(t, map[string][]string{"Feilliste": {"1"}, "Feilliste tjenester": {"2"}}),
		}, map[string]int{"1": 1, "2": 1}, 1},
		"only the workbook is whole": {map[string][]byte{
			"feilliste.csv": append(listOf("1"), "\"aldri lukket;\n"...), "feilliste.xlsx": sheets(t, map[string][]string{"Feilliste": {"1", "2"}}),
		}, map[string]int{"1": 1, "2": 1}, 0},
		"a workbook alone": {map[string][]byte{"feilliste.xlsx": sheets(t, map[string][]string{"Feilliste": {"1"}, "Feilliste 2": {"2"}})}, map[string]int{"1": 1, "2": 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, listed := learn(t, learnOptions(t, c.files))
			if diff := cmp.Diff(c.want, personsOf(listed)); diff != "" {
				t.Error(diff)
			}
			same := 0
			for _, l := range got.Lists {
				if l.Same {
					same++
				}
				if l.Same != (l.SameAs != "") || l.Same && l.Rows > 0 {
					t.Errorf("%+v", l)
				}
			}
			if same != c.same {
				t.Errorf("%d lists are another's: %+v", same, got.Lists)
			}
		})
	}
}

// TestListsThatCannotBeRead: each is told of with what to do, counts for
// nothing, and takes no other list with it.
func TestListsThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		file, problem, advice string
		data                  []byte
	}{
		"no such columns":  {"feilliste_b.csv", "feedback.learn.columns", "feedback.learn.columns.hint", []byte("a;b\n1;2\n")},
		"running text":     {"feilliste_info.txt", "feedback.learn.columns", "feedback.learn.columns.hint", []byte("Hei.\nDette er listen.\n")},
		"open quote":       {"feilliste_b.csv", "table.damage.quote-open", "feedback.learn.describe", append(listOf("8", "9"), "\"aldri lukket;\n"...)},
		"column twice":     {"feilliste_b.csv", "feedback.learn.twice", "feedback.learn.twice.hint", []byte("kontroll;" + listHead)},
		"row too long":     {"feilliste_b.csv", "table.damage.columns-more", "feedback.learn.describe", append(listOf("8"), "1;2;3;4;5;6;7;8;9;10\n"...)},
		"too many rows":    {"feilliste_b.csv", "feedback.learn.rows", "feedback.learn.rows.hint", listOf("8", "8", "8", "8")},
		"broken workbook":  {"liste.xlsx", "table.damage.archive", "feedback.learn.workbook", broken(t)},
		"half a workbook":  {"feilliste_b.xlsx", "feedback.learn.kind", "feedback.learn.kind.hint", sheets(t, map[string][]string{"Feilliste": {"8"}})[:2000]},
		"nothing in it":    {"feilliste_b.csv", "feedback.learn.kind", "feedback.learn.kind.hint", nil},
		"empty sheet":      {"b.xlsx", "table.empty", "feedback.learn.describe", emptySheet(t)},
		"another encoding": {"feilliste_b.csv", "table.damage.encoding-mixed", "feedback.learn.describe", append(listOf("8", "ø"), "\xf8;;;;;;;\n"...)},
	} {
		t.Run(name, func(t *testing.T) {
			o := learnOptions(t, map[string][]byte{c.file: c.data, "feilliste.csv": listOf("1", "2"), "feilliste_z.csv": listOf("3")})
			o.MaxRows = 3
			got, listed := learn(t, o)
			if diff := cmp.Diff(map[string]int{"1": 1, "2": 1, "3": 1}, personsOf(listed)); diff != "" {
				t.Error(diff)
			}
			if got.Read() != 2 || len(got.Lists) != 3 {
				t.Errorf("%d lists read: %+v", got.Read(), got.Lists)
			}
			for _, l := range got.Lists {
				if l.File != c.file {
					continue
				}
				if l.Problem == nil || l.Problem.ID != c.problem || l.Advice != c.advice || l.Rows != 0 || l.Hidden != 0 {
					t.Errorf("%+v", l)
				}
			}
		})
	}
}

func emptySheet(t *testing.T) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", "Feilliste"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestProfileOfLists: a profile that cannot serve is refused when it is read,
// in words that are not about exports.
func TestProfileOfLists(t *testing.T) {
	for text, want := range map[string]string{
		"": "feedback.profile.empty",
		"tables:\n  - {table: x, class: FEILLISTE, fields: {person: a}}":                           "feedback.learn.rule",
		"# " + strings.Repeat("x", 2<<20):                                                          "feedback.profile.large",
		"tables:\n  - {table: x, class: FEILLISTE, felt: {rule: a}}":                               "table.profile.unknown-key",
		"profile: x\ntables:\n  - {table: x, class: FEILLISTE, fields: {rule: a, person: pePeID}}": "",
	} {
		_, err := feedback.ReadListProfile("min.yaml", []byte(text))
		f, _ := errors.AsType[*fault.Error](err)
		if got := fmt.Sprint(id(err)); want == "" && err != nil || want != "" && (got != want || f.Kind != fault.Usage) {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
}
