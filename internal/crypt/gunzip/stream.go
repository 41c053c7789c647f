package gunzip

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
)

// stream unpacks the rest, up to the end of the member and of the input.
func (u *unpacker) stream(in io.Reader) error {
	r := bufio.NewReaderSize(in, 64<<10)
	fr := flate.NewReaderDict(r, u.window)
	block := make([]byte, maxData)
	defer clear(block)
	for {
		n, err := readFull(fr, block)
		if n > 0 {
			then, err := u.give(block[:n])
			if err != nil {
				return err
			}
			if err := then(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged(err)
		}
	}
	var last [8]byte
	if _, err := io.ReadFull(r, last[:]); err != nil {
		return damaged(err)
	}
	if binary.LittleEndian.Uint32(last[:]) != u.sum || binary.LittleEndian.Uint32(last[4:]) != u.size {
		return ErrDamaged
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return damaged(err)
	}
	return nil
}

// inputError is an error of the input, told from those of unpacking.
type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }

// input marks the errors of a reader.
type input struct{ io.Reader }

func (i input) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &inputError{err}
	}
	return n, err
}
