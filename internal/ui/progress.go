package ui

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Progress shows how far a long step has come, on one line that is written
// over; on anything but a terminal it shows nothing.
type Progress struct {
	t     *Terminal
	id    string
	total int64
	now   func() time.Time

	mu      sync.Mutex
	started time.Time
	shown   time.Time
	width   int
}

// showEvery keeps the line readable and the cost nil.
const showEvery = 200 * time.Millisecond

// Progress starts a progress line. The text may use {done}, {total},
// {percent} and {left} (time left, empty until it can be told). A total of 0
// is unknown.
func (t *Terminal) Progress(now func() time.Time, id string, total int64) *Progress {
	at := now()
	// What is over before the first line would be shown needs none.
	p := &Progress{t: t, id: id, total: total, now: now, started: at, shown: at}
	t.running.Store(p)
	return p
}

// Total says how many bytes there are, once it is known.
func (p *Progress) Total(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = bytes
}

// Set says how many bytes are done. It is safe for concurrent use.
func (p *Progress) Set(done int64) {
	if !p.t.errTTY || p.t.opts.Quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.now()
	if at.Sub(p.shown) < showEvery {
		return
	}
	p.shown = at
	p.write(p.text(done, at.Sub(p.started)))
}

func (p *Progress) text(done int64, elapsed time.Duration) string {
	percent, left, total := "", "", "?"
	if p.total > 0 {
		total = p.t.Bytes(p.total)
	}
	if p.total > 0 && done > 0 {
		share := float64(done) / float64(p.total)
		percent = p.t.Decimal(100*share, 0) + "\u00a0%"
		if elapsed > 2*time.Second {
			rest := time.Duration(float64(elapsed) * (1 - share) / share)
			left = p.t.T("ui.left", "time", rest.Round(time.Second))
		}
	}
	return p.t.T(p.id, "done", p.t.Bytes(done), "total", total, "percent", percent, "left", left)
}

// Done takes the line away.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width > 0 {
		p.write("")
		fmt.Fprint(p.t.streams.Err, "\r")
		p.width = 0
	}
}

// write overwrites the line with spaces instead of an escape sequence, which
// old consoles would show. A line that is wider than the window would leave
// its beginning behind, so it is cut.
func (p *Progress) write(text string) {
	if columns := p.t.columns(p.t.streams.Err, p.t.errTTY); columns > 1 && utf8.RuneCountInString(text) >= columns {
		text = string([]rune(text)[:columns-1])
	}
	width := utf8.RuneCountInString(text)
	pad := max(0, p.width-width)
	fmt.Fprint(p.t.streams.Err, "\r"+text+strings.Repeat(" ", pad))
	p.width = width
}
