package journal

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"iplos/internal/finding"
	"iplos/internal/ident"
)

// maxText bounds a text that came from a person or a server, in bytes.
const maxText = 8 << 10

// guard keeps identities out of a line. Texts from people and servers are
// blotted; the program's own names, ids and hashes are not touched, since a
// random id can look like a number and must stay what it is. An account with
// an identity in it would be a bug: it is not written.
func guard(e *Entry) error {
	e.Confirmation, e.Reference, e.Reason = clean(e.Confirmation), clean(e.Reference), clean(e.Reason)
	if e.Source != nil {
		// The folders above an export can be named after anybody.
		e.Source = &finding.Input{Path: clean(filepath.Base(e.Source.Path)), SHA256: e.Source.SHA256, Bytes: e.Source.Bytes}
	}
	if e.PackagePath != "" {
		e.PackagePath = guardPath(e.PackagePath)
	}
	e.Keys = slices.Clone(e.Keys)
	for i := range e.Keys {
		e.Keys[i].ConfirmedBy = clean(e.Keys[i].ConfirmedBy)
	}
	e.Answers = slices.Clone(e.Answers)
	for i := range e.Answers {
		e.Answers[i].Answer = clean(e.Answers[i].Answer)
	}
	e.Overrides = maps.Clone(e.Overrides)
	for rule, reason := range e.Overrides {
		e.Overrides[rule] = clean(reason)
	}
	if ident.Contains(string(e.Account)) {
		return fmt.Errorf("writing a journal entry: the account holds an identity number")
	}
	return nil
}

// guardPath makes a path whole, so that it can be used from any folder. One
// with an identity in it is left out: blotted it would lead nowhere.
func guardPath(path string) string {
	whole, err := filepath.Abs(path)
	if err != nil {
		whole = path
	}
	if ident.Contains(whole) {
		return ""
	}
	return whole
}

func clean(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return ident.Redact(s)
}
