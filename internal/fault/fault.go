// Package fault holds the errors a user sees: each has a kind, which decides
// the exit code, and a text in the language catalogue with a hint that says
// what to do. The package imports the standard library only.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what sort of failure it was. The values are the contract of
// `error.kind` in the JSON output.
type Kind string

// The kinds of failure. cmd/iplos holds the one table that maps them to exit
// codes.
const (
	Internal    Kind = "internal"
	Usage       Kind = "usage"
	Blocked     Kind = "blocked"
	Incomplete  Kind = "incomplete"
	Network     Kind = "network"
	Refused     Kind = "refused"
	Unknown     Kind = "unknown"
	Duplicate   Kind = "duplicate"
	Locked      Kind = "locked"
	Integrity   Kind = "integrity"
	Interrupted Kind = "interrupted"
)

// Error is a failure with a text for the user. The catalogue holds the text
// under ID and what to do about it under ID + ".hint".
type Error struct {
	Kind Kind
	ID   string
	// Args are name, value pairs for the text. They never hold an identity
	// number, a name or a secret.
	Args []any
	// Err is the cause, for logs and errors.Is; it may be nil.
	Err error
}

// New returns a failure without a cause.
func New(kind Kind, id string, args ...any) *Error {
	return &Error{Kind: kind, ID: id, Args: args}
}

// Wrap returns a failure with a cause. The user sees the text of ID, and the
// cause's own text only in the log and where the catalogue's text asks for
// {cause}.
func Wrap(err error, kind Kind, id string, args ...any) *Error {
	if err != nil && !slices.Contains(args, any("cause")) {
		args = append(slices.Clip(args), "cause", err.Error())
	}
	return &Error{Kind: kind, ID: id, Args: args, Err: err}
}

// Error returns the ID, the arguments and the cause, for logs and developers.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.ID)
	for i := 0; i+1 < len(e.Args); i += 2 {
		if e.Err != nil && e.Args[i] == "cause" {
			continue // it follows
		}
		fmt.Fprintf(&b, " %v=%q", e.Args[i], fmt.Sprint(e.Args[i+1]))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first Error in the chain, Internal for an
// error without one, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
