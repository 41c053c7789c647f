// Package journal keeps what was done: append-only lines of JSON, one journal
// for each municipality, each line chained to the one before by its hash and
// on disk before Append returns. It holds hashes, counts, times and
// references, never an identity.
package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"iplos/internal/fault"
)

const (
	fileName = "journal.jsonl"
	lockName = "lock"
)

// Options say whose journal it is and who writes.
type Options struct {
	// Municipality is the four-digit number; its journal lies in a folder of
	// that name and nothing of another municipality comes into it.
	Municipality string
	// User and Machine stand in every line; empty ones are asked of the
	// system.
	User, Machine string
	// Tool is the program's version.
	Tool string
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Journal is one municipality's journal, open for writing and locked against
// every other run until Close. It is not for concurrent use.
type Journal struct {
	opts    Options
	dir     string
	path    string
	lock    *lock
	file    lineFile
	chain   *chain
	size    int64
	entries []Entry
	// broken is set when a line could neither be written nor taken back.
	broken error
}

// lineFile is what the journal needs of its file.
type lineFile interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// Dir returns the folder of a municipality under the state folder.
func Dir(stateDir, municipality string) string {
	return filepath.Join(stateDir, "municipalities", municipality)
}

// Open locks and reads a municipality's journal under the state folder, and
// makes it when it is not there. What a killed run left is put right: a torn
// last line is cut off, kept beside the journal and recorded; an upload that
// was going on is recorded as unknown.
//
// Faults: Locked when another run holds the lock, Integrity when a line was
// changed, Usage for a newer version or a folder that cannot be written.
func Open(stateDir string, opts Options) (*Journal, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	dir := Dir(stateDir, opts.Municipality)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "journal.folder", "folder", dir)
	}
	lock, err := acquire(filepath.Join(dir, lockName), holderOf(opts))
	if err != nil {
		return nil, err
	}
	j := &Journal{opts: opts, dir: dir, path: filepath.Join(dir, fileName), lock: lock}
	if err := j.load(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

func (o Options) withDefaults() (Options, error) {
	if !regexp.MustCompile(`^[0-9]{4}$`).MatchString(o.Municipality) {
		// It becomes a folder's name.
		return o, fault.New(fault.Usage, "journal.municipality", "municipality", o.Municipality)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.User == "" {
		o.User = currentUser()
	}
	if o.Machine == "" {
		o.Machine, _ = os.Hostname() // a machine without a name is worth no error
	}
	return o, nil
}

func (j *Journal) load() error {
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "journal.file", "file", j.path)
	}
	j.file = f
	if err := syncDir(j.dir); err != nil {
		return fault.Wrap(err, fault.Usage, "journal.file", "file", j.path)
	}
	data, err := os.ReadFile(j.path)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "journal.file", "file", j.path)
	}
	s, err := scan(data, j.opts.Municipality)
	if err != nil {
		return brokenFault(err, j.path)
	}
	j.chain, j.entries, j.size = s.chain, s.entries, int64(s.whole)
	if err := j.repair(data[s.whole:], s.unended); err != nil {
		return err
	}
	return j.settle()
}

// settle records what a run that was killed while it uploaded left behind:
// with the lock in our hands nobody is uploading.
func (j *Journal) settle() error {
	for _, s := range derive(j.entries, time.Time{}, false) {
		for _, f := range s.Files {
			if f.begun {
				e := Entry{Type: Unknown, Submission: s.ID, District: s.District, Year: s.Year, Rehearsal: s.Rehearsal, File: f.Name, Reason: ReasonKilled}
				if err := j.Append(e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ReasonKilled is the reason of an Unknown entry that the next run wrote for
// one that never came to write its own.
const ReasonKilled = "killed"

// Append writes one entry and returns when it is on disk. On an error the
// journal is as it was before.
func (j *Journal) Append(e Entry) error {
	if j.broken != nil {
		return j.broken
	}
	e.Version, e.Seq, e.Municipality = Version, j.chain.seq+1, j.opts.Municipality
	e.User, e.Machine, e.Tool = j.opts.User, j.opts.Machine, j.opts.Tool
	e.At = j.opts.Now().Truncate(time.Millisecond)
	if err := guard(&e); err != nil {
		return err
	}
	text, hash, err := j.chain.seal(&e)
	if err != nil {
		return err
	}
	if err := j.write(text); err != nil {
		return err
	}
	j.chain.next(hash)
	j.entries = append(j.entries, e)
	return nil
}

func (j *Journal) write(text []byte) error {
	_, err := j.file.Write(text)
	if err == nil {
		err = j.file.Sync()
	}
	if err == nil {
		j.size += int64(len(text))
		return nil
	}
	wrapped := fault.Wrap(err, fault.Usage, "journal.write", "file", j.path)
	if back := errors.Join(j.file.Truncate(j.size), j.file.Sync()); back != nil {
		j.broken = wrapped
	}
	return wrapped
}

// Close gives the lock back.
func (j *Journal) Close() error {
	var err error
	if j.file != nil {
		err = j.file.Close()
		j.file = nil
	}
	return errors.Join(err, j.lock.release())
}

func brokenFault(err error, path string) error {
	if errors.Is(err, errNewer) {
		return fault.Wrap(err, fault.Usage, "journal.newer", "file", path)
	}
	if b, ok := errors.AsType[*BrokenError](err); ok {
		return fault.Wrap(err, fault.Integrity, "journal.broken", "file", path, "line", b.Line)
	}
	return fault.Wrap(err, fault.Usage, "journal.file", "file", path)
}
