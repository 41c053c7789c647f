package httpx

import (
	"errors"
	"io"
	"sync"
	"time"
)

// watchdog barks when fewer than least bytes moved within timeout. It looks
// once per timeout, so a stall is seen after at most twice that time.
type watchdog struct {
	timeout time.Duration
	least   int64
	bark    func()

	mu      sync.Mutex
	timer   *time.Timer
	moved   int64
	waiting bool
	done    bool
}

// start begins to watch, or goes on after pause.
func (d *watchdog) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = true
	if d.timer == nil && !d.done {
		d.timer = time.AfterFunc(d.timeout, d.look)
	}
}

func (d *watchdog) look() {
	d.mu.Lock()
	stalled := !d.done && d.waiting && d.moved < d.least
	d.moved = 0
	if !d.done && !stalled {
		d.timer.Reset(d.timeout)
	}
	d.mu.Unlock()
	if stalled {
		d.bark()
	}
}

func (d *watchdog) move(n int) {
	d.mu.Lock()
	d.moved += int64(n)
	d.mu.Unlock()
}

// pause says that nothing is expected to move for now.
func (d *watchdog) pause() {
	d.mu.Lock()
	d.waiting = false
	d.mu.Unlock()
}

func (d *watchdog) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = true
	if d.timer != nil {
		d.timer.Stop()
	}
}

// sentBody is a request's body on its way out. The transport takes the next
// piece when it has written the last, so the reads are the progress.
type sentBody struct {
	body io.ReadCloser
	dog  *watchdog
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.dog.start()
	n, err := b.body.Read(p)
	if n > 0 {
		b.dog.move(n)
	}
	if err != nil {
		// From here on the response's own timeout counts.
		b.dog.stop()
	}
	return n, err
}

func (b *sentBody) Close() error {
	b.dog.stop()
	return b.body.Close()
}

// receivedBody is a response's body. Only the time spent waiting for it
// counts: a reader that is slow itself is no stall.
type receivedBody struct {
	body  io.ReadCloser
	dog   *watchdog
	limit bool
	left  int64
	end   func()
	fail  func(error) error
}

func (b *receivedBody) Read(p []byte) (int, error) {
	b.dog.start()
	n, err := b.body.Read(p)
	b.dog.move(n)
	b.dog.pause()
	if b.limit {
		if int64(n) > b.left {
			return int(b.left), b.fail(ErrTooLarge)
		}
		b.left -= int64(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return n, b.fail(err)
	}
	return n, err
}

func (b *receivedBody) Close() error {
	b.dog.stop()
	err := b.body.Close()
	b.end()
	return err
}
