//go:build !windows

package ui

import (
	"io"
	"os"
)

// enableANSI tells whether the terminal knows escape sequences.
func enableANSI(io.Writer) bool { return os.Getenv("TERM") != "dumb" }
