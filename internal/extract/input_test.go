package extract

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"iplos/internal/fault"
	"iplos/internal/peertest"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
)

func TestInputFaults(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name string
		o    Options
		id   string
		kind fault.Kind
	}{
		{"nothing named", Options{}, "extract.no-input", fault.Usage},
		{"not there", Options{Path: filepath.Join(dir, "x")}, "extract.input.missing", fault.Usage},
		{"empty file", Options{Path: writeFile(t, "e", "")}, "extract.input.empty", fault.Blocked},
		{"blank file", Options{Path: writeFile(t, "e", "\xEF\xBB\xBF \r\n\n")}, "extract.input.empty", fault.Blocked},
		{"no stdin", Options{Path: "-"}, "extract.input.no-stdin", fault.Usage},
		{"empty stdin", Options{Path: "-", Stdin: strings.NewReader("")}, "extract.input.empty", fault.Blocked},
		{"folder as message", Options{Path: dir, Source: "message"}, "extract.input.folder", fault.Usage},
		{"unknown source", Options{Path: writeFile(t, "e", "<x/>"), Source: "xml"}, "extract.source.unknown", fault.Usage},
		{"empty folder", Options{Path: dir, Year: 2017}, "extract.tables.none", fault.Usage},
		{"old excel", Options{Path: writeFile(t, "e", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 x")}, "extract.source.xls", fault.Usage},
		{"gzip", Options{Path: writeFile(t, "e", "\x1F\x8B\x08")}, "extract.source.packed", fault.Usage},
		{"pdf", Options{Path: writeFile(t, "e", "%PDF-1.4")}, "extract.source.pdf", fault.Usage},
		{"no profile", Options{Path: dir, Profile: filepath.Join(dir, "p.yaml")}, "extract.profile.missing", fault.Usage},
		{"no year", Options{Path: csvFolder(t, map[string]string{"person": persons}), Municipality: "0403"}, "extract.year.missing", fault.Usage},
		{"year unknown", Options{Path: csvFolder(t, map[string]string{"person": persons}), Year: 2031}, "extract.year.unknown", fault.Usage},
		{"no municipality", Options{Path: csvFolder(t, map[string]string{"person": persons}), Year: 2017}, "extract.municipality.missing", fault.Usage},
		{"two headers", Options{Path: csvFolder(t, map[string]string{"person": persons, "innhinfo": "iiKomnr\n0403\n0301\n"}), Year: 2017}, "extract.header.rows", fault.Usage},
		{"no key column", Options{Path: csvFolder(t, map[string]string{"person": "peFnr;peAlder\n"}), Year: 2017, Municipality: "0403"}, "table.column.missing", fault.Usage},
		{"broken zip", Options{Path: writeFile(t, "z", "PK\x03\x04 broken")}, "table.damage.archive", fault.Blocked},
		{"broken row", Options{Path: csvFolder(t, map[string]string{"person": persons + "3;4\n"}), Year: 2017, Municipality: "0403"}, "table.damage.columns-fewer", fault.Blocked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := tryRead(t, tt.o)
			if f := faultOf(t, err); f.ID != tt.id || f.Kind != tt.kind {
				t.Errorf("got %v (%s), want %s", f, f.Kind, tt.id)
			}
		})
	}
}

func TestLargeStdinArchiveIsRefused(t *testing.T) {
	big := io.MultiReader(strings.NewReader("PK\x03\x04"), io.LimitReader(zeros{}, maxBuffered))
	_, err := Open(context.Background(), Options{Path: "-", Stdin: big})
	if f := faultOf(t, err); f.ID != "extract.input.stdin-large" {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

const smallMessage = `<?xml version="1.0" encoding="UTF-8"?>
<IPLOS versjon="3.3">
<INNHINFO><iiInnhType>P</iiInnhType><iiKomnr>0403</iiKomnr><iiBydelsnr>00</iiBydelsnr><iiFraDato>20170101</iiFraDato><iiTilDato>20171231</iiTilDato><iiLagetDato>20180102</iiLagetDato><iiSysID>Pleie æøå</iiSysID><iiSysVersjon>1</iiSysVersjon></INNHINFO>
<PERSON pePeID="1"><peFnr>01810012345</peFnr></PERSON>
</IPLOS>
`

func declared(encoding string) string { return strings.Replace(smallMessage, "UTF-8", encoding, 1) }

func TestMessageEncodings(t *testing.T) {
	latin := func(s string) string { return must(charmap.ISO8859_1.NewEncoder().String(s)) }
	windows := func(s string) string { return must(charmap.Windows1252.NewEncoder().String(s)) }
	utf16 := func(e unicode.Endianness, s string) string {
		return must(unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(s))
	}
	for name, text := range map[string]string{
		"utf-8":             smallMessage,
		"utf-8 with bom":    "\xEF\xBB\xBF" + smallMessage,
		"no declaration":    smallMessage[strings.Index(smallMessage, "<IPLOS"):],
		"iso-8859-1":        latin(declared("ISO-8859-1")),
		"lower case":        latin(declared("iso-8859-1")),
		"windows-1252":      windows(declared("Windows-1252")),
		"crlf":              strings.ReplaceAll(latin(declared("ISO-8859-1")), "\n", "\r\n"),
		"utf-16 le":         utf16(unicode.LittleEndian, declared("UTF-16")),
		"utf-16 be":         utf16(unicode.BigEndian, declared("UTF-16")),
		"utf-16 undeclared": utf16(unicode.BigEndian, smallMessage[strings.Index(smallMessage, "<IPLOS"):]),
		"utf-16 no bom":     utf16(unicode.LittleEndian, declared("UTF-16"))[2:],
	} {
		got, _, err := tryRead(t, Options{Path: writeFile(t, "m", text)})
		if err != nil || !strings.Contains(got, "<iiSysID>Pleie æøå<") {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestEncodingLies gives each lie its place.
func TestEncodingLies(t *testing.T) {
	latin := func(s string) string { return must(charmap.ISO8859_1.NewEncoder().String(s)) }
	wide := must(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(declared("UTF-16")))
	late := "<!-- " + strings.Repeat("x\n", 100_000) + "-->"
	for _, tt := range []struct {
		name, text, code string
		line             int
	}{
		{"says utf-8, is latin1", latin(smallMessage), "encoding", 3},
		{"says nothing, is latin1", latin(smallMessage[39:]), "encoding", 2},
		{"says ascii, is utf-8", declared("US-ASCII"), "encoding", 3},
		{"says latin1, is utf-8", declared("ISO-8859-1"), "encoding", 3},
		{"says windows, is utf-8", declared("windows-1252"), "encoding", 3},
		{"says latin1, has a utf-8 mark", "\xEF\xBB\xBF" + declared("ISO-8859-1"), "encoding", 1},
		{"says utf-16, is utf-8", declared("UTF-16"), "encoding", 1},
		{"utf-16 cut in a character", wide[:len(wide)-5], "truncated", 5},
		{"says utf-8, is utf-16", must(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(smallMessage)), "encoding", 1},
		{"utf-32", "\xFF\xFE\x00\x00<\x00\x00\x00", "encoding-name", 1},
		{"unknown name", declared("KOI8-R"), "encoding-name", 1},
		{"changes late", latin(declared("ISO-8859-1")) + late + "<!-- ø -->", "encoding", 100_006},
		{"nul in latin1", latin(declared("ISO-8859-1")) + "<!-- \x00 -->", "control", 6},
		{"undefined in windows-1252", strings.Replace(latin(declared("windows-1252")), "Pleie", "Ple\x81e", 1), "encoding", 3},
		{"not xml", "hello there\nthis is no message\n", "not-xml", 1},
		{"binary", "\x00\x01\x02\x03", "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := tryRead(t, Options{Path: writeFile(t, "m", tt.text)})
			var se *record.SyntaxError
			if !errors.As(err, &se) || tt.code != "" && se.Code != tt.code || se.Line != tt.line {
				t.Errorf("got %v, want %s on line %d", err, tt.code, tt.line)
			}
		})
	}
}

// TestInputTellsWhatWasRead compares with the file itself, and for a folder
// with sha256sum.
func TestInputTellsWhatWasRead(t *testing.T) {
	g := generator(t, synth.Options{Persons: 20})
	var message, book bytes.Buffer
	if err := errors.Join(g.WriteMessage(&message), g.WriteXLSX(&book, synth.TableOptions{})); err != nil {
		t.Fatal(err)
	}
	// The fault stands early in a file of several buffers.
	broken := message.String()[:message.Len()/2] + "<<" + message.String()[message.Len()/2:] + strings.Repeat(" ", 1<<20)
	for name, text := range map[string]string{"message": message.String(), "workbook": book.String(), "broken": broken} {
		path := writeFile(t, "f", text)
		s, err := Open(context.Background(), Options{Path: path, Year: 2017, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range s.Persons() {
			if err != nil && name != "broken" {
				t.Fatal(err)
			}
		}
		sum := sha256.Sum256([]byte(text))
		if in := s.Input(); in.Path != path || in.Bytes != int64(len(text)) || in.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %+v", name, in)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), Options{Path: dir, Year: 2017})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range s.Persons() {
	}
	peertest.Need(t, "sha256sum")
	cmd := exec.Command("sh", "-c", "LC_ALL=C sha256sum *.csv | sha256sum")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil || !strings.HasPrefix(string(out), s.Input().SHA256) {
		t.Errorf("%s, sha256sum says %s %v", s.Input().SHA256, out, err)
	}
}

// TestPlaceNamesFileAndLine finds the lines of records in their files again.
func TestPlaceNamesFileAndLine(t *testing.T) {
	g := generator(t, synth.Options{Persons: 15})
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{Shuffle: true}); err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	names, _ := filepath.Glob(filepath.Join(dir, "*.csv"))
	for _, n := range names {
		b, _ := os.ReadFile(n)
		files[filepath.Base(n)] = strings.Split(string(b), "\r\n")
	}
	s, err := Open(context.Background(), Options{Path: dir, Year: 2017})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows := 0
	for p, err := range s.Persons() {
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Len() {
			row := p.Row(i)
			file, line := s.Place(row.Line())
			if file != strings.ToLower(row.Class().String())+".csv" {
				t.Fatalf("%s is in %s", row.Class(), file)
			}
			id := string(row.Get(row.Class().RowIDField()))
			if text := files[file][line-1]; !strings.Contains(";"+text+";", ";"+id+";") {
				t.Fatalf("%s line %d has no %s", file, line, id)
			}
			rows++
		}
	}
	if rows < 100 {
		t.Errorf("only %d rows", rows)
	}
}

// TestMemoryOfHostileInput reads what is meant to fill the memory.
func TestMemoryOfHostileInput(t *testing.T) {
	line := io.MultiReader(strings.NewReader(persons+"3;"), io.LimitReader(letters{}, 100<<20))
	xml := io.MultiReader(strings.NewReader("<IPLOS versjon=\"3.3\"><INNHINFO><iiSysID>"), io.LimitReader(letters{}, 100<<20))
	for name, in := range map[string]io.Reader{"csv": line, "xml": xml} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		s, err := Open(context.Background(), Options{Path: "-", Stdin: in, Year: 2017, Municipality: "0403", Profile: writeFile(t, "p.yaml", "tables: [{table: stdin, class: PERSON, by_name: true}]")})
		if s != nil {
			for _, e := range s.Persons() {
				err = e
			}
			s.Close()
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		runtime.ReadMemStats(&after)
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 32 {
			t.Errorf("%s: %d MiB allocated", name, grown)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestCancelledContext(t *testing.T) {
	g := generator(t, synth.Options{Persons: 600})
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{}); err != nil {
		t.Fatal(err)
	}
	var message bytes.Buffer
	if err := g.WriteMessage(&message); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, writeFile(t, "m", message.String())} {
		ctx, cancel := context.WithCancel(context.Background())
		s, err := Open(ctx, Options{Path: path, Year: 2017})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		err = nil
		for _, e := range s.Persons() {
			err = e
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
