// Package xlsxout writes plain workbooks: sheets of text, no styles, no
// formulas (ECMA-376, the least that a reader asks for). Rows go to their
// sheets in any order; each sheet is kept compressed in memory until the
// workbook is whole, so that nothing is written to a temporary file.
//
// Excelize, which reads workbooks for us, is not used for writing: its writer
// finds methods by their names, and the linker then keeps every method of the
// program: see docs/decisions/html-without-templates.md.
package xlsxout

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
)

// The most that a worksheet holds (Excel's specifications and limits).
const (
	MaxRows    = 1_048_576
	MaxColumns = 16_384
	maxText    = 32_767 // characters; bytes are no fewer
)

// ErrFull is the error of a row that a sheet has no room for. Nothing of the
// row is written then.
var ErrFull = errors.New("the sheet holds no more")

const (
	spreadsheet   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packaged      = "http://schemas.openxmlformats.org/package/2006/"
	contentType   = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// Book is a workbook in the making.
type Book struct{ sheets []*Sheet }

// Sheet is one of its sheets.
type Sheet struct {
	name   string
	packed bytes.Buffer
	out    *flate.Writer
	crc    uint32
	bytes  uint64
	rows   int
	line   bytes.Buffer
}

// Sheet adds a sheet; names are told apart without regard to case and have at
// most 31 characters, which is left to the caller.
func (b *Book) Sheet(name string) (*Sheet, error) {
	s := &Sheet{name: name}
	var err error
	if s.out, err = flate.NewWriter(&s.packed, flate.BestSpeed); err != nil {
		return nil, fmt.Errorf("compressing a sheet: %w", err)
	}
	b.sheets = append(b.sheets, s)
	s.line.WriteString(xml.Header + `<worksheet xmlns="` + spreadsheet + `"><sheetData>`)
	return s, s.flush()
}

// Row writes the next row of a sheet. Every cell is text, so that a number
// keeps its leading zeros; an empty one is left out.
func (s *Sheet) Row(cells []string) error {
	tooLong := func(cell string) bool { return len(cell) > maxText }
	if s.rows == MaxRows || len(cells) > MaxColumns || slices.ContainsFunc(cells, tooLong) {
		return ErrFull
	}
	s.rows++
	row := strconv.Itoa(s.rows)
	s.line.WriteString(`<row r="` + row + `">`)
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		s.line.WriteString(`<c r="` + column(i) + row + `" t="inlineStr"><is><t xml:space="preserve">`)
		if err := xml.EscapeText(&s.line, []byte(cell)); err != nil {
			return fmt.Errorf("writing a row: %w", err)
		}
		s.line.WriteString(`</t></is></c>`)
	}
	s.line.WriteString(`</row>`)
	return s.flush()
}

// column names a column: A to Z, then AA and on.
func column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// flush compresses what has been written since the last time.
func (s *Sheet) flush() error {
	s.crc = crc32.Update(s.crc, crc32.IEEETable, s.line.Bytes())
	s.bytes += uint64(s.line.Len()) //nolint:gosec // a length is not negative
	if _, err := s.line.WriteTo(s.out); err != nil {
		return fmt.Errorf("compressing a sheet: %w", err)
	}
	return nil
}

// Write writes the workbook; no row can be added after it.
func (b *Book) Write(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, p := range b.parts() {
		out, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(out, xml.Header+p.text)
		}
		if err != nil {
			return fmt.Errorf("writing the workbook: %w", err)
		}
	}
	for i, s := range b.sheets {
		if err := s.write(z, i+1); err != nil {
			return fmt.Errorf("writing the workbook: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

// write puts the finished sheet into the archive as it is.
func (s *Sheet) write(z *zip.Writer, number int) error {
	s.line.WriteString(`</sheetData></worksheet>`)
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.out.Close(); err != nil {
		return err
	}
	out, err := z.CreateRaw(&zip.FileHeader{
		Name: "xl/worksheets/" + file(number), Method: zip.Deflate, CRC32: s.crc,
		CompressedSize64: uint64(s.packed.Len()), UncompressedSize64: s.bytes, //nolint:gosec // a length is not negative
	})
	if err != nil {
		return err
	}
	_, err = s.packed.WriteTo(out)
	return err
}

func file(number int) string { return "sheet" + strconv.Itoa(number) + ".xml" }

type part struct{ name, text string }

// parts are the files beside the sheets: what is where, and of which kind.
func (b *Book) parts() []part {
	var types, list, links bytes.Buffer
	for i, s := range b.sheets {
		n := strconv.Itoa(i + 1)
		types.WriteString(`<Override PartName="/xl/worksheets/` + file(i+1) + `" ContentType="` + contentType + `worksheet+xml"/>`)
		list.WriteString(`<sheet name="`)
		_ = xml.EscapeText(&list, []byte(s.name)) // a buffer takes everything
		list.WriteString(`" sheetId="` + n + `" r:id="rId` + n + `"/>`)
		links.WriteString(`<Relationship Id="rId` + n + `" Type="` + relationships + `/worksheet" Target="worksheets/` + file(i+1) + `"/>`)
	}
	return []part{
		{"[Content_Types].xml", `<Types xmlns="` + packaged + `content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + contentType + `sheet.main+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packaged + `relationships">` +
			`<Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + spreadsheet + `" xmlns:r="` + relationships + `"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packaged + `relationships">` + links.String() + `</Relationships>`},
	}
}
