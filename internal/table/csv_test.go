package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func readAll(src io.Reader, delim, quote byte) (rows [][]string, lines []int, err error) {
	r := NewCSV(src, delim, quote)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, lines, nil
		}
		if err != nil {
			return rows, lines, err
		}
		var out []string
		for _, f := range row {
			out = append(out, string(f))
		}
		rows, lines = append(rows, out), append(lines, r.Line())
	}
}

func TestCSVRows(t *testing.T) {
	tests := []struct {
		name, in, want string
	}{
		{"plain", "a;b;c\n1;2;3\n", "1:[a b c] 2:[1 2 3]"},
		{"no final newline", "a;b\n1;2", "1:[a b] 2:[1 2]"},
		{"crlf", "a;b\r\n1;2\r\n", "1:[a b] 2:[1 2]"},
		{"crlf, no final newline", "a;b\r\n1;2\r", "1:[a b] 2:[1 2]"},
		{"blank lines", "a\n\n\r\nb\n\n", "1:[a] 4:[b]"},
		{"empty fields", ";;\n;x;\n", "1:[  ] 2:[ x ]"},
		{"quoted", "\"a;b\";c\n", "1:[a;b c]"},
		{"quoted newline", "\"a\nb\";c\nd;e\n", "1:[a\nb c] 3:[d e]"},
		{"doubled quote", "\"a\"\"b\";\"\"\"\"\n", "1:[a\"b \"]"},
		{"quoted at end", "x;\"y\"", "1:[x y]"},
		{"quoted crlf", "\"x\";\"y\"\r\n1;2\r\n", "1:[x y] 2:[1 2]"},
		{"quoted empty", "\"\";x\n", "1:[ x]"},
		{"long words", "abcdefghij;klmnopqrst;uvwxyz0123456789\n", "1:[abcdefghij klmnopqrst uvwxyz0123456789]"},
		{"after quoted", "\"aaaaaaaa\";bbbbbbbbb;\"c\"\nd;e;f\n", "1:[aaaaaaaa bbbbbbbbb c] 2:[d e f]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"whole":   strings.NewReader(tt.in),
				"by byte": iotest.OneByteReader(strings.NewReader(tt.in)),
				"eof":     iotest.DataErrReader(strings.NewReader(tt.in)),
			} {
				rows, lines, err := readAll(src, ';', '"')
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				var got []string
				for i, row := range rows {
					got = append(got, fmt.Sprintf("%d:%v", lines[i], row))
				}
				if s := strings.Join(got, " "); s != tt.want {
					t.Errorf("%s: got %q, want %q", name, s, tt.want)
				}
			}
		})
	}
}

func TestCSVWithoutQuotes(t *testing.T) {
	rows, _, err := readAll(strings.NewReader("5\" rør;\"x\n"), ';', 0)
	if err != nil || len(rows) != 1 || rows[0][0] != `5" rør` || rows[0][1] != `"x` {
		t.Errorf("got %q, %v", rows, err)
	}
}

func TestCSVDamage(t *testing.T) {
	tests := []struct {
		name, in     string
		kind         DamageKind
		line, column int
	}{
		{"bare", "a;b\n1;2\"3\n", QuoteBare, 2, 4},
		{"after", "a;b\n\"1\"x;2\n", QuoteAfter, 2, 4},
		{"open", "a;b\n1;\"2\n3;4\n", QuoteOpen, 2, 3},
		{"after a quoted newline", "a;\"b\nc\"d\n", QuoteAfter, 2, 3},
		{"field", "a;b\nx;" + strings.Repeat("y", MaxField+100), FieldLong, 2, 3},
		{"columns", strings.Repeat(";", MaxColumns+1) + "\n", ColumnsMany, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, src := range []io.Reader{strings.NewReader(tt.in), iotest.HalfReader(strings.NewReader(tt.in))} {
				_, _, err := readAll(src, ';', '"')
				var d *DamageError
				if !errors.As(err, &d) || d.Kind != tt.kind || d.Line != tt.line {
					t.Fatalf("got %v, want %s on line %d", err, tt.kind, tt.line)
				}
				if d.Column != tt.column && tt.name != "field" {
					t.Errorf("column %d, want %d", d.Column, tt.column)
				}
			}
		})
	}
}

// endless gives a prefix and then one byte without end.
type endless struct {
	prefix []byte
	b      byte
	given  int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.prefix)
	e.prefix = e.prefix[n:]
	for i := n; i < len(p); i++ {
		p[i] = e.b
	}
	e.given += len(p)
	return len(p), nil
}

func TestCSVStrayQuoteIsCheap(t *testing.T) {
	src := &endless{prefix: []byte("a;b\n1;\""), b: 'x'}
	_, _, err := readAll(src, ';', '"')
	var d *DamageError
	if !errors.As(err, &d) || d.Kind != QuoteOpen || d.Line != 2 {
		t.Fatalf("got %v", err)
	}
	if src.given > 4*MaxField {
		t.Errorf("read %d bytes before giving up", src.given)
	}
	src = &endless{prefix: []byte("a;b\n1;"), b: ';'}
	if _, _, err := readAll(src, ';', '"'); !errors.As(err, &d) || src.given > 4*MaxRow {
		t.Errorf("a row without end: %v after %d bytes", err, src.given)
	}
}

// TestCSVBuffer puts each kind of row across each place of the buffer's end.
func TestCSVBuffer(t *testing.T) {
	row := "1;\"a\"\"b\r\nc\";32154;\"\";x\r\n"
	for pad := csvBuffer - 40; pad < csvBuffer+4; pad++ {
		in := strings.Repeat("p", pad-1) + "\n" + row + row
		rows, lines, err := readAll(strings.NewReader(in), ';', '"')
		if err != nil || len(rows) != 3 {
			t.Fatalf("pad %d: %d rows, %v", pad, len(rows), err)
		}
		if got := fmt.Sprintf("%q", rows[2]); got != `["1" "a\"b\r\nc" "32154" "" "x"]` || lines[2] != 4 {
			t.Fatalf("pad %d: %s on line %d", pad, got, lines[2])
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a;b\n1;2\n", "\"a\"\"b\";c\r\n", "a;\"b\nc\"\n", "\"", ";;;\n\n", "a\rb;c\n", "\"a\" ;b", "x;\"\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		rows, lines, err := readAll(bytes.NewReader(in), ';', '"')
		again, linesAgain, errAgain := readAll(iotest.OneByteReader(bytes.NewReader(in)), ';', '"')
		if fmt.Sprint(rows, lines, err) != fmt.Sprint(again, linesAgain, errAgain) {
			t.Fatalf("differs by buffer: %q %v\n%q %v", rows, err, again, errAgain)
		}
		if err != nil || bytes.Contains(in, []byte("\r")) {
			return
		}
		// encoding/csv is the oracle where both accept; it turns CRLF inside
		// quotes into LF, hence no CR above.
		r := csv.NewReader(bytes.NewReader(in))
		r.Comma, r.FieldsPerRecord = ';', -1
		want, err := r.ReadAll()
		if err != nil {
			t.Fatalf("accepted what encoding/csv refuses: %v", err)
		}
		// A row of one empty quoted field is as blank as a blank line.
		want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
		if got := fmt.Sprintf("%q", rows); got != fmt.Sprintf("%q", want) {
			t.Fatalf("got %s, encoding/csv %q", got, want)
		}
	})
}
