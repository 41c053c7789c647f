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

	"iplos/internal/fault"
)

// plain reads an entry's decrypted bytes, still compressed.
type plain struct {
	ctx  context.Context //nolint:containedctx // io.Reader has no place for it
	src  io.ReaderAt
	ctr  *ctr
	pos  int64
	left int64
}

func (p *plain) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	if err := p.ctx.Err(); err != nil {
		return 0, fmt.Errorf("decrypting: %w", err)
	}
	b = b[:min(int64(len(b)), p.left)]
	n, err := p.src.ReadAt(b, p.pos)
	if n < len(b) {
		return 0, readFault(err)
	}
	p.ctr.xor(b)
	p.pos, p.left = p.pos+int64(n), p.left-int64(n)
	return n, nil
}

func (p *plain) remaining() int64 { return p.left }

// Close is there because large entries need it.
func (p *plain) Close() {}

// decrypted is an entry's bytes, still compressed: plain or ahead.
type decrypted interface {
	io.Reader
	remaining() int64
	Close()
}

// decrypt returns the bytes of an entry whose ciphertext has been
// authenticated under this key.
func (u *unlocker) decrypt(ctx context.Context, e *entry, key []byte) (decrypted, error) {
	start, n := e.ciphertext()
	if n >= aheadFrom {
		workers, err := decryptors(key)
		if err != nil {
			return nil, err
		}
		return readAhead(ctx, u.src, start, n, workers...), nil
	}
	c, err := newCTR(key)
	if err != nil {
		return nil, err
	}
	return &plain{ctx: ctx, src: u.src, ctr: c, pos: start, left: n}, nil
}

// unpack writes an entry to w. The tag says that the bytes are the sender's;
// length, leftovers and CRC catch a sender that was wrong.
func (u *unlocker) unpack(ctx context.Context, e *entry, key []byte, w io.Writer) error {
	src, err := u.decrypt(ctx, e, key)
	if err != nil {
		return err
	}
	defer src.Close()
	out := &checked{w: w, e: e, progress: u.progress}
	if e.aes.method == zip.Store {
		return out.copy(src, u.buf)
	}
	// A bufio.Reader is a ByteReader, so the decompressors take no byte
	// beyond their own end, and what is left over can be seen.
	buffered := bufio.NewReaderSize(src, chunk)
	var unpacked io.Reader
	if e.aes.method == methodBzip2 {
		unpacked = bzip2.NewReader(buffered)
	} else {
		unpacked = flate.NewReader(buffered)
	}
	if err := out.copy(unpacked, u.buf); err != nil {
		return err
	}
	if buffered.Buffered() > 0 || src.remaining() > 0 {
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
	if c.progress != nil && len(p) > 0 {
		c.progress(int64(len(p)))
	}
	return len(p), nil
}

// copy takes all of r, and tells whether it was what the archive declares.
func (c *checked) copy(r io.Reader, buf []byte) error {
	if _, err := io.CopyBuffer(c, r, buf); err != nil {
		return decompressFault(c.e, err)
	}
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
