package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"iplos/internal/fault"
)

// scanned is what a journal's bytes hold.
type scanned struct {
	chain   *chain
	entries []Entry
	// whole is where the last whole chained line ends. What stands after it
	// is a torn line.
	whole int
	// unended tells that the last whole line lacks only its line feed.
	unended bool
}

// scan follows the chain. A line that is wrong and is followed by another, or
// has its line feed, was changed: that is a *BrokenError. What remains
// without a line feed, or with bytes that were never written, is torn.
func scan(data []byte, municipality string) (*scanned, error) {
	s := &scanned{chain: newChain(municipality)}
	for s.whole < len(data) {
		rest := data[s.whole:]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			return s, s.tail(rest)
		}
		text := rest[:n]
		e, err := s.chain.follow(text)
		if err != nil {
			if n+1 == len(rest) && bytes.IndexByte(text, 0) >= 0 {
				// A power cut can leave blocks of zeros in the last line.
				return s, nil
			}
			return nil, &BrokenError{Line: len(s.entries) + 1, Err: err}
		}
		s.entries = append(s.entries, *e)
		s.whole += n + 1
	}
	return s, nil
}

// tail looks at bytes without a line feed: a whole entry counts, since what
// it says had been decided; anything else is torn.
func (s *scanned) tail(rest []byte) error {
	e, err := s.chain.follow(rest)
	if errors.Is(err, errNewer) {
		return &BrokenError{Line: len(s.entries) + 1, Err: err}
	}
	if err != nil {
		return nil //nolint:nilerr // a torn line is no error here: the caller sees the bytes that are left
	}
	s.entries = append(s.entries, *e)
	s.whole += len(rest)
	s.unended = true
	return nil
}

// repair cuts a torn line off after it is safe beside the journal, and says
// so in the journal.
func (j *Journal) repair(torn []byte, unended bool) error {
	if unended {
		return j.write([]byte("\n"))
	}
	if len(torn) == 0 {
		return nil
	}
	sum := sha256.Sum256(torn)
	digest := hex.EncodeToString(sum[:])
	aside := filepath.Join(j.dir, fmt.Sprintf("torn-%d-%s", j.chain.seq+1, digest[:8]))
	if err := errors.Join(writeSynced(aside, torn), syncDir(j.dir)); err != nil {
		return fault.Wrap(err, fault.Usage, "journal.write", "file", aside)
	}
	if err := errors.Join(j.file.Truncate(j.size), j.file.Sync()); err != nil {
		return fault.Wrap(err, fault.Usage, "journal.write", "file", j.path)
	}
	return j.Append(Entry{Type: Repaired, Bytes: int64(len(torn)), SHA256: digest, File: filepath.Base(aside)})
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
