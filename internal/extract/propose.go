package extract

import (
	"fmt"
	"strconv"
	"strings"

	"iplos/internal/record"
	"iplos/internal/table"
)

// propose writes a mapping profile to start from: what was found and guessed,
// with a comment on what a person has to look at.
func propose(tables []TableDescription, infos []table.Info) string {
	var b strings.Builder
	b.WriteString("# A mapping profile to start from, made by \"iplos extract --describe\".\n" +
		"# Guesses are guesses: go through each line, then run --describe with\n" +
		"# --profile and this file to see what is still missing.\n" +
		"profile: my-export\n\ntables:\n")
	some := false
	for i := range tables {
		if tables[i].Guess != "" {
			proposeTable(&b, &tables[i], infos[i])
			some = true
		}
	}
	if !some {
		b.WriteString("  # None of the tables looks like one of the message's classes. A table looks like this:\n" +
			"  - table: NAME\n    class: PERSON\n    key: COLUMN\n    fields:\n      peFnr: COLUMN\n")
	}
	for i := range tables {
		if tables[i].Guess == "" {
			fmt.Fprintf(&b, "  # not used: %s\n", oneLine(tables[i].File))
		}
	}
	return b.String()
}

func proposeTable(b *strings.Builder, t *TableDescription, info table.Info) {
	class := record.ClassByName(t.Guess)
	fmt.Fprintf(b, "  - table: %s\n    class: %s\n", quote(t.Name), class)
	if !info.Workbook && t.Delimiter != "" {
		fmt.Fprintf(b, "    encoding: %s\n    delimiter: %s\n", proposedEncoding(t.Encoding), quote(t.Delimiter))
	}
	if !t.Heading {
		b.WriteString("    header_row: false   # the first row looks like data\n")
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
		proposeKey(b, class, fields)
	}
	b.WriteString("    fields:\n")
	some := false
	for _, f := range class.Fields() {
		if f == class.PersonIDField() {
			continue
		}
		if c := fields[f]; c != nil {
			fmt.Fprintf(b, "      %s: %s\n", f.Name(), proposeField(f, c))
			some = true
			continue
		}
		if f == class.RowIDField() && class != record.PersonRow {
			fmt.Fprintf(b, "      %s: {serial: true}   # no column looks like it: numbered\n", f.Name())
			some = true
			continue
		}
		fmt.Fprintf(b, "      # %s:   # no column looks like it\n", f.Name())
	}
	if !some {
		b.WriteString("      {}\n")
	}
	for _, name := range loose {
		fmt.Fprintf(b, "      # column not used: %s\n", oneLine(name))
	}
}

func proposedEncoding(found string) string {
	if found == "us-ascii" || found == "" {
		return string(table.Auto)
	}
	return found
}

// proposeKey names the column with the person key, or asks for it.
func proposeKey(b *strings.Builder, class record.Class, fields map[record.Field]*ColumnDescription) {
	f := class.PersonIDField()
	if class == record.PersonRow {
		f = record.PePeID
	}
	if c := fields[f]; c != nil {
		fmt.Fprintf(b, "    key: %s\n", quote(c.Name))
		return
	}
	b.WriteString("    key: COLUMN   # the column that tells whose row it is\n")
}

// proposeField writes a column, with what its shapes tell about the way it is
// written.
func proposeField(f record.Field, c *ColumnDescription) string {
	if len(c.Shapes) == 0 {
		return quote(c.Name)
	}
	switch shape := c.Shapes[0]; {
	case kindOf(f) == table.Date || kindOf(f) == table.Month:
		if d := dateOfShape(shape); d != "" {
			return fmt.Sprintf("{column: %s, date: %q}", quote(c.Name), d)
		}
	case width(f) == 4 && shape == "999":
		return fmt.Sprintf("{column: %s, pad: 4}   # the leading zero is lost", quote(c.Name))
	case f.Type().Base == record.Enum && strings.ContainsRune(shape, 'A') && len(shape) > 1:
		return fmt.Sprintf("{column: %s, codes: {}}   # translate each word: {word: code}", quote(c.Name))
	}
	return quote(c.Name)
}

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
