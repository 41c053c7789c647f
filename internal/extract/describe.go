package extract

import (
	"context"
	"errors"
	"io"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/table"
)

// Description is what an export holds, without any of its values.
type Description struct {
	// Kind is the kind of source.
	Kind string `json:"kind"`
	// Version and Encoding describe a message.
	Version  string `json:"version,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	// Profile is the mapping profile the tables were held against.
	Profile string             `json:"profile,omitempty"`
	Tables  []TableDescription `json:"tables,omitempty"`
	// Missing lists what the message must have and nothing feeds.
	Missing []MissingField `json:"missing,omitempty"`
	// Proposal is a mapping profile to start from, in YAML.
	Proposal string `json:"proposal,omitempty"`
}

// TableDescription is one table.
type TableDescription struct {
	Name string `json:"name"`
	File string `json:"file"`
	// Class is what the profile makes of it, empty for nothing; Guess what it
	// looks like.
	Class string `json:"class,omitempty"`
	Guess string `json:"guess,omitempty"`
	// Encoding and Delimiter are those of a CSV file.
	Encoding  string `json:"encoding,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
	// Heading is false when the first row looks like data; columns are then
	// called by number.
	Heading bool `json:"heading"`
	// SkipRows is how many rows stand above the heading, such as a title.
	SkipRows int `json:"skip_rows,omitempty"`
	// Rows is how many rows were looked at, and More that there are others.
	Rows    int                 `json:"rows"`
	More    bool                `json:"more,omitempty"`
	Columns []ColumnDescription `json:"columns,omitempty"`
	// Problem is the fault met on the way, if any, and ProblemID its id.
	Problem   *fault.Error `json:"-"`
	ProblemID string       `json:"problem,omitempty"`
}

// ColumnDescription is one column.
type ColumnDescription struct {
	Name string `json:"name"`
	// Shapes are up to three forms of its values: 9 for a digit, A for a
	// letter.
	Shapes []string `json:"shapes,omitempty"`
	// Filled is how many of the rows looked at have a value.
	Filled int `json:"filled"`
	// Field is what the profile feeds with it; Guess what it looks like.
	Field string `json:"field,omitempty"`
	Guess string `json:"guess,omitempty"`
}

// MissingField is a field the message must have and nothing feeds.
type MissingField struct {
	Class string `json:"class"`
	Field string `json:"field"`
}

// sampleRows is how many rows of each table are looked at.
const sampleRows = 1000

// Describe tells what an export holds: tables, columns, the shapes of values,
// what a mapping profile makes of them, what is missing, and a profile to
// start from. It shows no value.
func Describe(ctx context.Context, o Options) (*Description, error) {
	in, err := openInput(ctx, o)
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	if in.unknownTable(o) {
		in.kind = csvSource()
	}
	if in.kind.tables == nil {
		d, err := describeMessage(ctx, in, o)
		return d, errors.Join(err, in.Close())
	}
	d, err := describeTables(ctx, in, o)
	return d, errors.Join(err, in.Close())
}

func startsAsXML(text []byte) bool { return strings.HasPrefix(strings.TrimSpace(string(text)), "<") }

func describeMessage(ctx context.Context, in *input, o Options) (*Description, error) {
	form, declared := record.SniffEncoding(in.head.raw)
	d := &Description{Kind: kindMessage, Encoding: declared}
	if d.Encoding == "" {
		d.Encoding = form
	}
	if d.Encoding == "" {
		d.Encoding = "UTF-8"
	}
	src, err := openMessage(ctx, in, o, &ledger{})
	if err != nil {
		return nil, err
	}
	d.Version = src.profile().ID
	return d, nil
}

func describeTables(ctx context.Context, in *input, o Options) (*Description, error) {
	profile, err := loadProfile(o.Profile)
	if err != nil {
		return nil, err
	}
	set, err := in.kind.tables(in)
	if err != nil {
		return nil, err
	}
	d := &Description{Kind: in.kind.Kind, Profile: profile.Name}
	var infos []table.Info
	for _, t := range set.Tables {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, set.Close())
		}
		td, info := describeTable(t, profile)
		if td.Problem != nil {
			td.ProblemID = td.Problem.ID
		}
		d.Tables, infos = append(d.Tables, td), append(infos, info)
	}
	guessTables(d.Tables)
	year := o.Year
	if year == 0 {
		year = record.Profiles()[0].LastYear
	}
	d.Missing = missing(d.Tables, profile, year)
	d.Proposal = (&proposer{say: o.say}).profile(d.Tables, infos)
	return d, set.Close()
}

