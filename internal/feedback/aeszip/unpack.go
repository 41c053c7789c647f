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

// unpack writes an entry, whose ciphertext has been authenticated under this
// key, to w. The tag says that the bytes are the sender's; length, leftovers
// and CRC catch a sender that was wrong.
func (u *unlocker) unpack(ctx context.Context, e *entry, key []byte, w io.Writer) error {
	c, err := newCTR(key)
	if err != nil {
		return err
	}
	start, n := e.ciphertext()
	src := &plain{ctx: ctx, src: u.src, ctr: c, pos: start, left: n}
	if e.aes.method == zip.Store {
		return u.copyOut(e, src, w)
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
	if err := u.copyOut(e, unpacked, w); err != nil {
		return err
	}
	if buffered.Buffered() > 0 || src.left > 0 {
		return damaged(e, errors.New("bytes left over after the compressed data"))
	}
	return nil
}

// copyOut copies exactly the declared number of bytes.
func (u *unlocker) copyOut(e *entry, r io.Reader, w io.Writer) error {
	var sum uint32
	var total int64
	for {
		n, err := r.Read(u.buf)
		if total += int64(n); total > e.Bytes {
			return damaged(e, fmt.Errorf("more than the declared %d bytes", e.Bytes))
		}
		if e.aes.version == 1 {
			sum = crc32.Update(sum, crc32.IEEETable, u.buf[:n])
		}
		if _, werr := w.Write(u.buf[:n]); werr != nil {
			return writeFault(werr)
		}
		if u.checked != nil && n > 0 {
			u.checked(int64(n))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return decompressFault(e, err)
		}
	}
	if total != e.Bytes {
		return damaged(e, fmt.Errorf("%d of the declared %d bytes", total, e.Bytes))
	}
	if e.aes.version == 1 && sum != e.crc {
		return damaged(e, errors.New("the CRC differs"))
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
