package synth

import (
	"archive/zip"
	"bufio"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/record"
)

// tableClasses are the tables of a CSV set or workbook: one for each class
// that has rows, named as the class is.
func tableClasses(p record.Profile) []record.Class {
	classes := []record.Class{record.Innhinfo}
	if p.Occurs(record.Kontakt).Max != 0 {
		classes = append(classes, record.Kontakt)
	}
	classes = append(classes, record.PersonRow)
	return append(classes, record.ChildClasses()...)
}

// columns are the fields of a class that the profile has; they are the
// column headings too.
func columns(p record.Profile, c record.Class) []record.Field {
	var fields []record.Field
	for _, f := range c.Fields() {
		if p.Cardinality(f) != record.Absent {
			fields = append(fields, f)
		}
	}
	return fields
}

// rows calls each with every row of the file, header first.
func (g *Generator) rows(each func(record.Row) error) error {
	h := g.Header()
	for i := range h.Len() {
		if err := each(h.Row(i)); err != nil {
			return err
		}
	}
	for p := range g.Persons() {
		for i := range p.Len() {
			if err := each(p.Row(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// TableOptions says how CSV tables and workbooks are written.
type TableOptions struct {
	// Shuffle puts the rows of each table in an order of their own; all rows
	// are then held in memory.
	Shuffle bool
	// Comma separates the fields; default semicolon, as Norwegian
	// spreadsheets do.
	Comma byte
}

// csvWriter writes one table.
type csvWriter struct {
	w      *bufio.Writer
	fields []record.Field
	comma  byte
	held   [][]byte // lines kept for shuffling
	line   []byte
}

func (t *csvWriter) heading() error {
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = f.Name()
	}
	_, err := t.w.WriteString(strings.Join(names, string(t.comma)) + "\r\n")
	return err
}

func (t *csvWriter) add(r record.Row, hold bool) error {
	t.line = t.line[:0]
	for i, f := range t.fields {
		if i > 0 {
			t.line = append(t.line, t.comma)
		}
		t.line = t.appendField(t.line, r.Get(f))
	}
	t.line = append(t.line, '\r', '\n')
	if hold {
		t.held = append(t.held, append([]byte(nil), t.line...))
		return nil
	}
	_, err := t.w.Write(t.line)
	return err
}

func (t *csvWriter) appendField(dst, text []byte) []byte {
	if !strings.ContainsAny(string(text), "\"\r\n"+string(t.comma)) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for _, c := range text {
		if c == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// finish writes the held lines in an order of the seed's choosing.
func (t *csvWriter) finish(seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, uint64(len(t.held))))
	rng.Shuffle(len(t.held), func(i, j int) { t.held[i], t.held[j] = t.held[j], t.held[i] })
	for _, line := range t.held {
		if _, err := t.w.Write(line); err != nil {
			return err
		}
	}
	return t.w.Flush()
}

// writeCSV writes every table to what open returns for its name.
func (g *Generator) writeCSV(opts TableOptions, open func(name string) (io.Writer, error)) error {
	if opts.Comma == 0 {
		opts.Comma = ';'
	}
	var tables [record.NumClasses]*csvWriter
	for _, c := range tableClasses(g.profile) {
		w, err := open(strings.ToLower(c.String()) + ".csv")
		if err != nil {
			return err
		}
		tables[c] = &csvWriter{w: bufio.NewWriterSize(w, 64<<10), fields: columns(g.profile, c), comma: opts.Comma}
		if err := tables[c].heading(); err != nil {
			return err
		}
	}
	err := g.rows(func(r record.Row) error { return tables[r.Class()].add(r, opts.Shuffle) })
	for _, t := range tables {
		if t != nil && err == nil {
			err = t.finish(g.opts.Seed)
		}
	}
	return err
}

// WriteCSVFolder writes one CSV file for each class into a folder that must
// exist. Files that exist are an error.
func (g *Generator) WriteCSVFolder(dir string, opts TableOptions) (err error) {
	var files []*os.File
	defer func() {
		for _, f := range files {
			if cerr := f.Close(); err == nil {
				err = cerr
			}
		}
	}()
	return g.writeCSV(opts, func(name string) (io.Writer, error) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			files = append(files, f)
		}
		return f, err
	})
}

// WriteCSVZip writes the same files as one zip archive. The tables grow side
// by side, so they are written to the archive one after the other, each by a
// run of its own.
func (g *Generator) WriteCSVZip(w io.Writer, opts TableOptions) error {
	z := zip.NewWriter(w)
	for _, c := range tableClasses(g.profile) {
		f, err := z.Create(strings.ToLower(c.String()) + ".csv")
		if err != nil {
			return err
		}
		if err := g.writeOneCSV(f, c, opts); err != nil {
			return err
		}
	}
	return z.Close()
}

func (g *Generator) writeOneCSV(w io.Writer, only record.Class, opts TableOptions) error {
	return g.writeCSV(opts, func(name string) (io.Writer, error) {
		if name == strings.ToLower(only.String())+".csv" {
			return w, nil
		}
		return io.Discard, nil
	})
}
