// Package trail is the sandbox's audit trail: who did what, when, and how it
// went. It holds no secret: no PIN, password, token or file content.
package trail

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Entry is one thing that happened.
type Entry struct {
	Time time.Time `json:"time"`
	// Service is where it happened: "sendemodul", "ssb" or "filsluse".
	Service string `json:"service"`
	// Who is the account, From the address it came from.
	Who  string `json:"who,omitempty"`
	From string `json:"from,omitempty"`
	// Event is what was done, from each service's fixed set ("login",
	// "upload", "password-grant", "download").
	Event string `json:"event"`
	// Object is what it was done to: a reference, a file id.
	Object string `json:"object,omitempty"`
	// OK tells whether it was done; Detail says why not, or how much.
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

// Trail keeps entries in memory and, when it has a file, in it as JSON lines.
// It is safe for concurrent use.
type Trail struct {
	now func() time.Time

	mu      sync.Mutex
	file    *os.File
	err     error
	entries []Entry
}

// New returns a trail that is in memory only.
func New(now func() time.Time) *Trail { return &Trail{now: now} }

// Open returns a trail that is added to the file.
func Open(path string, now func() time.Time) (*Trail, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the trail: %w", err)
	}
	return &Trail{now: now, file: f}, nil
}

// Add records an entry at the present time.
func (t *Trail) Add(e Entry) {
	e.Time = t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.entries = append(t.entries, e)
	if t.file == nil || t.err != nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = t.file.Write(append(line, '\n'))
	}
	t.err = err
}

// Entries returns what was recorded since the start, oldest first.
func (t *Trail) Entries() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.entries)
}

// Count counts the entries of a service and event; an empty name counts any.
func (t *Trail) Count(service, event string) int {
	n := 0
	for _, e := range t.Entries() {
		if (service == "" || e.Service == service) && (event == "" || e.Event == event) {
			n++
		}
	}
	return n
}

// Close closes the file and returns the first error met in writing to it.
func (t *Trail) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	t.file = nil
	if t.err != nil {
		err = t.err
	}
	return err
}
