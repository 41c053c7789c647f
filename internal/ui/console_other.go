//go:build !windows

package ui

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// enableANSI tells whether the terminal knows escape sequences.
func enableANSI(io.Writer) bool { return os.Getenv("TERM") != "dumb" }

// pipeClosed tells that whoever read the output has stopped. Commonly the
// signal that comes with it has ended the program before.
func pipeClosed(err error) bool { return errors.Is(err, syscall.EPIPE) }
