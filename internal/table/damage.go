package table

import (
	"errors"
	"fmt"
)

// DamageKind says what is wrong with a table's file.
type DamageKind string

// The kinds of damage.
const (
	// QuoteBare is a quote inside a field that does not start with one.
	QuoteBare DamageKind = "quote-bare"
	// QuoteOpen is a quote that is never closed, or not within MaxField.
	QuoteOpen DamageKind = "quote-open"
	// QuoteAfter is text between a closing quote and the next delimiter.
	QuoteAfter DamageKind = "quote-after"
	// FieldLong and RowLong are over MaxField and MaxRow.
	FieldLong DamageKind = "field-long"
	RowLong   DamageKind = "row-long"
	// ColumnsMany is a row of more than MaxColumns fields.
	ColumnsMany DamageKind = "columns-many"
	// ColumnsFewer and ColumnsMore are a row that differs from the header.
	ColumnsFewer DamageKind = "columns-fewer"
	ColumnsMore  DamageKind = "columns-more"
	// EncodingMixed is text that changes its encoding, or does not keep to
	// the one given.
	EncodingMixed DamageKind = "encoding-mixed"
	// EncodingDisguised is UTF-8 that is said to be something else.
	EncodingDisguised DamageKind = "encoding-disguised"
	// EncodingUTF32 is an encoding that is not read.
	EncodingUTF32 DamageKind = "encoding-utf32"
	// LineEnds is a heading with a carriage return in it: lines that end in
	// nothing else, as on old Macintoshes.
	LineEnds DamageKind = "line-ends"
	// NUL is a zero byte: a broken file, or none of text.
	NUL DamageKind = "nul"
	// Archive is an archive or workbook that does not unpack.
	Archive DamageKind = "archive"
	// Formula is a workbook cell with a formula and no saved value.
	Formula DamageKind = "formula"
	// Merged is a merged cell among the rows.
	Merged DamageKind = "merged"
	// Sheet is a sheet whose rows cannot all be read.
	Sheet DamageKind = "sheet"
)

// DamageError is a place where a table cannot be read. It never holds what
// stands there.
type DamageError struct {
	Kind DamageKind
	// File is the file or sheet, as the user knows it.
	File string
	// Line is the line, or the row of a sheet, and Column the character in
	// it, both from 1; 0 when unknown.
	Line, Column int
	// Cell is the cell of a sheet ("B7"), if that is what is known.
	Cell string
	// Want and Have count columns, for ColumnsFewer and ColumnsMore.
	Want, Have int
	// Err is the cause, if any.
	Err error
}

// Error describes the damage for developers; users get a text from the
// catalogue.
func (e *DamageError) Error() string {
	return fmt.Sprintf("%s, line %d, column %d: %s", e.File, e.Line, e.Column, e.Kind)
}

// Unwrap returns the cause.
func (e *DamageError) Unwrap() error { return e.Err }

// damageOf turns a decoder's error into a kind of damage.
func damageOf(err error) (DamageKind, bool) {
	switch {
	case errors.Is(err, ErrMixed), errors.Is(err, ErrHalf):
		return EncodingMixed, true
	case errors.Is(err, ErrDisguised):
		return EncodingDisguised, true
	case errors.Is(err, ErrUTF32):
		return EncodingUTF32, true
	case errors.Is(err, ErrNUL):
		return NUL, true
	default:
		return "", false
	}
}

// DamageKinds returns all kinds; each names a text "table.damage.<kind>".
func DamageKinds() []DamageKind {
	return []DamageKind{
		QuoteBare, QuoteOpen, QuoteAfter, FieldLong, RowLong, ColumnsMany, ColumnsFewer, ColumnsMore,
		EncodingMixed, EncodingDisguised, EncodingUTF32, LineEnds, NUL, Archive, Formula, Merged, Sheet,
	}
}
