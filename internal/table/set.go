package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"iplos/internal/fault"
)

// Set is the tables of one export.
type Set struct {
	// Tables are in the order of their names.
	Tables []*Table

	close func() error
}

// Table is one file or sheet that may be a table; it is not read before it is
// opened.
type Table struct {
	// Name is what a profile calls it: the file's base name without ending,
	// or the sheet's name.
	Name string
	// File is what the user calls it.
	File string

	open func(Format) (Rows, error)
	look func(Format) (Rows, error)    // nil where open serves
	file func() (io.ReadCloser, error) // nil where the table has no file of its own
	sum  *Sum
}

// Sum is what was read of a file.
type Sum struct {
	File  string
	Bytes int64
	hash  hash.Hash
}

// SHA256 returns the hex digest of what was read.
func (s *Sum) SHA256() string { return hex.EncodeToString(s.hash.Sum(nil)) }

// Open reads the table's header. The rows are to be closed.
func (t *Table) Open(f Format) (Rows, error) { return t.open(f) }

// Look is Open for a look at the beginning: the table can still be opened.
func (t *Table) Look(f Format) (Rows, error) {
	if t.look != nil {
		return t.look(f)
	}
	return t.open(f)
}

// Sum returns what was read of the table's own file, or nil when the table
// has none (a sheet, a file in an archive).
func (t *Table) Sum() *Sum { return t.sum }

// SumUp reads the table's own file once more from its start, where reading
// its rows stopped on the way, so that the sum is of all of it or of as much
// as the limit in bytes allows.
func (t *Table) SumUp(limit int64) {
	if t.file == nil {
		return
	}
	file, err := t.file()
	if err != nil {
		return // the fault before it is what counts
	}
	t.sum = NewSum(t.File)
	_, _ = io.CopyN(t.sum, file, limit)
	_ = file.Close() // only read from
}

// Close releases the set.
func (s *Set) Close() error {
	if s.close == nil {
		return nil
	}
	c := s.close
	s.close = nil
	return c()
}

// NewSum returns a sum of nothing yet.
func NewSum(file string) *Sum { return &Sum{File: file, hash: sha256.New()} }

// Write counts and hashes what was read.
func (s *Sum) Write(p []byte) (int, error) {
	s.Bytes += int64(len(p))
	return s.hash.Write(p)
}

// baseName is a file's name without folders and ending.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(name, path.Ext(name))
}

// OpenFolder returns the files of a folder as tables, those in folders below
// it not.
func OpenFolder(dir string) (*Set, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening folder: %w", err)
	}
	set := &Set{close: root.Close}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading folder: %w", err), root.Close())
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		t := &Table{Name: baseName(e.Name()), File: e.Name()}
		t.file = func() (io.ReadCloser, error) { return root.Open(t.File) }
		t.open = func(f Format) (Rows, error) {
			file, err := t.file()
			if err != nil {
				return nil, fmt.Errorf("opening table: %w", err)
			}
			t.sum = NewSum(t.File)
			return OpenCSV(t.File, io.TeeReader(file, t.sum), file, f)
		}
		set.Tables = append(set.Tables, t)
	}
	return set, nil
}

// OpenStream returns a stream as a set of one table, which can be opened once.
// A buffered stream can also be looked at, as far as its buffer goes.
func OpenStream(file string, src io.Reader) *Set {
	t := &Table{Name: baseName(file), File: file}
	t.open = func(f Format) (Rows, error) { return OpenCSV(file, src, nil, f) }
	buffered, ok := src.(*bufio.Reader)
	if !ok {
		return &Set{Tables: []*Table{t}}
	}
	t.look = func(f Format) (Rows, error) {
		head, err := buffered.Peek(buffered.Size())
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return OpenCSV(file, bytes.NewReader(head), nil, f)
	}
	return &Set{Tables: []*Table{t}}
}

// Limits of an archive: it is read as a stream, so that these bound time, not
// memory. Tables of text compress ten to thirty times.
const (
	maxEntries   = 1000
	maxRatio     = 200
	ratioApplies = 64 << 20
)

// OpenZip returns the files of an archive as tables. File is the archive's
// name, for faults.
func OpenZip(file string, r io.ReaderAt, size int64) (*Set, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, Fault(file, &DamageError{Kind: Archive, Err: err})
	}
	if len(z.File) > maxEntries {
		return nil, fault.New(fault.Usage, "table.zip.entries", "file", file, "n", len(z.File), "limit", maxEntries)
	}
	set := &Set{}
	nested := false
	for _, e := range z.File {
		name := path.Base(strings.ReplaceAll(e.Name, `\`, "/"))
		if e.FileInfo().IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(e.Name, "__MACOSX/") {
			continue
		}
		if e.Flags&1 != 0 {
			return nil, fault.New(fault.Usage, "table.zip.locked", "file", file)
		}
		if strings.EqualFold(path.Ext(name), ".zip") {
			nested = true
			continue
		}
		set.Tables = append(set.Tables, zipTable(file, e, name))
	}
	if len(set.Tables) == 0 {
		if nested {
			return nil, fault.New(fault.Usage, "table.zip.nested", "file", file)
		}
		return nil, fault.New(fault.Usage, "table.zip.empty", "file", file)
	}
	slices.SortStableFunc(set.Tables, func(a, b *Table) int { return strings.Compare(a.File, b.File) })
	for i, t := range set.Tables[1:] {
		if strings.EqualFold(t.Name, set.Tables[i].Name) && t.File == set.Tables[i].File {
			return nil, fault.New(fault.Usage, "table.zip.twice", "file", file, "name", cut(t.File))
		}
	}
	return set, nil
}

func zipTable(file string, e *zip.File, name string) *Table {
	t := &Table{Name: baseName(name), File: cut(name)}
	t.open = func(f Format) (Rows, error) {
		r, err := e.Open()
		if err != nil {
			return nil, Fault(t.File, &DamageError{Kind: Archive, Err: err})
		}
		bounded := &inflated{r: r, file: t.File, archive: file, limit: ratioApplies}
		if n := int64(e.CompressedSize64); n > 0 && n < 1<<50 { //nolint:gosec // bounded on this line
			bounded.limit = max(bounded.limit, n*maxRatio)
		}
		// Closing would only tell again what reading told: there is nothing to
		// release.
		return OpenCSV(t.File, bounded, nil, f)
	}
	return t
}

// inflated is an entry of an archive that may not grow beyond a ratio.
type inflated struct {
	r             io.Reader
	file, archive string
	n, limit      int64
}

func (i *inflated) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	i.n += int64(n)
	if i.n > i.limit {
		return n, fault.New(fault.Blocked, "table.zip.bomb", "file", i.archive, "name", i.file, "ratio", maxRatio)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = Fault(i.file, &DamageError{Kind: Archive, Err: err})
	}
	return n, err
}
