package table

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"iplos/internal/fault"
)

func wantFault(t *testing.T, err error, id string, says ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.ID != id {
		t.Fatalf("got %v, want %s", err, id)
	}
	for _, s := range says {
		if !strings.Contains(f.Error(), s) {
			t.Errorf("%v does not say %s", f, s)
		}
	}
}

// drain reads all rows.
func drain(r Rows) (out []string, err error) {
	for {
		row, err := r.Next()
		if err == io.EOF { //nolint:errorlint // Rows promises io.EOF itself
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, fmt.Sprintf("%d:%s", r.Line(), bytes.Join(row, []byte{'|'})))
	}
}

func format() Format { return Format{Encoding: Auto, Quote: '"', Dates: DefaultDates()} }

func zipOf(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openZip(b []byte) (*Set, error) { return OpenZip("a.zip", bytes.NewReader(b), int64(len(b))) }

func TestZip(t *testing.T) {
	set, err := openZip(zipOf(t, "export/b.csv", "x;y\n1;2\n", "a.csv", "p\nq\n", "__MACOSX/._a.csv", "junk", "export/.hidden", "", "inner.zip", "PK"))
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Tables) != 2 || set.Tables[0].Name != "a" || set.Tables[1].Name != "b" {
		t.Fatalf("tables %+v", set.Tables)
	}
	rows, err := set.Tables[1].Open(format())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := drain(rows); err != nil || len(got) != 1 || got[0] != "2:1|2" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestZipRefuses(t *testing.T) {
	locked := zipOf(t, "a.csv", "x\n")
	for i := 0; ; {
		at := bytes.Index(locked[i:], []byte("PK\x01\x02"))
		if at < 0 {
			break
		}
		locked[i+at+8] |= 1
		i += at + 4
	}
	many := make([]string, 0, 2*maxEntries+2)
	for i := range maxEntries + 1 {
		many = append(many, fmt.Sprintf("%d.csv", i), "")
	}
	whole := zipOf(t, "a.csv", "x\n1\n")
	for _, tt := range []struct {
		id   string
		data []byte
	}{
		{"table.zip.nested", zipOf(t, "a.zip", "PK", "b.ZIP", "PK")},
		{"table.zip.empty", zipOf(t, "folder/", "")},
		{"table.zip.locked", locked},
		{"table.zip.entries", zipOf(t, many...)},
		{"table.zip.twice", zipOf(t, "1/a.csv", "x", "2/a.csv", "y")},
		{"table.damage.archive", whole[:len(whole)-8]},
		{"table.damage.archive", []byte("PK\x03\x04 not at all")},
	} {
		_, err := openZip(tt.data)
		wantFault(t, err, tt.id, "a.zip")
	}
}

func TestZipBombAndDamageInside(t *testing.T) {
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
	w, _ := z.Create("a.csv")
	io.WriteString(w, "x;y\n")
	line := []byte(strings.Repeat("1;2\n", 1<<16))
	for n := 0; n <= ratioApplies; n += len(line) {
		w.Write(line)
	}
	z.Close()
	set, err := openZip(bomb.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := set.Tables[0].Open(format())
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = rows.Next()
	}
	wantFault(t, err, "table.zip.bomb", "a.csv")

	// A digit that changed on the way: the rows look right, the checksum
	// does not.
	var stored bytes.Buffer
	z = zip.NewWriter(&stored)
	w, _ = z.CreateHeader(&zip.FileHeader{Name: "a.csv", Method: zip.Store})
	io.WriteString(w, "x;y\n"+strings.Repeat("1;2\n", 100))
	z.Close()
	data := bytes.Replace(stored.Bytes(), []byte("1;2\n1"), []byte("1;3\n1"), 1)
	if set, err = openZip(data); err == nil {
		if rows, err = set.Tables[0].Open(format()); err == nil {
			_, err = drain(rows)
		}
	}
	wantFault(t, err, "table.damage.archive", "a.csv")
}

func TestDamageInRows(t *testing.T) {
	for _, tt := range []struct{ name, in, id, says string }{
		{"more", "a;b\n1;2;3\n", "table.damage.columns-more", `line="2"`},
		{"fewer", "a;b;c\n1;2;3\n1;2\n", "table.damage.columns-fewer", `line="3"`},
		{"cut short", "a;b;c\n1;2;3\n4;5", "table.damage.columns-fewer", `want="3" have="2"`},
		{"mixed", "a;b\n\xF8;1\næ;2\n", "table.damage.encoding-mixed", `line="3" column="1"`},
		{"nul", "a;b\n1;\x002\n", "table.damage.nul", `line="2" column="3"`},
		{"quote", "a;b\n1;\"2", "table.damage.quote-open", `line="2" column="3"`},
		{"utf-32", "\xFF\xFE\x00\x00a\x00\x00\x00", "table.damage.encoding-utf32", "t.csv"},
		{"nothing", "\n\n", "table.empty", "t.csv"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := OpenCSV("t.csv", strings.NewReader(tt.in), nil, format())
			if err == nil {
				_, err = drain(rows)
			}
			wantFault(t, err, tt.id, tt.says, "t.csv")
		})
	}
}

