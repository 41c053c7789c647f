package feedback

import (
	"path/filepath"
	"slices"
	"time"

	"iplos/internal/feedback/moveit"
)

// Ledger is what was fetched from which server. The server's own isNew is per
// user and passes with time, so it decides nothing.
type Ledger struct {
	path    string
	entries []LedgerEntry
}

// LedgerEntry is one file fetched and put in place.
type LedgerEntry struct {
	Host   string    `json:"host"`
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Path   string    `json:"path"`
	Bytes  int64     `json:"bytes"`
	SHA1   string    `json:"sha1"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	// Verified tells that the server's own hash was compared.
	Verified bool `json:"verified"`
	// Deleted tells that the file was removed from the server afterwards.
	Deleted bool `json:"deleted,omitempty"`
}

// OpenLedger reads the ledger of a state folder.
func OpenLedger(stateDir string) (*Ledger, error) {
	l := &Ledger{path: filepath.Join(stateDir, "filsluse-ledger.json")}
	return l, readState(l.path, &l.entries)
}

// Find returns the last entry of a file.
func (l *Ledger) Find(host, id string) (LedgerEntry, bool) {
	for _, e := range slices.Backward(l.entries) {
		if e.Host == host && e.ID == id {
			return e, true
		}
	}
	return LedgerEntry{}, false
}

// Has tells whether the file was fetched as it is now: an id whose size or
// hash has changed is a new file.
func (l *Ledger) Has(host string, f moveit.File) bool {
	e, ok := l.Find(host, f.ID)
	if !ok || e.Bytes != f.Bytes {
		return false
	}
	same, known := sameHash(f.Hash, sums{sha1: e.SHA1, sha256: e.SHA256})
	return same || !known
}

// add writes an entry, which takes the place of an earlier one. Where the file
// was put holds from any folder.
func (l *Ledger) add(e LedgerEntry) error {
	if abs, err := filepath.Abs(e.Path); err == nil {
		e.Path = abs
	}
	entries := slices.DeleteFunc(slices.Clone(l.entries), func(o LedgerEntry) bool { return o.Host == e.Host && o.ID == e.ID })
	entries = append(entries, e)
	if err := writeState(l.path, entries); err != nil {
		return err
	}
	l.entries = entries
	return nil
}
