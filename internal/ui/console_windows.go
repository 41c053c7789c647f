package ui

import (
	"errors"
	"io"

	"golang.org/x/sys/windows"
)

// enableANSI switches escape sequences on, which consoles before Windows 10
// do not have. Letters need no care: Go writes UTF-16 to a console, whatever
// its code page.
func enableANSI(w io.Writer) bool {
	f, ok := fileOf(w)
	if !ok {
		return false
	}
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// pipeClosed tells that whoever read the output has stopped.
func pipeClosed(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}
