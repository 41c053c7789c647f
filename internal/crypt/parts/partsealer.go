package parts

import (
	"context"
	"errors"
	"fmt"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
)

// maxParts is what four digits name, 312 GiB of payload.
const maxParts = 9999

// Name returns the name of part n, from 1.
func Name(n int) string { return fmt.Sprintf("part-%04d.p7m", n) }

// ErrTooLarge is a payload of more parts than their names can number.
var ErrTooLarge = errors.New("more than 9999 parts")

// partSealer encrypts full part buffers and hands them to the sink on a
// goroutine of its own, so that one part is written while the next is filled
// and encrypted. Buffers go round; each is with one goroutine at a time.
type partSealer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opts   Options

	free   chan []byte
	sealed chan sealedPart
	done   chan error
	sent   int

	parts []container.Entry // the goroutine's until finish
}

// sealedPart is a part and the memory it is in.
type sealedPart struct {
	name string
	msg  cms.Message
	buf  []byte
}

func newPartSealer(ctx context.Context, cancel context.CancelCauseFunc, sink Sink, opts Options, buffers int) *partSealer {
	s := &partSealer{
		ctx: ctx, cancel: cancel, opts: opts,
		free: make(chan []byte, buffers), sealed: make(chan sealedPart, buffers), done: make(chan error, 1),
	}
	for range buffers {
		s.free <- nil
	}
	go func() { s.done <- s.write(sink) }()
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

// send encrypts a part; it does not wait for it to be written. When there is
// a failure already, or this is one, the content is wiped.
func (s *partSealer) send(buf []byte) error {
	s.sent++
	err := context.Cause(s.ctx)
	if err == nil && s.sent > maxParts {
		err = ErrTooLarge
	}
	var m cms.Message
	if err == nil {
		m, err = cms.Seal(s.opts.Suite, s.opts.Recipients, buf)
	}
	if err != nil {
		clear(buf)
		s.free <- buf // has room for every buffer, as the other channel has
		return err
	}
	s.sealed <- sealedPart{Name(s.sent), m, buf}
	return nil
}

// finish waits until everything sent is with the sink.
func (s *partSealer) finish() error {
	close(s.sealed)
	return <-s.done
}

func (s *partSealer) write(sink Sink) error {
	var failed error
	for p := range s.sealed {
		if failed == nil && s.ctx.Err() == nil {
			var e container.Entry
			if e, failed = sink.Add(p.name, p.msg.Header, p.msg.Body, p.msg.Trailer); failed != nil {
				s.cancel(failed)
			}
			s.parts = append(s.parts, e)
		}
		s.free <- p.buf
	}
	return failed
}
