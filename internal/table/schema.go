package table

import "strings"

// Schema says which classes and fields tables can feed: the message for an
// export, the error lists for feedback.
type Schema []Class

// Class is a kind of row.
type Class struct {
	Name   string
	Fields []Field
	// Key is the field whose column holds the person key when the profile
	// names none: tables join by it. It may be empty.
	Key string
	// Header marks the class of which there is one row, without a key.
	Header bool
}

// Field is one value of a row.
type Field struct {
	Name string
	Kind Kind
	// Width is the exact length of a number whose leading zeros spreadsheets
	// lose ("0403" is 4), or 0.
	Width int
	// Required says that a complete row has it.
	Required bool
}

// Kind says how a field's texts are rewritten.
type Kind uint8

// The kinds of field.
const (
	Text    Kind = iota
	Number       // a whole number
	Decimal      // point before the decimals
	Date         // yyyymmdd
	Month        // yyyymm
)

// Class returns the class with that name in any case, or nil.
func (s Schema) Class(name string) *Class {
	for i := range s {
		if strings.EqualFold(s[i].Name, name) {
			return &s[i]
		}
	}
	return nil
}

// Field returns the index of the field with that name in any case, or -1.
func (c *Class) Field(name string) int {
	for i := range c.Fields {
		if strings.EqualFold(c.Fields[i].Name, name) {
			return i
		}
	}
	return -1
}

// FieldNames returns the names in order.
func (c *Class) FieldNames() []string {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Name
	}
	return names
}
