// Package spill keeps on disk, encrypted, what memory has no room for while
// the program runs.
package spill

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"slices"

	"iplos/internal/fault"
)

// File is a temporary file of blocks, each encrypted with AES-256-GCM under a
// key that lives only in this process. It is made with the first block. The
// system removes it when it is closed, and when the process ends in any way;
// what a failing disk leaves is noise without the key.
//
// A File is not safe for concurrent use.
type File struct {
	dir  string
	file *os.File // nil until the first block
	aead cipher.AEAD
	size int64
	buf  []byte
	err  error // of a block that was not written whole: there is no other
}

// New returns a file that will lie in the folder, or in the system's for
// temporary files when dir is empty.
func New(dir string) *File { return &File{dir: dir} }

// Append encrypts a block and returns where it lies, to be told to Read. An
// error is a fault of the user's machine.
func (f *File) Append(block []byte) (at int64, err error) {
	if f.file == nil {
		if err := f.create(); err != nil {
			return 0, err
		}
	}
	if f.err != nil {
		return 0, f.err
	}
	at = f.size
	f.buf = f.aead.Seal(f.buf[:0], f.nonce(at), block, nil)
	if _, err := f.file.WriteAt(f.buf, at); err != nil {
		f.err = broken(err) // the place, and with it the nonce, is used up
		return 0, f.err
	}
	f.size += int64(len(f.buf))
	return at, nil
}

// Read appends to dst the block of so many bytes that Append put there.
func (f *File) Read(dst []byte, at int64, length int) ([]byte, error) {
	f.buf = slices.Grow(f.buf[:0], length+f.aead.Overhead())[:length+f.aead.Overhead()]
	if _, err := f.file.ReadAt(f.buf, at); err != nil {
		return nil, broken(err)
	}
	block, err := f.aead.Open(dst, f.nonce(at), f.buf, nil)
	if err != nil {
		return nil, broken(err)
	}
	return block, nil
}

// Close removes the file, if there is one.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

func (f *File) create() error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, see crypto/rand
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("making the spill's cipher: %w", err)
	}
	if f.aead, err = cipher.NewGCM(block); err != nil {
		return fmt.Errorf("making the spill's cipher: %w", err)
	}
	if f.file, err = createNameless(f.dir); err != nil {
		return broken(err)
	}
	return nil
}

// nonce is the block's place, which no other block has.
func (f *File) nonce(at int64) []byte {
	n := make([]byte, f.aead.NonceSize())
	binary.LittleEndian.PutUint64(n, uint64(at)) //nolint:gosec // never negative
	return n
}

func broken(err error) error {
	return fault.Wrap(err, fault.Usage, "file.spill", "cause", err)
}
