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
	line := []byte(strings.Repeat("1;"+strings.Repeat("2", 1000)+"\n", 1<<8))
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
		{"carriage returns", "a;b\r1;2\r", "table.damage.line-ends", `line="1"`},
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
