package parts

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
)

// maxParts is what four digits name, 312 GiB of payload.
const maxParts = 9999

// Name returns the name of part n, from 1.
func Name(n int) string { return fmt.Sprintf("part-%04d.p7m", n) }

// ErrTooLarge is a payload of more parts than their names can number.
var ErrTooLarge = errors.New("more than 9999 parts")

// partSealer encrypts full part buffers and writes them, each on a goroutine
// of its own, so that one part is sealed while the next is filled. Buffers go
// round; each is with one goroutine at a time, and there are never more
// goroutines than buffers.
type partSealer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opts   Options
	sink   Sink

	free chan []byte
	jobs sync.WaitGroup
	sent int
	turn chan struct{} // closed when the part sent last has its place

	mu    sync.Mutex
	parts []container.Entry
	err   error // the first failure
}

func newPartSealer(ctx context.Context, cancel context.CancelCauseFunc, sink Sink, opts Options, buffers int) *partSealer {
	s := &partSealer{ctx: ctx, cancel: cancel, opts: opts, sink: sink, free: make(chan []byte, buffers), turn: make(chan struct{})}
	close(s.turn)
	for range buffers {
		s.free <- nil
	}
	return s
}

// buffer waits for an empty buffer with room for one part.
func (s *partSealer) buffer() ([]byte, error) {
	select {
	case buf := <-s.free:
		if buf == nil {
			buf = make([]byte, 0, s.opts.Size+cms.Overhead) // pages come as they are filled
		}
		return buf[:0], nil
	case <-s.ctx.Done():
		return nil, context.Cause(s.ctx)
	}
}

// send has a part sealed and written; it does not wait for it. When there is
// a failure already, or this is one, the content is wiped.
func (s *partSealer) send(buf []byte) error {
	err := context.Cause(s.ctx)
	if err == nil && s.sent == maxParts {
		err = ErrTooLarge
	}
	if err != nil {
		clear(buf)
		s.free <- buf // has room for every buffer
		return err
	}
	before, after := s.turn, make(chan struct{})
	s.turn = after
	s.sent++
	n := s.sent
	s.jobs.Go(func() {
		e, err := s.seal(n, buf, before, after)
		if err != nil {
			clear(buf) // what was not encrypted, or not whole
		}
		s.done(n, e, err)
		s.free <- buf
	})
	return nil
}

// seal encrypts and writes one part. It takes its place in the package after
// the part before it.
func (s *partSealer) seal(n int, buf []byte, before <-chan struct{}, after chan<- struct{}) (container.Entry, error) {
	m, err := cms.Seal(s.opts.Suite, s.opts.Recipients, buf)
	<-before
	if err == nil {
		err = context.Cause(s.ctx)
	}
	var write container.Write
	if err == nil {
		write, err = s.sink.Begin(Name(n), m.Size())
	}
	if err != nil {
		s.cancel(err) // before the next part's turn
	}
	close(after)
	if err != nil {
		return container.Entry{}, err
	}
	return write(m.Header, m.Body, m.Trailer)
}

func (s *partSealer) done(n int, e container.Entry, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.parts) < n {
		s.parts = append(s.parts, container.Entry{})
	}
	s.parts[n-1] = e
	if err != nil && s.err == nil {
		s.err = err
		s.cancel(err)
	}
}

// finish waits until everything sent is with the sink.
func (s *partSealer) finish() error {
	s.jobs.Wait()
	return s.err
}
