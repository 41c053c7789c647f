package journal

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"iplos/internal/finding"
)

// maxText bounds a text that came from a person or a server, in bytes.
const maxText = 8 << 10

// guard keeps identities out of a line. Texts from people and servers are
// blotted; the program's own names, ids and hashes are not touched, since a
// random id can look like a number and must stay what it is. An account with
// an identity in it would be a bug: it is not written.
func (j *Journal) guard(e *Entry) error {
	clean := j.clean
	e.Confirmation, e.Reference, e.Reason = clean(e.Confirmation), clean(e.Reference), clean(e.Reason)
	if e.Source != nil {
		// The folders above an export can be named after anybody.
		e.Source = &finding.Input{Path: clean(filepath.Base(e.Source.Path)), SHA256: e.Source.SHA256, Bytes: e.Source.Bytes}
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
	if j.opts.Redact != nil && j.opts.Redact(string(e.Account)) != string(e.Account) {
		return fmt.Errorf("writing a journal entry: the account holds an identity number")
	}
	return nil
}

func (j *Journal) clean(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	if j.opts.Redact != nil {
		s = j.opts.Redact(s)
	}
	return s
}
