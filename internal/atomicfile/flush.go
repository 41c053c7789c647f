package atomicfile

import (
	"io"
	"os"
)

// flushSize is how much is written before the disk is set to work: far more
// than a write, far less than what is worth waiting for at the end.
const flushSize = 16 << 20

// Flush has the system begin to put on disk what is written so far, beside
// the writing that goes on, so that the wait at the end is short. It is a
// hint.
func Flush(f *os.File) { flush(f) }

// Flushing returns a writer to f, which stays the caller's, that flushes
// whenever enough was written.
func Flushing(f *os.File) io.Writer { return &File{f: f} }

// wrote flushes when enough was written; several may write at once.
func (f *File) wrote(n int) {
	if f.unflushed.Add(int64(n)) >= flushSize {
		f.unflushed.Store(0)
		Flush(f.f)
	}
}
