package feedback

import (
	"context"
	"errors"
	"os"

	"iplos/internal/fault"
	"iplos/internal/feedback/moveit"
)

// Remover is the server a file is deleted from: [moveit.Client].
type Remover interface {
	URL() string
	Details(ctx context.Context, id string) (moveit.File, error)
	Folder(ctx context.Context, id int64) (moveit.Folder, error)
	Delete(ctx context.Context, id string) error
}

// MayDelete tells, without the server, whether a file may be deleted from it:
// one that a pull on this machine fetched and verified. The faults are those
// of DeletePulled; ask before the user is asked for anything.
func MayDelete(stateDir, url, id string) (LedgerEntry, error) {
	ledger, err := OpenLedger(stateDir)
	if err != nil {
		return LedgerEntry{}, err
	}
	return ledger.deletable(url, id)
}

// Here tells whether the file still lies where it was put. Usually it has
// been carried into the secure zone, which this machine cannot see.
func (e LedgerEntry) Here() bool {
	info, err := os.Stat(e.Path)
	return err == nil && info.Size() == e.Bytes
}

// deletable finds a file that was fetched and verified.
func (l *Ledger) deletable(url, id string) (LedgerEntry, error) {
	e, ok := l.Find(url, id)
	switch {
	case !ok:
		return e, fault.New(fault.Usage, "feedback.delete.notpulled", "id", id)
	case !e.Verified:
		return e, fault.New(fault.Refused, "feedback.delete.unverified", "file", shown(e.Name), "url", url)
	default:
		return e, nil
	}
}

// DeletePulled removes one file from the server, which must be one that a
// pull on this machine fetched and verified, and that has not changed since.
// It looks also when the ledger says that the file is gone.
func DeletePulled(ctx context.Context, server Remover, stateDir, id string) (err error) {
	release, err := lockState(stateDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	ledger, err := OpenLedger(stateDir)
	if err != nil {
		return err
	}
	e, err := ledger.deletable(server.URL(), id)
	if err != nil {
		return err
	}
	if err := remove(ctx, server, e); err != nil {
		return err
	}
	e.Deleted = true
	return ledger.add(e)
}

// remove deletes what is there and is what was fetched.
func remove(ctx context.Context, server Remover, e LedgerEntry) error {
	f, err := server.Details(ctx, e.ID)
	if moveit.IsGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := unchanged(e, f, server.URL()); err != nil {
		return err
	}
	// Not every account may look at the folder; the server then decides.
	if folder, err := server.Folder(ctx, f.FolderID); err == nil && folder.KeepsFiles() {
		return fault.New(fault.Refused, "feedback.delete.forbidden")
	}
	return server.Delete(ctx, e.ID)
}

// unchanged holds the server's file against the one that was fetched. A hash
// that only the download carried cannot be compared now.
func unchanged(e LedgerEntry, f moveit.File, url string) error {
	same, known := sameHash(f.Hash, sums{e.SHA1, e.SHA256})
	switch {
	case f.Bytes != e.Bytes || known && !same:
		return fault.New(fault.Refused, "feedback.delete.changed", "file", shown(e.Name))
	case !known:
		return fault.New(fault.Refused, "feedback.delete.nohash", "file", shown(e.Name), "url", url)
	default:
		return nil
	}
}
