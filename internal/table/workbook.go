package table

import (
	"bytes"
	"io"

	"github.com/xuri/excelize/v2"

	"iplos/internal/fault"
)

// MaxWorkbook caps what a workbook may unpack to. It is unpacked in memory:
// excelize would put sheets beyond its own limit into the temporary folder,
// where anyone could read them, so that its limit is this cap.
const MaxWorkbook = 128 << 20

// OpenWorkbook returns the sheets of an XLSX workbook. Nothing of it is
// written to disk.
func OpenWorkbook(file string, r io.Reader) (*Set, error) {
	return openWorkbook(file, r, MaxWorkbook)
}

func openWorkbook(file string, r io.Reader, limit int64) (*Set, error) {
	book, err := excelize.OpenReader(r, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit,
	})
	if err != nil {
		return nil, workbookFault(file, err, limit)
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

// workbookFault tells a workbook that is too large from one that is broken.
// The library has no type for the first.
func workbookFault(file string, err error, limit int64) error {
	if bytes.Contains([]byte(err.Error()), []byte("unzip size exceeds")) {
		return fault.Wrap(err, fault.Usage, "table.workbook.large", "file", file, "limit", int(limit>>20))
	}
	return Fault(file, &DamageError{Kind: Archive, Err: err})
}
