package xlsxout_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"iplos/internal/sandbox/xlsxout"
)

func read(t *testing.T, b *xlsxout.Book) (*excelize.File, []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, out.Bytes()
}

func sheet(t *testing.T, b *xlsxout.Book, name string) *xlsxout.Sheet {
	t.Helper()
	s, err := b.Sheet(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is written is read back as it was, whichever order the rows came in.
func TestReadBack(t *testing.T) {
	wide := slices.Repeat([]string{"x"}, 703) // to column AAA
	wide[26], wide[702] = "AA", "AAA"
	want := map[string][][]string{
		"TJENESTE": {{"a", "b"}, {"0403", "00"}, {"", "second"}, {" space ", "two\nlines\ttab"}, {"<&>\"'", "æøå €"}, wide},
		`<"&'>`:    {{"1"}},
		"EMPTY":    nil,
	}
	b := &xlsxout.Book{}
	names := []string{"TJENESTE", `<"&'>`, "EMPTY"}
	sheets := map[string]*xlsxout.Sheet{}
	for _, name := range names {
		sheets[name] = sheet(t, b, name)
	}
	for i := range 6 {
		for _, name := range names {
			if i < len(want[name]) {
				if err := sheets[name].Row(want[name][i]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	f, data := read(t, b)
	if got := f.GetSheetList(); !slices.Equal(got, names) {
		t.Errorf("sheets %q", got)
	}
	for _, name := range names {
		rows, err := f.GetRows(name)
		if err != nil || !slices.EqualFunc(rows, want[name], slices.Equal[[]string]) {
			t.Errorf("%s: %q, %v", name, rows, err)
		}
	}
	if cell, err := f.GetCellValue("TJENESTE", "AAA6"); cell != "AAA" || err != nil {
		t.Errorf("AAA6 holds %q, %v", cell, err)
	}
	wellFormed(t, data)
}

// wellFormed checks every part, and with it sizes and check sums.
func wellFormed(t *testing.T, data []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for err == nil {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestSheetIsFull(t *testing.T) {
	s := sheet(t, &xlsxout.Book{}, "x")
	for name, cells := range map[string][]string{
		"columns": make([]string, xlsxout.MaxColumns+1), "text": {strings.Repeat("x", 32_768)},
	} {
		if err := s.Row(cells); !errors.Is(err, xlsxout.ErrFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range xlsxout.MaxRows {
		if err := s.Row(nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Row(nil); !errors.Is(err, xlsxout.ErrFull) {
		t.Errorf("one row too many: %v", err)
	}
}

type full struct{ left int }

var errFull = errors.New("full")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// A full disk is an error wherever it strikes.
func TestWriteErrorIsReported(t *testing.T) {
	book := func() *xlsxout.Book {
		b := &xlsxout.Book{}
		if err := sheet(t, b, "x").Row([]string{"1", "2"}); err != nil {
			t.Fatal(err)
		}
		return b
	}
	_, data := read(t, book())
	for n := 0; n < len(data); n += 100 {
		if err := book().Write(&full{n}); !errors.Is(err, errFull) {
			t.Fatalf("after %d of %d bytes: %v", n, len(data), err)
		}
	}
}
