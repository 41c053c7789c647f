package record

import "fmt"

// SyntaxError is why the input cannot be read as a message: it is not
// well-formed, breaks the subset of XML this package reads, or passes one of
// its limits. Reading stops there.
type SyntaxError struct {
	// Code names the fault ("end-tag", "encoding", "truncated"); each has a
	// text in the language catalogue under "xml.<code>".
	Code string
	// Name is the element, attribute or entity concerned, if any.
	Name string
	// Line and Column are where the fault stands, from 1; Column counts
	// characters. Offset is the byte offset in the decoded UTF-8 text.
	Line, Column int
	Offset       int64
}

// Error returns the position and the code, for developers.
func (e *SyntaxError) Error() string {
	if e.Name != "" {
		return fmt.Sprintf("line %d, column %d: %s %q", e.Line, e.Column, e.Code, e.Name)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Code)
}
