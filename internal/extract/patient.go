package extract

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// patient reads what may never say anything: a pipe that nobody writes to, a
// terminal where nothing is typed. Opening and reading it block where no
// context reaches, so a goroutine does both, and is left behind when the
// context ends first. Then the run ends, and the process with it.
type patient struct {
	*io.PipeReader
	ctx  context.Context //nolint:containedctx // the reading's own
	stop func() bool
}

func newPatient(ctx context.Context, open func() (io.ReadCloser, error)) *patient {
	r, w := io.Pipe()
	p := &patient{PipeReader: r, ctx: ctx}
	p.stop = context.AfterFunc(ctx, func() { _ = r.CloseWithError(ctx.Err()) }) // never fails
	go func() {
		src, err := open()
		if err == nil {
			_, err = io.Copy(w, src)
			_ = src.Close() // only read from
		}
		_ = w.CloseWithError(err) // never fails; nil is the end
	}()
	return p
}

// Read tells of a context that has ended rather than of the pipe closed for
// it.
func (p *patient) Read(b []byte) (int, error) {
	n, err := p.PipeReader.Read(b)
	if err != nil && p.ctx.Err() != nil {
		err = p.ctx.Err()
	}
	return n, err
}

// Close ends the reading; what the goroutine still reads goes nowhere.
func (p *patient) Close() error {
	p.stop()
	return p.PipeReader.Close()
}

// blocks tells whether reading a file may wait for somebody: it is a pipe, a
// terminal or the like.
func blocks(mode fs.FileMode) bool {
	return mode&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice|fs.ModeCharDevice) != 0
}

// openStdin takes standard input as it is where it is a file on a disk or no
// file at all, and else patiently.
func openStdin(ctx context.Context, stdin io.Reader) (io.Reader, io.Closer) {
	f, ok := stdin.(*os.File)
	if !ok {
		return stdin, nil
	}
	if info, err := f.Stat(); err == nil && !blocks(info.Mode()) {
		return stdin, nil
	}
	p := newPatient(ctx, func() (io.ReadCloser, error) { return io.NopCloser(f), nil })
	return p, p
}
