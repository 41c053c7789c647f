package extract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"iplos/internal/record"
	"iplos/internal/table"
)

// proposer writes a mapping profile to start from: what was found and
// guessed, with a comment on what a person has to look at.
type proposer struct {
	strings.Builder
	say func(id string, args ...any) string
	// persons is the table that the persons are in; others add to them.
	persons *TableDescription
}

// mostColumns returns the table of persons with the most columns guessed, nil
// where none is.
func mostColumns(tables []TableDescription) *TableDescription {
	var best *TableDescription
	most := 0
	for i := range tables {
		t := &tables[i]
		n := 0
		for _, c := range t.Columns {
			if c.Guess != "" {
				n++
			}
		}
		if t.Guess == record.PersonRow.String() && n > most {
			best, most = t, n
		}
	}
	return best
}

// say finds the text of a comment.
func (o *Options) say(id string, args ...any) string {
	if o.Words == nil {
		return id
	}
	return o.Words(id, args...)
}

func (p *proposer) profile(tables []TableDescription, infos []table.Info) string {
	p.comment("", p.say("extract.propose.head"))
	fmt.Fprintf(p, "profile: %s\n\ntables:\n", quote(p.say("extract.propose.name")))
	some := false
	p.persons = mostColumns(tables)
	for i := range tables {
		if tables[i].Guess != "" {
			p.table(&tables[i], infos[i])
			some = true
		}
	}
	if !some {
		column := p.say("extract.propose.column")
		p.comment("  ", p.say("extract.propose.none"))
		fmt.Fprintf(p, "  - table: %s\n    class: PERSON\n    key: %[2]s\n    fields:\n      peFnr: %[2]s\n", p.say("extract.propose.table"), column)
	}
	for i := range tables {
		if tables[i].Guess == "" {
			p.comment("  ", p.say("extract.propose.unused-table", "file", oneLine(tables[i].File)))
		}
	}
	return p.String()
}

// commentWidth is where a comment on lines of its own is wrapped.
const commentWidth = 78

// comment writes a text as comment lines.
func (p *proposer) comment(indent, text string) {
	line := indent + "#"
	for _, word := range strings.Fields(text) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > commentWidth && line != indent+"#" {
			fmt.Fprintln(p, line)
			line = indent + "#"
		}
		line += " " + word
	}
	fmt.Fprintln(p, line)
}

func (p *proposer) table(t *TableDescription, info table.Info) {
	class := record.ClassByName(t.Guess)
	fmt.Fprintf(p, "  - table: %s\n    class: %s\n", quote(t.Name), class)
	if class == record.PersonRow && p.persons != nil && t != p.persons {
		fmt.Fprintf(p, "    adds: true   # %s\n", p.say("extract.propose.adds"))
	}
	if !info.Workbook && t.Delimiter != "" {
		fmt.Fprintf(p, "    encoding: %s\n    delimiter: %s\n", proposedEncoding(t.Encoding), quote(t.Delimiter))
	}
	if t.SkipRows > 0 {
		fmt.Fprintf(p, "    skip_rows: %d   # %s\n", t.SkipRows, p.say("extract.propose.skip"))
	}
	if !t.Heading {
		fmt.Fprintf(p, "    header_row: false   # %s\n", p.say("extract.propose.no-heading"))
	}
	header := class == record.Innhinfo || class == record.Kontakt
	fields := map[record.Field]*ColumnDescription{}
	var loose []string
	for i := range t.Columns {
		c := &t.Columns[i]
		if f := record.FieldByName(class, c.Guess); c.Guess != "" && f != record.NoField {
			fields[f] = c
		} else if c.Name != "" {
			loose = append(loose, c.Name)
		}
	}
	if !header {
		p.key(class, fields)
	}
	if class == record.PersonRow && t != p.persons {
		delete(fields, record.PePeID) // the key joins them
	}
	p.fields(class, fields)
	for _, name := range loose {
		fmt.Fprintf(p, "      # %s\n", p.say("extract.propose.unused-column", "column", oneLine(name)))
	}
}

