// Package crypt seals a message into a package that the receiver opens with
// standard tools, and opens packages again: identities apart from content,
// nothing readable on disk, whole or not at all.
//
// The format, iplos-envelope/1, is written down in docs/envelope.md. It is
// one row of [Envelopes]: another envelope is one more file and row.
package crypt
