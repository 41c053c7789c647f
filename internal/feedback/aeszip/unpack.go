package aeszip

import (
	"archive/zip"
	"bufio"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/klauspost/compress/flate"

	"iplos/internal/disk"
	"iplos/internal/fault"
)

// unpack writes an entry to w. The tag of the whole ciphertext is right before
// the first byte is decrypted.
func (u *unlocker) unpack(ctx context.Context, e *entry, w io.Writer) error {
	k, err := u.unlock(ctx, e)
	if err != nil {
		return err
	}
	c, err := newCTR(k.encrypt)
	if err != nil {
		return err
	}
	start, n := e.ciphertext()
	src := readAhead(ctx, u.src, start, n, c.xor)
	defer src.Close()
	out := &checked{w: w, e: e, progress: u.progress}
	if e.aes.method == zip.Store {
		_, err = src.WriteTo(out)
	} else {
		err = u.inflate(src, out)
	}
	if err != nil {
		return err
	}
	return out.whole()
}

// inflate writes an entry that is compressed. The tag has said that the bytes
// are the sender's; length, leftovers and CRC catch a sender that was wrong.
func (u *unlocker) inflate(src *ahead, out *checked) error {
	// A bufio.Reader is a ByteReader, so the decompressors take no byte
	// beyond their own end, and what is left over can be seen.
	buffered := bufio.NewReaderSize(src, chunk)
	var unpacked io.Reader
	if out.e.aes.method == methodBzip2 {
		unpacked = bzip2.NewReader(buffered)
	} else {
		unpacked = flate.NewReader(buffered)
	}
	if _, err := io.CopyBuffer(out, unpacked, u.buf); err != nil {
		return decompressFault(out.e, err)
	}
	if buffered.Buffered() > 0 || src.left > 0 {
		return damaged(out.e, errors.New("bytes left over after the compressed data"))
	}
	return nil
}

// checked passes on exactly the declared number of bytes.
type checked struct {
	w        io.Writer
	e        *entry
	progress func(int64)
	sum      uint32
	total    int64
}

func (c *checked) Write(p []byte) (int, error) {
	if c.total += int64(len(p)); c.total > c.e.Bytes {
		return 0, damaged(c.e, fmt.Errorf("more than the declared %d bytes", c.e.Bytes))
	}
	if c.e.aes.version == 1 {
		c.sum = crc32.Update(c.sum, crc32.IEEETable, p)
	}
	if _, err := c.w.Write(p); err != nil {
		return 0, writeFault(err, c.e.Name)
	}
	if c.progress != nil {
		c.progress(int64(len(p)))
	}
	return len(p), nil
}

// whole tells whether what came was what the archive declares.
func (c *checked) whole() error {
	if c.total != c.e.Bytes {
		return damaged(c.e, fmt.Errorf("%d of the declared %d bytes", c.total, c.e.Bytes))
	}
	if c.e.aes.version == 1 && c.sum != c.e.crc {
		return damaged(c.e, errors.New("the CRC differs"))
	}
	return nil
}

// decompressFault tells a fault of reading from one of the data.
func decompressFault(e *entry, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return damaged(e, err)
}

func damaged(e *entry, cause error) error {
	return fault.Wrap(cause, fault.Integrity, "zip.damaged", "entry", strconv.Quote(e.Name))
}

// writeFault names the entry when the disk is full, as every other command
// names the file it was writing.
func writeFault(err error, name string) error {
	if disk.IsFull(err) {
		return fault.Wrap(err, fault.Usage, "file.disk-full", "file", name)
	}
	return fault.Wrap(err, fault.Usage, "zip.write", "cause", err)
}