func (p *proposer) fields(class record.Class, fields map[record.Field]*ColumnDescription) {
	p.WriteString("    fields:\n")
	some := false
	for _, f := range class.Fields() {
		switch c := fields[f]; {
		case f == class.PersonIDField():
		case c != nil && (f == record.PePeID || f == class.RowIDField()) && !onlyDigits(c.Shapes):
			fmt.Fprintf(p, "      %s: {serial: true}   # %s\n", f.Name(), p.say("extract.propose.no-number", "column", oneLine(c.Name)))
			some = true
		case c != nil:
			fmt.Fprintf(p, "      %s: %s\n", f.Name(), p.field(f, c))
			some = true
		case f == class.RowIDField() && class != record.PersonRow:
			fmt.Fprintf(p, "      %s: {serial: true}   # %s\n", f.Name(), p.say("extract.propose.serial"))
			some = true
		default:
			fmt.Fprintf(p, "      # %s:   # %s\n", f.Name(), p.say("extract.propose.no-column"))
		}
	}
	if !some {
		p.WriteString("      {}\n")
	}
}

func proposedEncoding(found string) string {
	if found == "us-ascii" || found == "" {
		return string(table.Auto)
	}
	return found
}

// key names the column with the person key, or asks for it.
func (p *proposer) key(class record.Class, fields map[record.Field]*ColumnDescription) {
	f := class.PersonIDField()
	if class == record.PersonRow {
		f = record.PePeID
	}
	if c := fields[f]; c != nil {
		fmt.Fprintf(p, "    key: %s\n", quote(c.Name))
		return
	}
	fmt.Fprintf(p, "    key: %s   # %s\n", p.say("extract.propose.column"), p.say("extract.propose.key"))
}

// field returns a column, with what its shapes tell about the way it is
// written.
func (p *proposer) field(f record.Field, c *ColumnDescription) string {
	if len(c.Shapes) == 0 {
		return quote(c.Name)
	}
	switch shape := c.Shapes[0]; {
	case kindOf(f) == table.Date || kindOf(f) == table.Month:
		if d := dateOfShape(shape); d != "" {
			return fmt.Sprintf("{column: %s, date: %q}", quote(c.Name), d)
		}
	case width(f) == 4 && slices.Contains(c.Shapes, "999"):
		return fmt.Sprintf("{column: %s, pad: 4}   # %s", quote(c.Name), p.say("extract.propose.pad"))
	case coded(f) && strings.ContainsRune(shape, 'A') && len(shape) > 1:
		return fmt.Sprintf("{column: %s, codes: {}}   # %s", quote(c.Name), p.say("extract.propose.codes"))
	}
	return quote(c.Name)
}

// onlyDigits tells whether values are whole numbers, which ids are in the
// message.
func onlyDigits(shapes []string) bool {
	return !slices.ContainsFunc(shapes, func(s string) bool { return strings.Trim(s, "9") != "" })
}

// coded tells whether a field holds a code, which exports often write out.
func coded(f record.Field) bool { return f.Type().Base == record.Enum || f.Type().Base == record.Short }

// dateOfShape returns the date format a shape has, where it is not one that
// is tried anyway.
func dateOfShape(shape string) string {
	switch shape {
	case "99/99/9999":
		return "dd/mm/yyyy"
	case "9999/99/99":
		return "yyyy/mm/dd"
	case "99-99-9999":
		return "dd-mm-yyyy"
	case "99999":
		return string(table.Excel)
	}
	if rest, ok := strings.CutPrefix(shape, "99.99.9999 "); ok && rest != "" {
		return "dd.mm.yyyy *"
	}
	return ""
}

// quote writes a text as YAML reads it back.
func quote(s string) string { return strconv.Quote(s) }

// oneLine keeps a name inside its comment.
func oneLine(s string) string { return strings.Trim(quote(s), `"`) }
