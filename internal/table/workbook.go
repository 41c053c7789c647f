package table

import (
	"archive/zip"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"iplos/internal/fault"
)

// MaxWorkbook caps what a workbook may unpack to. It is unpacked in memory:
// excelize would put sheets beyond its own limit into the temporary folder,
// where anyone could read them, so that its limit is this cap. At the cap the
// whole process takes some 250 MiB.
const MaxWorkbook = 96 << 20

// sharedPart is the part of the cap that the table of shared texts may take:
// the library holds it as values, some eight times its size.
const sharedPart = 6

// OpenWorkbook returns the sheets of an XLSX workbook. Nothing of it is
// written to disk.
func OpenWorkbook(file string, r io.ReaderAt, size int64) (*Set, error) {
	return openWorkbook(file, r, size, MaxWorkbook)
}

func openWorkbook(file string, r io.ReaderAt, size, limit int64) (*Set, error) {
	if err := checkWorkbook(file, r, size, limit); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit,
	})
	if err != nil {
		return nil, Fault(file, &DamageError{Kind: Archive, Err: err})
	}
	info := Info{Workbook: true}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		info.Date1904 = *props.Date1904
	}
	set := &Set{close: book.Close}
	parts := sheetParts(book)
	for _, name := range book.GetSheetList() {
		t := &Table{Name: name, File: name}
		t.open = func(f Format) (Rows, error) { return openSheet(book, name, parts[name], info, f) }
		set.Tables = append(set.Tables, t)
	}
	return set, nil
}

// checkWorkbook refuses what would not fit, by the sizes the archive tells;
// unpacking fails where they are wrong.
func checkWorkbook(file string, r io.ReaderAt, size, limit int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Fault(file, &DamageError{Kind: Archive, Err: err})
	}
	total, most := uint64(0), uint64(limit) //nolint:gosec // the limit is positive
	for _, e := range z.File {
		total += min(e.UncompressedSize64, most+1)
		shared := strings.HasSuffix(strings.ToLower(e.Name), "sharedstrings.xml")
		if total > most || shared && e.UncompressedSize64 > most/sharedPart {
			return fault.New(fault.Usage, "table.workbook.large", "file", file, "limit", int(limit>>20))
		}
	}
	return nil
}
