package feedback

import (
	"context"
	"errors"

	"iplos/internal/fault"
)

// MayDelete tells, without the server, whether a file may be deleted from it:
// one that a pull on this machine fetched and verified. The faults are those
// of DeletePulled; ask before the user is asked for anything.
func MayDelete(stateDir, url, id string) error {
	ledger, err := OpenLedger(stateDir)
	if err != nil {
		return err
	}
	_, err = ledger.deletable(url, id)
	return err
}

// deletable finds a file that was fetched and verified.
func (l *Ledger) deletable(url, id string) (LedgerEntry, error) {
	e, ok := l.Find(url, id)
	switch {
	case !ok:
		return e, fault.New(fault.Usage, "feedback.delete.notpulled", "id", id)
	case !e.Verified:
		return e, fault.New(fault.Refused, "feedback.delete.unverified", "file", shown(e.Name))
	default:
		return e, nil
	}
}

// DeletePulled removes one file from the server, which must be one that a
// pull on this machine fetched and verified, and that has not changed since.
func DeletePulled(ctx context.Context, source Source, stateDir, id string) (err error) {
	release, err := lockState(stateDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	ledger, err := OpenLedger(stateDir)
	if err != nil {
		return err
	}
	e, err := ledger.deletable(source.URL(), id)
	if err != nil || e.Deleted {
		return err
	}
	f, err := source.Details(ctx, id)
	if isGone(err) {
		e.Deleted = true
		return ledger.add(e)
	}
	if err != nil {
		return err
	}
	if same, _ := sameHash(f.Hash, sums{e.SHA1, e.SHA256}); !same || f.Bytes != e.Bytes {
		return fault.New(fault.Refused, "feedback.delete.changed", "file", shown(e.Name))
	}
	if err := source.Delete(ctx, id); err != nil {
		return err
	}
	e.Deleted = true
	return ledger.add(e)
}
