package table

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func enc(t *testing.T, e Encoding, s string) []byte {
	t.Helper()
	var out string
	var err error
	switch e {
	case Latin1:
		out, err = charmap.ISO8859_1.NewEncoder().String(s)
	case Windows1252:
		out, err = charmap.Windows1252.NewEncoder().String(s)
	case UTF16LE:
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	case UTF16BE:
		out, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(s)
	default:
		out = s
	}
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func TestDecode(t *testing.T) {
	long := strings.Repeat("kjønn;fødselsdato;Ærlig Åge ", 5000)
	tests := []struct {
		name  string
		in    []byte
		asked Encoding
		found Encoding
		want  string
	}{
		{"ascii", []byte("abc"), Auto, Auto, "abc"},
		{"utf-8 found", []byte(long), Auto, UTF8, long},
		{"utf-8 bom", []byte("\xEF\xBB\xBFkjønn"), Auto, UTF8, "kjønn"},
		{"utf-8 bom, asked", []byte("\xEF\xBB\xBFkjønn"), UTF8, UTF8, "kjønn"},
		{"windows found", enc(t, Windows1252, long), Auto, Windows1252, long},
		{"windows euro", enc(t, Windows1252, "5 € – ø"), Windows1252, Windows1252, "5 € – ø"},
		{"latin1", enc(t, Latin1, long), Latin1, Latin1, long},
		{"late", append(bytes.Repeat([]byte("x"), 200_000), 0xF8), Auto, Windows1252, strings.Repeat("x", 200_000) + "ø"},
		{"utf-16le", enc(t, UTF16LE, long), Auto, UTF16LE, long},
		{"utf-16be", enc(t, UTF16BE, long), Auto, UTF16BE, long},
		{"empty", nil, Auto, Auto, ""},
		{"emoji", []byte("a😀b"), Auto, UTF8, "a😀b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"whole": bytes.NewReader(tt.in), "half": iotest.HalfReader(bytes.NewReader(tt.in)),
				"byte": iotest.OneByteReader(bytes.NewReader(tt.in)), "eof": iotest.DataErrReader(bytes.NewReader(tt.in)),
			} {
				r, found := Decode(src, tt.asked)
				got, err := io.ReadAll(r)
				if err != nil || string(got) != tt.want || found() != tt.found {
					t.Errorf("%s: %d bytes of %d, %s, %v", name, len(got), len(tt.want), found(), err)
				}
				r, _ = Decode(bytes.NewReader(tt.in), tt.asked)
				got, err = io.ReadAll(iotest.OneByteReader(r))
				if err != nil || string(got) != tt.want {
					t.Errorf("read by bytes: %d bytes of %d, %v", len(got), len(tt.want), err)
				}
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name  string
		in    string
		asked Encoding
		good  string
		want  error
	}{
		{"utf-8 then windows", "ø\nab\xF8c", Auto, "ø\nab", ErrMixed},
		{"windows then utf-8", "\xF8\nab\xC3\xB8", Auto, "ø\nab", ErrMixed},
		{"windows in utf-8", "ab\xF8c", UTF8, "ab", ErrMixed},
		{"utf-8 as latin1", "abø", Latin1, "ab", ErrDisguised},
		{"utf-8 as windows", "abø", Windows1252, "ab", ErrDisguised},
		{"bom as latin1", "\xEF\xBB\xBFab", Latin1, "", ErrDisguised},
		{"undefined byte", "ab\x81c", Windows1252, "ab", ErrMixed},
		{"nul", "ab\x00c", Auto, "ab", ErrNUL},
		{"nul in utf-8", "ø\x00", UTF8, "ø", ErrNUL},
		{"nul in latin1", "ab\x00c", Latin1, "ab", ErrNUL},
		{"utf-16 as utf-8", "\xFF\xFEa\x00", UTF8, "", ErrMixed},
		{"utf-32", "\xFF\xFE\x00\x00a\x00\x00\x00", Auto, "", ErrUTF32},
		{"half a surrogate", "\xFF\xFEa\x00\x00\xD8b\x00", Auto, "a", ErrMixed},
		{"cut in a character", "ab\xC3", UTF8, "ab", ErrMixed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"whole": strings.NewReader(tt.in), "byte": iotest.OneByteReader(strings.NewReader(tt.in)),
			} {
				r, _ := Decode(src, tt.asked)
				got, err := io.ReadAll(r)
				if !errors.Is(err, tt.want) || string(got) != tt.good {
					t.Errorf("%s: got %q, %v; want %q, %v", name, got, err, tt.good, tt.want)
				}
			}
		})
	}
}

// TestDecodeReportsTheSource passes on what the source says.
func TestDecodeReportsTheSource(t *testing.T) {
	for _, e := range []Encoding{Auto, UTF8, Latin1, Windows1252} {
		r, _ := Decode(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(io.ErrClosedPipe)), e)
		if got, err := io.ReadAll(r); !errors.Is(err, io.ErrClosedPipe) || string(got) != "abc" {
			t.Errorf("%s: %q, %v", e, got, err)
		}
	}
}
