package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func openBook(file string, b []byte) (*Set, error) {
	return OpenWorkbook(file, bytes.NewReader(b), int64(len(b)))
}

// bookOf makes a workbook; change may alter it before it is written.
func bookOf(t *testing.T, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	f.SetSheetName("Sheet1", "ark")
	for i, row := range [][]any{{"K", "day", "hours", "komnr", "code"}, {1, 42737, 7.1, 403, "x"}, {12345678901.0, "02.01.2017", "3,5", "0301", "æøå"}, {nil}, {3, 20170103, 37.25, nil, nil}} {
		if err := f.SetSheetRow("ark", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	f.Close()
	return b.Bytes()
}

// watchTemp points the temporary folder to an empty one, and reports what
// stands in it.
func watchTemp(t *testing.T) func() []os.DirEntry {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TEMP", "TMP"} {
		t.Setenv(name, dir)
	}
	return func() []os.DirEntry {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return entries
	}
}

func TestWorkbook(t *testing.T) {
	temp := watchTemp(t)
	set, err := openBook("b.xlsx", bookOf(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadProfile("p", []byte("tables: [{table: ARK, class: ROW, key: K, by_name: true, fields: {id: K}}]"), testSchema())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := set.Tables[0].Open(p.Tables[0].Format)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Tables[0].Matches(set.Tables[0].Name) {
		t.Error("a sheet's name matches in any case")
	}
	b, err := Bind(p, &p.Tables[0], testSchema().Class("ROW"), "ark", rows.Columns(), rows.Info())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var row Mapped
	for {
		cells, err := rows.Next()
		if err != nil {
			break
		}
		b.Row(cells, &row)
		got = append(got, fmt.Sprintf("%d %s %q", rows.Line(), row.Key, row.Values))
	}
	want := `2 1 ["1" "20170102" "7.1" "403" "x"]|3 12345678901 ["12345678901" "20170102" "3.5" "0301" "æøå"]|5 3 ["3" "20170103" "37.25" "" ""]`
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if b.LostZeros(3) != 1 {
		t.Errorf("%d lost zeros", b.LostZeros(3))
	}
	if err := errors.Join(rows.Close(), set.Close()); err != nil {
		t.Error(err)
	}
	if left := temp(); len(left) > 0 {
		t.Errorf("left in the temporary folder: %v", left)
	}
}

func TestWorkbookRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, id, says string
		change         func(f *excelize.File)
	}{
		{"formula", "table.damage.formula", `cell="C4"`, func(f *excelize.File) { f.SetCellFormula("ark", "C4", "=1+1") }},
		{"merged", "table.damage.merged", `cell="A2:A3"`, func(f *excelize.File) { f.MergeCell("ark", "A2", "A3") }},
		{"too many columns", "table.damage.columns-more", `line="2"`, func(f *excelize.File) { f.SetCellValue("ark", "G2", "x") }},
		{"no rows", "table.empty", "ark", func(f *excelize.File) {
			for range 5 {
				f.RemoveRow("ark", 1)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set, err := openBook("b.xlsx", bookOf(t, tt.change))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := set.Tables[0].Open(format())
			if err == nil {
				_, err = drain(rows)
			}
			wantFault(t, err, tt.id, tt.says)
		})
	}
}

// TestMergedTitle passes over a merged title above the heading.
func TestMergedTitle(t *testing.T) {
	f := excelize.NewFile()
	f.SetCellValue("Sheet1", "A1", "Uttrekk 2017")
	f.MergeCell("Sheet1", "A1", "C1")
	f.SetSheetRow("Sheet1", "A3", &[]any{"K", "D"})
	f.SetSheetRow("Sheet1", "A4", &[]any{"1", "x"})
	var b bytes.Buffer
	f.Write(&b)
	set, err := openBook("b.xlsx", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	fm := format()
	fm.SkipRows = 1
	rows, err := set.Tables[0].Open(fm)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := drain(rows); err != nil || len(got) != 1 || got[0] != "4:1|x" {
		t.Errorf("%v, %v", got, err)
	}
}

// repack rewrites a workbook's parts.
func repack(t *testing.T, book []byte, change func(name string, part []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range in.File {
		r, _ := f.Open()
		part, _ := io.ReadAll(r)
		files = append(files, f.Name, string(change(f.Name, part)))
	}
	return zipOf(t, files...)
}

// TestBrokenSheet proves that a sheet that breaks in the middle is not taken
// for a short one.
func TestBrokenSheet(t *testing.T) {
	for name, cut := range map[string]string{"in the middle": `<row r="3"`, "at the end": "</sheetData>"} {
		book := repack(t, bookOf(t, nil), func(name string, part []byte) []byte {
			if strings.HasPrefix(name, "xl/worksheets/") {
				i := bytes.Index(part, []byte(cut))
				if i < 0 {
					t.Fatal("the sheet has no " + cut)
				}
				if strings.HasPrefix(cut, "<row") {
					return bytes.Replace(part, []byte(cut), []byte("<<"+cut), 1)
				}
				return part[:i]
			}
			return part
		})
		set, err := openBook("b.xlsx", book)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := set.Tables[0].Open(format())
		if err == nil {
			_, err = drain(rows)
		}
		t.Log(name)
		wantFault(t, err, "table.damage.sheet")
	}
}

func TestLargeWorkbookIsRefusedInWords(t *testing.T) {
	temp := watchTemp(t)
	book := repack(t, bookOf(t, nil), func(name string, part []byte) []byte {
		if strings.HasPrefix(name, "xl/worksheets/") {
			return append(part, bytes.Repeat([]byte(" "), 20<<20)...)
		}
		return part
	})
	// Over the library's own limit of 16 MiB a sheet goes to disk; not here.
	set, err := openBook("b.xlsx", book)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := set.Tables[0].Open(format())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := drain(rows); err != nil || len(got) != 3 {
		t.Errorf("%v, %v", got, err)
	}
	if left := temp(); len(left) > 0 {
		t.Errorf("in the temporary folder: %v", left)
	}
	_, err = openWorkbook("b.xlsx", bytes.NewReader(book), int64(len(book)), 10<<20)
	wantFault(t, err, "table.workbook.large", `limit="10"`)
	shared := zipOf(t, "[Content_Types].xml", "<Types/>", "xl/SharedStrings.xml", strings.Repeat(" ", 2<<20))
	_, err = openWorkbook("b.xlsx", bytes.NewReader(shared), int64(len(shared)), 10<<20)
	wantFault(t, err, "table.workbook.large", `limit="10"`)
	if left := temp(); len(left) > 0 {
		t.Errorf("in the temporary folder: %v", left)
	}
}

func FuzzWorkbook(f *testing.F) {
	book := excelize.NewFile()
	book.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"})
	book.SetSheetRow("Sheet1", "A2", &[]any{1, "x"})
	var b bytes.Buffer
	book.Write(&b)
	f.Add([]byte(`<row r="1"><c r="A1"><v>1</v></c></row>`), []byte("<mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>"))
	f.Add([]byte(`<row r="1"><c r="XFD1" t="s"><v>99999999999</v></c></row><row r="1048576"/>`), []byte(""))
	f.Add([]byte(`<row><c><f>A1</f></c><c t="inlineStr"><is><t>x</t></is></c></row>`), []byte("<f/>"))
	whole := b.Bytes()
	f.Fuzz(func(t *testing.T, sheetRows, after []byte) {
		in, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, e := range in.File {
			r, _ := e.Open()
			part, _ := io.ReadAll(r)
			if strings.HasPrefix(e.Name, "xl/worksheets/") {
				part = []byte("<worksheet><sheetData>" + string(sheetRows) + "</sheetData>" + string(after) + "</worksheet>")
			}
			w, _ := z.CreateHeader(&zip.FileHeader{Name: e.Name})
			w.Write(part)
		}
		z.Close()
		set, err := openBook("b", out.Bytes())
		if err != nil {
			return
		}
		for _, tab := range set.Tables {
			if rows, err := tab.Open(format()); err == nil {
				drain(rows)
				rows.Close()
			}
		}
		set.Close()
	})
}
