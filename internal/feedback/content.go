package feedback

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/feedback/aeszip"
)

// Kind is what a file is by its content.
type Kind string

// The kinds of file.
const (
	KindText  Kind = "text"
	KindCSV   Kind = "csv"
	KindXLSX  Kind = "xlsx"
	KindPDF   Kind = "pdf"
	KindHTML  Kind = "html"
	KindXML   Kind = "xml"
	KindEmpty Kind = "empty"
	KindOther Kind = "other"
)

// table tells the kinds that may hold a table.
func (k Kind) table() bool { return k == KindCSV || k == KindText || k == KindXLSX }

// Content is one file that came.
type Content struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	Kind  Kind   `json:"kind"`
}

// contents tells what the unpacked files are.
func contents(root *os.Root, entries []aeszip.Entry) ([]Content, error) {
	list := []Content{}
	for _, e := range entries {
		if e.Folder {
			continue
		}
		kind, err := kindOf(root, filepath.FromSlash(e.Name))
		if err != nil {
			return nil, err
		}
		list = append(list, Content{Name: e.Name, Bytes: e.Bytes, Kind: kind})
	}
	return list, nil
}

// sniffed is how much of a file tells its kind.
const sniffed = 32 << 10

func kindOf(root *os.Root, name string) (Kind, error) {
	f, err := root.Open(name)
	if err != nil {
		return "", fmt.Errorf("looking at %q: %w", name, err)
	}
	defer f.Close() //nolint:errcheck // only read
	head := make([]byte, sniffed)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("looking at %q: %w", name, err)
	}
	if bytes.HasPrefix(head[:n], []byte("PK\x03\x04")) {
		return zipKind(f), nil
	}
	return sniff(head[:n]), nil
}

// zipKind tells a workbook from another archive.
func zipKind(f *os.File) Kind {
	st, err := f.Stat()
	if err != nil {
		return KindOther
	}
	// No workbook that can be read is as large, and the larger the archive, the
	// more memory its directory may take.
	const largest = 1 << 30
	if st.Size() > largest {
		return KindOther
	}
	z, err := zip.NewReader(f, st.Size())
	if err != nil {
		return KindOther
	}
	for _, e := range z.File {
		if e.Name == "xl/workbook.xml" {
			return KindXLSX
		}
	}
	return KindOther
}

// sniff tells a file's kind by its first bytes.
func sniff(head []byte) Kind {
	text := strings.ToLower(strings.TrimSpace(string(bytes.TrimPrefix(head[:min(len(head), 1024)], []byte("\xef\xbb\xbf")))))
	switch {
	case len(head) == 0:
		return KindEmpty
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return KindPDF
	case strings.HasPrefix(text, "<!doctype html"), strings.HasPrefix(text, "<html"):
		return KindHTML
	case strings.HasPrefix(text, "<?xml"):
		return KindXML
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return tabular(bytes.ReplaceAll(head[2:], []byte{0}, nil))
	case bytes.IndexByte(head, 0) >= 0:
		return KindOther
	default:
		return tabular(head)
	}
}

// tabular tells CSV from running text: the first lines have the same
// separator, equally often.
func tabular(head []byte) Kind {
	lines := bytes.Split(bytes.TrimSpace(head), []byte("\n"))
	if len(head) >= sniffed {
		lines = lines[:len(lines)-1] // the last is cut
	}
	lines = lines[:min(len(lines), 10)]
	for _, separator := range []byte(";\t,|") {
		first := 0
		for i, l := range lines {
			n := countOutside(l, separator)
			if i == 0 {
				first = n
			}
			if n != first || n == 0 {
				first = 0
				break
			}
		}
		if first > 0 && (len(lines) > 1 || separator != ',') {
			return KindCSV
		}
	}
	return KindText
}

// countOutside counts a separator outside quotes.
func countOutside(line []byte, separator byte) int {
	n, quoted := 0, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			n++
		}
	}
	return n
}
