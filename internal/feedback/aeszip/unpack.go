package aeszip

import (
	"archive/zip"
	"bufio"
	"compress/bzip2"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the format's own
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/klauspost/compress/flate"

	"iplos/internal/fault"
)

// unpack writes an entry to w, and returns nil when the tag, the length and
// the checksum are right: until then w may hold what nobody vouches for.
// restart is called to throw that away, where a wrong password has passed for
// the right one and another is tried.
func (u *unlocker) unpack(ctx context.Context, e *entry, w io.Writer, restart func() error) error {
	return u.unlock(e, func(k keys) (bool, error) {
		out := &checked{w: w, e: e, progress: u.progress}
		if e.aes.method != zip.Store {
			ok, err := u.authentic(ctx, e, k.mac)
			if !ok || err != nil {
				return false, err
			}
			return true, u.inflate(ctx, e, k, out)
		}
		ok, err := u.stored(ctx, e, k, out)
		if !ok && err == nil {
			out.tell(-out.total)
			err = restart()
		}
		return ok, err
	})
}

// stored writes an entry that is not compressed, in one pass: the second core
// takes the tag of the ciphertext while this one decrypts and writes. A
// decompressor never sees bytes that may be forged, but writing them to a
// file that has no name yet harms nobody.
func (u *unlocker) stored(ctx context.Context, e *entry, k keys, out *checked) (bool, error) {
	c, err := newCTR(k.encrypt)
	if err != nil {
		return false, err
	}
	mac := hmac.New(sha1.New, k.mac)
	start, n := e.ciphertext()
	src := readAhead(ctx, u.src, start, n, func(p []byte) { _, _ = mac.Write(p) }) // a hash does not fail
	defer src.Close()
	for {
		p, err := src.next()
		if err == io.EOF { //nolint:errorlint // our own
			break
		}
		if err != nil {
			return false, err
		}
		c.xor(p)
		if _, err := out.Write(p); err != nil {
			return false, err
		}
	}
	ok, err := u.sameTag(e, mac)
	if !ok || err != nil {
		return false, err
	}
	return true, out.whole()
}

// inflate writes an entry whose tag was right. The tag says that the bytes are
// the sender's; length, leftovers and CRC catch a sender that was wrong.
func (u *unlocker) inflate(ctx context.Context, e *entry, k keys, out *checked) error {
	c, err := newCTR(k.encrypt)
	if err != nil {
		return err
	}
	start, n := e.ciphertext()
	src := readAhead(ctx, u.src, start, n, c.xor)
	defer src.Close()
	// A bufio.Reader is a ByteReader, so the decompressors take no byte
	// beyond their own end, and what is left over can be seen.
	buffered := bufio.NewReaderSize(src, chunk)
	var unpacked io.Reader
	if e.aes.method == methodBzip2 {
		unpacked = bzip2.NewReader(buffered)
	} else {
		unpacked = flate.NewReader(buffered)
	}
	if _, err := io.CopyBuffer(out, unpacked, u.buf); err != nil {
		return decompressFault(e, err)
	}
	if err := out.whole(); err != nil {
		return err
	}
	if buffered.Buffered() > 0 || src.left > 0 {
		return damaged(e, errors.New("bytes left over after the compressed data"))
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
		return 0, writeFault(err)
	}
	c.tell(int64(len(p)))
	return len(p), nil
}

func (c *checked) tell(n int64) {
	if c.progress != nil && n != 0 {
		c.progress(n)
	}
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

func writeFault(err error) error {
	return fault.Wrap(err, fault.Usage, "zip.write", "cause", err)
}
