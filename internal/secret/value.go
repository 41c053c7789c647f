// Package secret holds values that must not be seen: PINs, passwords and
// passphrases. A Value prints as [redacted] whatever prints it. The package
// imports the standard library only.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
)

// Redacted is what stands in the place of a secret.
const Redacted = "[redacted]"

// Value is a secret text. The zero Value is no secret. Copies share the
// bytes, so wiping one wipes all.
//
// Two pointers, since a Value in an unexported field is out of its methods'
// reach: fmt prints what one pointer points to when the verb does not fit.
type Value struct{ b **[]byte }

// New takes ownership of b.
func New(b []byte) Value {
	p := &b
	return Value{&p}
}

// FromString copies s. A Go string cannot be wiped: prefer New.
func FromString(s string) Value { return New([]byte(s)) }

// IsZero tells whether there is no secret or an empty one.
func (v Value) IsZero() bool { return len(v.Reveal()) == 0 }

// Reveal returns the secret's own bytes, for the one call that needs them.
// The caller must not keep, change or print them.
func (v Value) Reveal() []byte {
	if v.b == nil {
		return nil
	}
	return **v.b
}

// Len returns the length in bytes.
func (v Value) Len() int { return len(v.Reveal()) }

// Equal compares in constant time for equal lengths.
func (v Value) Equal(o Value) bool { return subtle.ConstantTimeCompare(v.Reveal(), o.Reveal()) == 1 }

// Wipe overwrites the bytes. Copies that the runtime or a library made are
// out of reach.
func (v Value) Wipe() {
	if v.b != nil {
		clear(**v.b)
		**v.b = nil
	}
}

// Format writes [redacted] for every verb and flag.
func (v Value) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, Redacted) }

// String returns [redacted].
func (v Value) String() string { return Redacted }

// GoString returns [redacted].
func (v Value) GoString() string { return Redacted }

// MarshalText returns [redacted], for JSON, YAML and XML encoders.
func (v Value) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
