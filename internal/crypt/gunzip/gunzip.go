// Package gunzip unpacks one gzip member on several processors. A packer that
// flushes and forgets what came before, as package parts does for every block
// of a message, leaves stretches that can be unpacked each on its own; any
// other stream is unpacked in one go.
package gunzip

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// ErrDamaged is input that is not exactly one whole gzip member.
var ErrDamaged = errors.New("not one whole gzip member")

const (
	// maxData is what one stretch unpacks to at most; a larger one is
	// unpacked as a stream.
	maxData = 512 << 10
	// minPacked is the least that is worth it to unpack on its own.
	minPacked = 4 << 10
	// maxPacked is how far the end of a stretch is looked for.
	maxPacked = 1 << 20
	// windowSize is how far deflate refers back (RFC 1951, 2).
	windowSize = 32 << 10
	// maxWorkers bounds the memory: a worker has up to two stretches.
	maxWorkers = 8
)

// Take is called with the blocks in order. What it returns is called in order
// too, beside the Take of blocks to come; the block is theirs until then.
type Take func(block []byte) (then func() error, err error)

// Copy unpacks in and gives take what is in it. It returns ErrDamaged, or the
// error of in or take.
func Copy(ctx context.Context, in io.Reader, take Take) error {
	r := bufio.NewReaderSize(input{in}, 64<<10)
	if _, err := gzip.NewReader(r); err != nil { // the header and no more, because r reads by byte
		return damaged(err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	u := &unpacker{ctx: ctx, cancel: cancel, take: take}
	workers := max(1, min(runtime.GOMAXPROCS(0), maxWorkers))
	u.free, u.work = make(chan *stretch, 2*workers), make(chan *stretch, 2*workers)
	for range cap(u.free) {
		u.free <- &stretch{}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(u.run)
	}
	if err := u.split(r); err != nil {
		cancel(err)
	}
	wg.Wait()
	for range cap(u.free) {
		s := <-u.free
		clear(s.data[:cap(s.data)])
		clear(s.packed[:cap(s.packed)])
	}
	return u.finish()
}

// stretch is a part of the stream that ends on a byte.
type stretch struct {
	packed, data  []byte
	whole         bool // data is all of packed, unpacked on its own
	before, after turn
}

// turn is the order in which stretches are taken, and passed on after that.
type turn struct{ take, then chan struct{} }

func newTurn() turn { return turn{make(chan struct{}), make(chan struct{})} }

type unpacker struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	free   chan *stretch
	work   chan *stretch
	// streaming: nothing more is unpacked on its own.
	streaming atomic.Bool

	// These are with whose turn it is.
	take   Take
	window []byte
	sum    uint32
	size   uint32 // modulo 2^32, as the end of the member has it
	pipe   *io.PipeWriter
	done   chan error
}

// run unpacks stretches, and when it is a stretch's turn passes it on, on the
// processor that has it in its cache.
func (u *unpacker) run() {
	var fr io.ReadCloser
	for s := range u.work {
		s.whole = false
		if !u.streaming.Load() && u.ctx.Err() == nil {
			s.unpack(&fr)
		}
		<-s.before.take
		then := u.check(u.pass(s))
		close(s.after.take)
		<-s.before.then
		_ = u.check(nil, then())
		close(s.after.then)
		u.free <- s
	}
}

// check stops at an error; after one, nothing more is done.
func (u *unpacker) check(then func() error, err error) func() error {
	if err != nil {
		u.cancel(err)
	}
	if then == nil || u.ctx.Err() != nil {
		return func() error { return nil }
	}
	return then
}

// hold copies packed, with room for an end behind it; memory that is given up
// for more is overwritten.
func (s *stretch) hold(packed []byte) {
	if need := len(packed) + len(end); cap(s.packed) < need {
		clear(s.packed[:cap(s.packed)])
		s.packed = make([]byte, 0, need)
	}
	s.packed = append(s.packed[:0], packed...)
}

// unpack puts an end behind the stretch: it is whole when exactly there the
// unpacking ends.
func (s *stretch) unpack(fr *io.ReadCloser) {
	src := bytes.NewReader(append(s.packed, end...)) // hold left room
	if *fr == nil {
		*fr = flate.NewReader(src)
	} else if err := (*fr).(flate.Resetter).Reset(src, nil); err != nil {
		return
	}
	if s.data == nil {
		s.data = make([]byte, maxData+1)
	}
	n, err := readFull(*fr, s.data[:maxData+1])
	s.data = s.data[:n]
	s.whole = errors.Is(err, io.EOF) && src.Len() == 0
}

// readFull reads until buf is full or there is an error, and returns that as
// it is: the end of the stream is another than a stream cut short.
func readFull(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

// pass gives a stretch on, or puts it into the stream that began with the
// first that was not whole.
func (u *unpacker) pass(s *stretch) (then func() error, err error) {
	if context.Cause(u.ctx) != nil {
		return nil, context.Cause(u.ctx)
	}
	if s.whole && u.pipe == nil {
		u.remember(s.data)
		return u.give(s.data)
	}
	if u.pipe == nil {
		u.streaming.Store(true)
		var r *io.PipeReader
		r, u.pipe = io.Pipe()
		u.done = make(chan error, 1)
		before := s.before.then
		go func() {
			<-before // everything taken so far is passed on
			err := u.stream(r)
			_ = r.CloseWithError(err) // never fails
			u.done <- err
		}()
	}
	_, err = u.pipe.Write(s.packed)
	return nil, err
}

func (u *unpacker) give(block []byte) (then func() error, err error) {
	u.sum = crc32.Update(u.sum, crc32.IEEETable, block)
	u.size += uint32(len(block)) //nolint:gosec // modulo 2^32 as RFC 1952 says
	return u.take(block)
}

// remember keeps what the stream may refer back to.
func (u *unpacker) remember(block []byte) {
	if len(block) >= windowSize {
		u.window = append(u.window[:0], block[len(block)-windowSize:]...)
		return
	}
	u.window = append(u.window, block...)
	u.window = append(u.window[:0], u.window[max(0, len(u.window)-windowSize):]...)
}

// damaged keeps an error of the input; everything else is the stream's fault.
func damaged(err error) error {
	if f, ok := errors.AsType[*inputError](err); ok {
		return f.err
	}
	return ErrDamaged
}

func (u *unpacker) finish() error {
	defer clear(u.window)
	err := context.Cause(u.ctx)
	if u.pipe == nil {
		if err == nil { // the member has no end
			err = ErrDamaged
		}
		return err
	}
	_ = u.pipe.CloseWithError(err) // never fails; nil is the end
	if streamed := <-u.done; err == nil {
		err = streamed
	}
	return err
}
