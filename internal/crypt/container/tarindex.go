package container

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// A tar is read by this file and not by archive/tar, which forgives what
// must be refused here: bytes in the padding, a damaged checksum's
// terminator, extension headers, data after the end.

const block = 512

// Offsets and lengths of the ustar header (POSIX.1, pax, "ustar Interchange
// Format").
const (
	nameLen     = 100
	sizeAt      = 124
	sizeLen     = 12
	sumAt       = 148
	sumLen      = 8
	typeAt      = 156
	magicAt     = 257
	prefixAt    = 345
	prefixLen   = 155
	regularFile = '0'
)

func (r *Reader) index(size int64) error {
	var head [block]byte
	for at := int64(0); ; {
		if _, err := r.tar.ReadAt(head[:], at); err != nil {
			return cutAt(r.lastName(), err)
		}
		if allZero(head[:]) {
			return r.checkEnd(at+block, size)
		}
		name, length, ok := parseHeader(head[:])
		if !ok || len(r.entries) == maxEntries {
			return fmt.Errorf("tar header at byte %d: %w", at, ErrDamaged)
		}
		data := at + block
		if length > size-data {
			return &EntryError{Name: name, Why: Cut}
		}
		if _, twice := r.offsets[name]; twice {
			return &EntryError{Name: name, Why: Duplicate}
		}
		r.offsets[name] = data
		r.entries = append(r.entries, Entry{Name: name, Bytes: length})
		pad := (block - length%block) % block
		if err := r.checkZero(data+length, pad); err != nil {
			return fmt.Errorf("after %q: %w", name, err)
		}
		at = data + length + pad
	}
}

func (r *Reader) lastName() string {
	if len(r.entries) == 0 {
		return "tar"
	}
	return r.entries[len(r.entries)-1].Name
}

func cutAt(name string, err error) error {
	if errors.Is(err, io.EOF) {
		return &EntryError{Name: name, Why: Cut}
	}
	return fmt.Errorf("reading the package: %w", err)
}

// checkEnd wants a second block of zeros and then nothing but zeros: tar
// programs fill up to a record.
func (r *Reader) checkEnd(at, size int64) error {
	const record = 20 * block
	if size-at < block {
		return &EntryError{Name: r.lastName(), Why: Cut}
	}
	if size-at > 2*record {
		return fmt.Errorf("after the end: %w", ErrDamaged)
	}
	return r.checkZero(at, size-at)
}

func (r *Reader) checkZero(at, n int64) error {
	buf := make([]byte, n) // at most two tar records
	if _, err := r.tar.ReadAt(buf, at); err != nil && n > 0 {
		return cutAt(r.lastName(), err)
	}
	if !allZero(buf) {
		return ErrDamaged
	}
	return nil
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// parseHeader reads one ustar header of a plain file. The sum covers every
// byte, and its own form is fixed, so that no change of one byte passes.
func parseHeader(h []byte) (name string, size int64, ok bool) {
	sum := 0
	for i, c := range h {
		if i >= sumAt && i < sumAt+sumLen {
			c = ' '
		}
		sum += int(c)
	}
	if !slices.Equal(h[sumAt:sumAt+sumLen], fmt.Appendf(nil, "%06o\x00 ", sum)) ||
		!bytes.HasPrefix(h[magicAt:], []byte("ustar")) || h[typeAt] != regularFile ||
		!allZero(h[prefixAt:prefixAt+prefixLen]) {
		return "", 0, false
	}
	rawName, rest, _ := bytes.Cut(h[:nameLen], []byte{0})
	digits := bytes.TrimRight(h[sizeAt:sizeAt+sizeLen], "\x00 ")
	size, err := strconv.ParseInt(string(digits), 8, 64)
	name = string(rawName)
	return name, size, err == nil && size >= 0 && allZero(rest) && plainName(name)
}
