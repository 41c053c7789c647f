//go:build unix

package ui_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/ui"
)

// failing writes until its error is set.
type failing struct {
	bytes.Buffer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.Buffer.Write(p)
}

// The first error is kept, and nothing is written after it.
func TestResultKeepsItsFirstError(t *testing.T) {
	var to failing
	out := ui.NewResult(&to)
	fmt.Fprint(out, "a")
	to.err = &os.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("input/output error")}
	fmt.Fprint(out, "b")
	to.err = nil
	if _, err := fmt.Fprint(out, "c"); err == nil {
		t.Error("written after a hole")
	}
	f, ok := errors.AsType[*fault.Error](out.Lost())
	if !ok || f.Kind != fault.Usage || f.ID != "ui.output-lost" || fmt.Sprint(f.Args) != "[cause input/output error]" {
		t.Errorf("lost: %v", out.Lost())
	}
	if to.String() != "a" {
		t.Errorf("written: %q", to.String())
	}
}

func TestResultOnAFullDisk(t *testing.T) {
	out := ui.NewResult(&failing{err: syscall.ENOSPC})
	fmt.Fprint(out, "a")
	if f, ok := errors.AsType[*fault.Error](out.Lost()); !ok || f.ID != "ui.output-full" {
		t.Errorf("lost: %v", out.Lost())
	}
}

// A reader that has seen enough is told to whoever writes, and is no failure
// of the run.
func TestResultWithAReaderThatLeaves(t *testing.T) {
	out := ui.NewResult(&failing{err: syscall.EPIPE})
	if _, err := fmt.Fprint(out, "a"); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the writer is told %v", err)
	}
	if out.Lost() != nil {
		t.Errorf("lost: %v", out.Lost())
	}
}
