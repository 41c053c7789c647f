package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"iplos/internal/atomicfile"
	"iplos/internal/disk"
	"iplos/internal/fault"
)

// exit is a row of the one table from kinds of failure to exit codes, which
// scripts rely on. The texts are in the catalogue under "exit.<kind>".
type exit struct {
	kind fault.Kind
	code int
}

// text is the id of what the code means.
func (e exit) text() string {
	if e.code == 0 {
		return "exit.ok"
	}
	return "exit." + string(e.kind)
}

func exits() []exit {
	return []exit{
		{"", 0},
		{fault.Internal, 1},
		{fault.Usage, 2},
		{fault.Blocked, 3},
		{fault.Incomplete, 4},
		{fault.Network, 5},
		{fault.Refused, 6},
		{fault.Unknown, 7},
		{fault.Duplicate, 8},
		{fault.Locked, 9},
		{fault.Integrity, 10},
		{fault.Interrupted, 130},
	}
}

func exitCode(err error) int {
	kind := fault.Kind("")
	if err != nil {
		kind = asFault(err).Kind
	}
	for _, e := range exits() {
		if e.kind == kind {
			return e.code
		}
	}
	return 1
}

// asFault gives an error without a text for the user one.
func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	path, cause := "", ""
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		path, cause = p.Path, p.Err.Error()
	} else if l, ok := errors.AsType[*os.LinkError](err); ok {
		path, cause = l.New, l.Err.Error()
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Interrupted, "ui.interrupted")
	case errors.Is(err, atomicfile.ErrFolder):
		return fault.Wrap(err, fault.Usage, "file.folder", "file", path)
	case errors.Is(err, atomicfile.ErrExists):
		return fault.Wrap(err, fault.Usage, "file.exists", "file", path)
	case disk.IsFull(err):
		return fault.Wrap(err, fault.Usage, "file.disk-full", "file", path)
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Usage, "file.permission", "file", path)
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Usage, "file.missing", "file", path)
	case readFolder(err):
		return fault.Wrap(err, fault.Usage, "ui.folder", "file", path)
	case path != "":
		// A name too long, a file where a folder is wanted, a disk that
		// answers no more: nothing the program could have done better.
		return fault.Wrap(err, fault.Usage, "file.unusable", "file", path, "cause", cause)
	default:
		return fault.Wrap(err, fault.Internal, "ui.internal", "cause", err.Error())
	}
}

// readFolder tells whether a folder stood where a file was to be read; systems
// say so in different words.
func readFolder(err error) bool {
	p, ok := errors.AsType[*fs.PathError](err)
	if !ok || p.Op != "read" {
		return false
	}
	info, err := os.Stat(p.Path)
	return err == nil && info.IsDir()
}
