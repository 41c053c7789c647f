package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"iplos/internal/atomicfile"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/ssb"
)

// worker is the night shift: it takes deliveries to the receivers one by
// one, so that an upload is answered without waiting for them.
type worker struct {
	done string // folder with a mark for each delivery dealt with
	ssb  *ssb.SSB

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change
	queue    []sendemodul.Delivery
	busy     bool
	stopped  bool
	outcomes []ssb.Outcome
	errs     []error

	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func newWorker(done string, receivers *ssb.SSB) *worker {
	return &worker{done: done, ssb: receivers, changed: make(chan struct{})}
}

// start deals with what was delivered before and not dealt with, and then
// with what comes.
func (w *worker) start(ctx context.Context, before []sendemodul.Delivery) {
	ctx, w.cancel = context.WithCancel(ctx)
	w.mu.Lock()
	w.queue = append(before, w.queue...)
	w.mu.Unlock()
	w.wg.Go(func() { w.run(ctx) })
}

func (w *worker) add(d sendemodul.Delivery) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(w.queue, d)
	w.signal()
}

// signal wakes everyone who waits; the caller holds the lock.
func (w *worker) signal() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *worker) run(ctx context.Context) {
	for {
		d, ok := w.next(ctx)
		if !ok {
			return
		}
		out, err := w.deal(ctx, d)
		w.mu.Lock()
		w.busy = false
		if out != nil {
			w.outcomes = append(w.outcomes, *out)
		}
		if err != nil {
			w.errs = append(w.errs, err)
		}
		w.signal()
		w.mu.Unlock()
	}
}

// next waits for a delivery.
func (w *worker) next(ctx context.Context) (sendemodul.Delivery, bool) {
	for {
		w.mu.Lock()
		if len(w.queue) > 0 && ctx.Err() == nil {
			d := w.queue[0]
			w.queue, w.busy = w.queue[1:], true
			w.mu.Unlock()
			return d, true
		}
		changed := w.changed
		w.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			w.mu.Lock()
			w.stopped = true
			w.signal()
			w.mu.Unlock()
			return sendemodul.Delivery{}, false
		}
	}
}

// deal hands a delivery to the receivers, unless a mark says that it was
// done. Parts of a package are handed over again after a restart: only the
// package's last one has a mark.
func (w *worker) deal(ctx context.Context, d sendemodul.Delivery) (*ssb.Outcome, error) {
	mark := filepath.Join(w.done, d.Reference+".json")
	if _, err := os.Stat(mark); err == nil {
		return nil, nil
	}
	out, err := w.ssb.Receive(ctx, d)
	if ctx.Err() != nil || (out == nil && err == nil) {
		return nil, err
	}
	data, errMark := json.MarshalIndent(out, "", "  ")
	if errMark == nil {
		errMark = os.MkdirAll(w.done, 0o700)
	}
	if errMark == nil {
		errMark = atomicfile.WriteFile(mark, append(data, '\n'), atomicfile.Options{Force: true})
	}
	return out, errors.Join(err, errMark)
}

func (w *worker) settled(ctx context.Context) ([]ssb.Outcome, error) {
	for {
		w.mu.Lock()
		if (len(w.queue) == 0 && !w.busy) || w.stopped {
			defer w.mu.Unlock()
			return append([]ssb.Outcome(nil), w.outcomes...), errors.Join(w.errs...)
		}
		changed := w.changed
		w.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (w *worker) close() {
	if w.cancel != nil {
		w.cancel()
		w.wg.Wait()
	}
}