// TestLongLine reads a hundred megabytes without a line end.
func TestLongLine(t *testing.T) {
	src := &endless{prefix: []byte("a;b\n"), b: 'x'}
	rows, err := OpenCSV("t.csv", io.LimitReader(src, 100<<20), nil, format())
	if err == nil {
		_, err = drain(rows)
	}
	wantFault(t, err, "table.damage.field-long", `line="2"`)
	if src.given > 8<<20 {
		t.Errorf("read %d bytes before giving up", src.given)
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "b.txt"), []byte("x\n1\n"), 0o600)
	os.WriteFile(filepath.Join(dir, ".hidden.csv"), nil, 0o600)
	os.Mkdir(filepath.Join(dir, "sub"), 0o700)
	set, err := OpenFolder(dir)
	if err != nil || len(set.Tables) != 1 || set.Tables[0].Name != "b" || set.Tables[0].Sum() != nil {
		t.Fatalf("%+v, %v", set, err)
	}
	rows, err := set.Tables[0].Open(format())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := drain(rows); err != nil {
		t.Fatal(err)
	}
	// printf 'x\n1\n' | sha256sum
	if s := set.Tables[0].Sum(); s.Bytes != 4 || s.SHA256() != "daff832f802000e645771a60983c76c963f6ee602a6230e45237bd360e91cc1a" {
		t.Errorf("%d bytes, %s", s.Bytes, s.SHA256())
	}
	if err := errors.Join(rows.Close(), set.Close()); err != nil {
		t.Error(err)
	}
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
	set, err := OpenWorkbook("b.xlsx", bytes.NewReader(bookOf(t, nil)))
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
			set, err := OpenWorkbook("b.xlsx", bytes.NewReader(bookOf(t, tt.change)))
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
	set, err := OpenWorkbook("b.xlsx", &b)
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
		set, err := OpenWorkbook("b.xlsx", bytes.NewReader(book))
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
	set, err := OpenWorkbook("b.xlsx", bytes.NewReader(book))
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
	_, err = openWorkbook("b.xlsx", bytes.NewReader(book), 10<<20)
	wantFault(t, err, "table.workbook.large", `limit="10"`)
	if left := temp(); len(left) > 0 {
		t.Errorf("in the temporary folder: %v", left)
	}
}

func FuzzZip(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("a.csv")
	io.WriteString(w, "a;b\n1;2\n")
	w, _ = z.Create("inner.zip")
	io.WriteString(w, "PK\x03\x04")
	z.Close()
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:len(b.Bytes())-5])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, in []byte) {
		set, err := openZip(in)
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
		set, err := OpenWorkbook("b", bytes.NewReader(out.Bytes()))
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