func describeTable(t *table.Table, profile *table.Profile) (TableDescription, table.Info) {
	d := TableDescription{Name: t.Name, File: t.File, Heading: true}
	format := table.Format{Encoding: table.Auto, Quote: '"', ShortRows: true}
	var m *table.Mapping
	for i := range profile.Tables {
		if profile.Tables[i].Matches(t.Name) {
			m = &profile.Tables[i]
			format = m.Format
			format.ShortRows = true
			d.Class = m.Class
			break
		}
	}
	if profile.Name == GenericName {
		// A table with a title above its heading needs a profile of its own.
		if d.SkipRows = guessSkip(t, format); d.SkipRows > 0 {
			format.SkipRows, m, d.Class = d.SkipRows, nil, ""
		}
	}
	rows, err := t.Open(format)
	if err != nil {
		d.Problem = problemOf(err)
		return d, table.Info{}
	}
	sampleTable(rows, &d, format)
	info := rows.Info()
	if !info.Workbook {
		d.Encoding, d.Delimiter = string(info.Encoding), delimiterName(info.Delimiter)
		if d.Encoding == string(table.Auto) {
			d.Encoding = "us-ascii"
		}
	}
	if m != nil {
		describeMapping(&d, profile, rows.Columns(), info)
	}
	if err := rows.Close(); err != nil && d.Problem == nil {
		d.Problem = problemOf(err)
	}
	return d, info
}

// problemOf keeps a fault; other errors become one.
func problemOf(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return fault.Wrap(err, fault.Usage, "extract.table.unreadable")
}

// sampleTable takes shapes from the first rows.
func sampleTable(rows table.Rows, d *TableDescription, f table.Format) {
	names := rows.Columns()
	d.Heading = !f.NoHeader && isHeading(names)
	shapes := make([]shapeSet, len(names))
	d.Columns = make([]ColumnDescription, len(names))
	for i, name := range names {
		d.Columns[i].Name = name
		if !d.Heading {
			d.Columns[i].Name = columnNumber(i)
			if !f.NoHeader {
				shapes[i].add([]byte(name))
				d.Columns[i].Filled++
			}
		}
	}
	for d.Rows < sampleRows {
		row, err := rows.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				d.Problem = problemOf(err)
			}
			break
		}
		d.Rows++
		for i := range min(len(row), len(names)) {
			if len(row[i]) > 0 {
				d.Columns[i].Filled++
				shapes[i].add(row[i])
			}
		}
	}
	if d.Rows == sampleRows {
		_, err := rows.Next()
		d.More = !errors.Is(err, io.EOF)
	}
	for i := range shapes {
		d.Columns[i].Shapes = shapes[i].top()
	}
}

func delimiterName(d byte) string {
	if d == '\t' {
		return "tab"
	}
	return string(rune(d))
}

// describeMapping tells which field each column feeds.
func describeMapping(d *TableDescription, profile *table.Profile, columns []string, info table.Info) {
	for i := range profile.Tables {
		m := &profile.Tables[i]
		if !m.Matches(d.Name) {
			continue
		}
		b, err := table.Bind(profile, m, schema(nil).Class(m.Class), d.File, columns, info)
		if err != nil {
			if d.Problem == nil {
				d.Problem = problemOf(err)
			}
			continue
		}
		for _, at := range b.Columns() {
			c := &d.Columns[at.Column]
			if c.Field == "" {
				c.Field = m.Class + "." + at.Field
			}
		}
	}
}

// missing lists what the message must have and nothing feeds. Header fields
// come from the configuration, and ..PeID from the key.
func missing(tables []TableDescription, profile *table.Profile, year int) []MissingField {
	p, ok := record.ProfileForYear(year)
	if !ok {
		return nil
	}
	fed := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.Columns {
			fed[c.Field] = true
		}
	}
	for _, m := range profile.Tables {
		for _, f := range m.Fields {
			if f.Column == "" {
				fed[m.Class+"."+f.Field] = true
			}
		}
	}
	var out []MissingField
	for c := record.PersonRow; c < record.NumClasses; c++ {
		needed := p.Occurs(c).Min > 0
		for _, t := range tables {
			needed = needed || t.Class == c.String()
		}
		for _, f := range c.Fields() {
			name := c.String() + "." + f.Name()
			if needed && p.Cardinality(f) == record.One && f != c.PersonIDField() && !fed[name] {
				out = append(out, MissingField{Class: c.String(), Field: f.Name()})
			}
		}
	}
	return out
}
