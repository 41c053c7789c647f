package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"time"

	"iplos/internal/fault"
)

// Holder is the run that holds a lock.
type Holder struct {
	PID     int       `json:"pid"`
	User    string    `json:"user"`
	Machine string    `json:"machine"`
	Since   time.Time `json:"since"`
}

// errHeld is what tryLock returns when another process has the lock.
var errHeld = errors.New("lock is held")

// lock is a lock of the operating system on a file: it ends with the process,
// however that ends. What the file says about its holder is only for people.
type lock struct{ f *os.File }

func holderOf(o Options) Holder {
	return Holder{PID: os.Getpid(), User: o.User, Machine: o.Machine, Since: o.Now().Truncate(time.Second)}
}

func acquire(path string, h Holder) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "journal.file", "file", path)
	}
	if err := tryFor(f, lockPatience); err != nil {
		by := readHolder(f)
		if !errors.Is(err, errHeld) {
			return nil, errors.Join(fault.Wrap(err, fault.Usage, "journal.file", "file", path), f.Close())
		}
		locked := fault.New(fault.Locked, "journal.locked", "pid", fmt.Sprint(by.PID), "user", by.User, "machine", by.Machine, "since", by.Since)
		return nil, errors.Join(locked, f.Close())
	}
	l := &lock{f}
	if err := l.write(h); err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Usage, "journal.file", "file", path), l.release())
	}
	return l, nil
}

// lockPatience outlasts a status command, which takes the lock for a moment
// to see whether it is free.
const lockPatience = 200 * time.Millisecond

func tryFor(f *os.File, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		err := tryLock(f)
		if !errors.Is(err, errHeld) || time.Now().After(deadline) {
			return err
		}
		<-time.After(patience / 20)
	}
}

func (l *lock) write(h Holder) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err = l.f.WriteAt(data, 0)
	return err
}

// release leaves the file: to remove it would let two runs lock two files of
// one name.
func (l *lock) release() error {
	if l == nil || l.f == nil {
		return nil
	}
	err := errors.Join(l.f.Truncate(0), unlock(l.f), l.f.Close())
	l.f = nil
	return err
}

func readHolder(f *os.File) Holder {
	var h Holder
	data, err := io.ReadAll(io.LimitReader(io.NewSectionReader(f, 0, 4096), 4096))
	if err != nil || json.Unmarshal(data, &h) != nil {
		return Holder{}
	}
	h.Since = h.Since.In(Oslo())
	return h
}

// held tells whether some process has the lock at this moment.
func held(path string) (Holder, bool) {
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return Holder{}, false
	}
	defer f.Close() //nolint:errcheck // only looked at
	if err := tryLock(f); err != nil {
		return readHolder(f), errors.Is(err, errHeld)
	}
	_ = unlock(f) // closing ends it too
	return Holder{}, false
}

func currentUser() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	for _, name := range []string{"USER", "USERNAME", "LOGNAME"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return "?"
}
