package feedback

import (
	"errors"
	"slices"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/feedback/moveit"
	"iplos/internal/finding"
)

// Failure is a file that was not fetched, and why.
type Failure struct {
	ID, Name string
	Err      *fault.Error
}

// failed notes a fault of one file, which may be there for good, and tells
// whether it is one: it must not keep the others away. What the next file
// would meet too is none: no network, a session that has ended, a disk that
// is full.
func (r *PullResult) failed(f moveit.File, err error) bool {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || !slices.Contains(faultsOfFile(), e.ID) {
		return false
	}
	r.Failed = append(r.Failed, Failure{f.ID, f.Name, e})
	return true
}

// faultsOfFile are what the server can say of one file, and what its bytes
// can be.
func faultsOfFile() []string {
	return []string{
		"feedback.pull.blocked", "feedback.pull.broken", "feedback.pull.hash", "feedback.pull.size",
		"feedback.answer", "feedback.blocked", "feedback.forbidden", "feedback.gone", "feedback.redirect", "feedback.refused", "feedback.server",
	}
}

// failures makes one fault of them: it names the files, and has the kind and
// the hint of the worst.
func failures(all []Failure) error {
	if len(all) == 0 {
		return nil
	}
	worst := all[0]
	var names []string
	for _, f := range all {
		names = append(names, shown(f.Name))
		if badness(f.Err.Kind) > badness(worst.Err.Kind) {
			worst = f
		}
	}
	args := append([]any{
		"count", len(all), "files", strings.Join(names, ", "),
		"why", finding.TextID(worst.Err.ID), "hint", finding.TextID(worst.Err.ID + ".hint"),
	}, worst.Err.Args...)
	if len(all) == 1 {
		return fault.Wrap(worst.Err, worst.Err.Kind, "feedback.pull.failed", args...)
	}
	return fault.Wrap(worst.Err, worst.Err.Kind, "feedback.pull.several", args...)
}

// badness orders the kinds: bytes that were changed are worse than a refusal,
// and that is worse than a connection that may be better tomorrow.
func badness(k fault.Kind) int {
	return slices.Index([]fault.Kind{fault.Network, fault.Refused, fault.Integrity}, k)
}
