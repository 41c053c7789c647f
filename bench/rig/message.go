package rig

import (
	"bufio"
	"errors"
	"os"
	"strconv"

	"iplos/internal/sandbox/synth"
)

// Message writes a clean synthetic message of about so many MiB; how much a
// person takes is measured on a few of them first.
func Message(mebibytes, path string) error {
	size, err := strconv.ParseInt(mebibytes, 10, 64)
	if err != nil {
		return err
	}
	const few = 500
	sized, err := writeMessage(path, few)
	if err != nil {
		return err
	}
	_, err = writeMessage(path, int(size<<20*few/sized))
	return err
}

func writeMessage(path string, persons int) (size int64, err error) {
	g, err := synth.New(synth.Options{Persons: max(persons, 1)})
	if err != nil {
		return 0, err
	}
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := g.WriteMessage(w); err != nil {
		return 0, err
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), f.Sync()
}
