package main

import (
	"fmt"
	"strings"

	"iplos/internal/extract"
)

// printDescription shows an export's tables and columns: names and shapes,
// never values.
func (a *app) printDescription(d *extract.Description, profile string) {
	a.Say("describe.kind", "kind", d.Kind, "encoding", d.Encoding, "version", d.Version)
	for _, t := range d.Tables {
		a.printTable(t)
	}
	if len(d.Missing) > 0 {
		fmt.Fprintln(a.OutText())
		a.Say("describe.missing")
		for _, m := range d.Missing {
			fmt.Fprintf(a.OutText(), "  %s.%s\n", m.Class, m.Field)
		}
	}
	if profile != "" {
		a.Say("describe.profile-written", "file", profile)
	} else if d.Proposal != "" {
		fmt.Fprintln(a.OutText())
		a.Say("describe.profile-hint")
	}
}

func (a *app) printTable(t extract.TableDescription) {
	class := t.Class
	if class == "" {
		class = a.T("describe.unmapped")
		if t.Guess != "" {
			class += " (" + a.T("describe.guess", "guess", t.Guess) + ")"
		}
	}
	fmt.Fprintln(a.OutText())
	text := "describe.table"
	if t.More {
		text = "describe.table-more"
	}
	a.Say(text, "name", t.Name, "class", class, "encoding", t.Encoding, "delimiter", t.Delimiter, "rows", t.Rows)
	if t.SkipRows > 0 {
		fmt.Fprintln(a.OutText(), "  "+a.T("describe.skip", "count", t.SkipRows))
	}
	if t.Problem != nil {
		fmt.Fprintln(a.OutText(), "  "+a.T(t.Problem.ID, t.Problem.Args...))
		return
	}
	w := a.table()
	for _, c := range t.Columns {
		field := c.Field
		if field == "" {
			field = "–"
			if c.Guess != "" {
				field = c.Guess + "?"
			}
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", c.Name, field, strings.Join(c.Shapes, "  "))
	}
	_ = w.Flush() // the terminal's own errors show by themselves
}
