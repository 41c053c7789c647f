package ui

import (
	"errors"
	"io"
	"os"
	"sync"

	"iplos/internal/disk"
	"iplos/internal/fault"
)

// Result is standard output that keeps its first error, so that one look at
// the end of a run tells whether the answer arrived, whichever part of the
// program wrote it.
type Result struct {
	to   io.Writer
	mu   sync.Mutex
	lost error
}

// NewResult returns a Result that writes to a stream.
func NewResult(to io.Writer) *Result { return &Result{to: to} }

// Write implements io.Writer. After the first error nothing more is written:
// an answer with a hole in it could be taken for a whole one.
func (r *Result) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost != nil {
		return 0, r.lost
	}
	n, err := r.to.Write(p)
	switch {
	case err == nil:
		return n, nil
	case pipeClosed(err):
		return n, err // a reader that has seen enough, such as head, is no failure
	case disk.IsFull(err):
		r.lost = fault.Wrap(err, fault.Usage, "ui.output-full")
	default:
		r.lost = fault.Wrap(err, fault.Usage, "ui.output-lost", "cause", systemText(err))
	}
	return n, r.lost
}

// Lost returns the fault that kept the answer from standard output, nil when
// all of it was written or its reader went away.
func (r *Result) Lost() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}

// systemText is what the operating system says, without the stream's name.
func systemText(err error) string {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// fileOf returns the file behind a stream, if there is one.
func fileOf(stream any) (*os.File, bool) {
	if r, ok := stream.(*Result); ok {
		stream = r.to
	}
	f, ok := stream.(*os.File)
	return f, ok
}
