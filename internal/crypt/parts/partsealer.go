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

// partSealer encrypts full part buffers and hands them to the sink, on a
// goroutine of its own. Buffers go round; each is filled by one at a time.
type partSealer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opts   Options

	free chan []byte
	full chan []byte
	done chan error
	sent int

	parts []container.Entry // the goroutine's until finish
}

func newPartSealer(ctx context.Context, cancel context.CancelCauseFunc, sink Sink, opts Options, buffers int) *partSealer {
	s := &partSealer{
		ctx: ctx, cancel: cancel, opts: opts,
		free: make(chan []byte, buffers), full: make(chan []byte, buffers), done: make(chan error, 1),
	}
	for range buffers {
		s.free <- nil
	}
	go func() { s.done <- s.run(sink) }()
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

// send never waits: the channel has room for every buffer there is.
func (s *partSealer) send(buf []byte) {
	s.sent++
	s.full <- buf
}

// finish waits until everything sent is with the sink.
func (s *partSealer) finish() error {
	close(s.full)
	return <-s.done
}

func (s *partSealer) run(sink Sink) error {
	var failed error
	for buf := range s.full {
		if failed == nil && s.ctx.Err() == nil {
			if failed = s.seal(sink, buf); failed != nil {
				s.cancel(failed)
			}
		} else {
			clear(buf)
		}
		s.free <- buf
	}
	return failed
}

func (s *partSealer) seal(sink Sink, buf []byte) error {
	n := len(s.parts) + 1
	if n > maxParts {
		clear(buf)
		return ErrTooLarge
	}
	m, err := cms.Seal(s.opts.Suite, s.opts.Recipients, buf)
	if err != nil {
		clear(buf)
		return err
	}
	e, err := sink.Add(Name(n), m.Header, m.Body, m.Trailer)
	if err != nil {
		return err
	}
	s.parts = append(s.parts, e)
	return nil
}
