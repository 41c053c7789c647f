package extract

import (
	"iplos/internal/record"
	"iplos/internal/table"
)

// schema describes the message to the mapping profiles. The ..PeID of child
// rows is no field of theirs: it is the key they are joined by. A nil profile
// gives every field of every version.
func schema(p *record.Profile) table.Schema {
	var s table.Schema
	for c := record.Innhinfo; c < record.NumClasses; c++ {
		class := table.Class{Name: c.String(), Header: c == record.Innhinfo || c == record.Kontakt}
		if c == record.PersonRow {
			class.Key = record.PePeID.Name()
		} else if f := c.PersonIDField(); f != record.NoField {
			class.Key = f.Name()
		}
		for _, f := range c.Fields() {
			if f == c.PersonIDField() {
				continue
			}
			class.Fields = append(class.Fields, table.Field{
				Name: f.Name(), Kind: kindOf(f), Width: width(f),
				Required: p != nil && p.Cardinality(f) == record.One,
			})
		}
		s = append(s, class)
	}
	return s
}

func kindOf(f record.Field) table.Kind {
	switch f.Type().Base {
	case record.Date8:
		return table.Date
	case record.Month6:
		return table.Month
	case record.Decimal:
		return table.Decimal
	case record.Int, record.Short:
		return table.Number
	default:
		return table.Text
	}
}

// width is the number of digits of the fields whose leading zeros a
// spreadsheet drops.
func width(f record.Field) int {
	switch f {
	case record.IiKomnr, record.PeKomnr:
		return 4
	case record.IiBydelsnr, record.PeBydelsnr:
		return 2
	case record.PeFnr:
		return 11
	default:
		return 0
	}
}

// fieldsOf returns the message fields of a bound table, in the order of its
// values.
func fieldsOf(b *table.Binding, c record.Class) []record.Field {
	var out []record.Field
	for _, i := range b.Fields() {
		out = append(out, record.FieldByName(c, b.Class.Fields[i].Name))
	}
	return out
}
