package workflow

import (
	"context"
	"errors"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/journal"
)

// recipients is whom a package is sealed for, and what was said about it.
type recipients struct {
	list    []crypt.Recipient
	keys    []journal.Key
	answers []journal.Answer
}

// pinnedKeys returns the keys of the data year, each examined again as of
// now. Without one for the register it is the fault that says how to get it.
func (r *Run) pinnedKeys() (*recipients, error) {
	store, err := keyfile.OpenStore(r.folder())
	if err != nil {
		return nil, err
	}
	use, err := r.keyUse(Trust{})
	if err != nil {
		return nil, err
	}
	to := &recipients{}
	for _, role := range keyfile.Roles() {
		pin, err := store.Find(r.Config.Year, role)
		if err != nil && role == keyfile.Register {
			return nil, err
		}
		if err != nil {
			continue // one key may do; who sends is asked
		}
		if err := examine(store, pin, use); err != nil {
			return nil, err
		}
		key, err := pin.Key()
		if err != nil {
			return nil, err
		}
		to.list = append(to.list, crypt.Recipient{Role: role, Key: key})
		to.keys = append(to.keys, journal.Key{Role: string(role), SPKI: pin.SPKISHA256, ConfirmedBy: pin.Confirmed})
	}
	return to, nil
}

func examine(store *keyfile.Store, pin *keyfile.Pin, use keyfile.Use) error {
	concerns, err := store.Verify(pin, use)
	if err != nil {
		return err
	}
	for _, c := range concerns {
		if c.Refuse {
			return fault.New(c.Kind, c.ID, c.Args...)
		}
	}
	return nil
}

// recipients returns the pinned keys. Without a key for the pseudonymiser,
// whoever sends to a real address must say why one is enough.
func (r *Run) recipients(ctx context.Context, to destination) (*recipients, error) {
	keys, err := r.pinnedKeys()
	if err != nil {
		return nil, err
	}
	if len(keys.list) > 1 || to.rehearsal {
		return keys, nil
	}
	keys.answers, err = r.singleKeyReason(ctx, to)
	return keys, err
}

// singleRecipient names the question why one key is enough.
const singleRecipient = "single-recipient"

func (r *Run) singleKeyReason(ctx context.Context, to destination) ([]journal.Answer, error) {
	r.Person.Warn("send.single-key")
	if reason := r.Config.Key.SingleRecipientReason; reason != "" {
		return []journal.Answer{{Question: singleRecipient, Answer: reason, By: "config"}}, nil
	}
	if !to.send {
		return nil, nil
	}
	if !r.Person.Interactive() {
		return nil, fault.New(fault.Usage, "send.single-key-reason")
	}
	reason, err := r.Person.Ask(ctx, "", "ask.single-key")
	if err != nil {
		return nil, err
	}
	if reason == "" {
		return nil, fault.New(fault.Usage, "send.single-key-reason")
	}
	return []journal.Answer{{Question: singleRecipient, Answer: reason, By: "terminal"}}, nil
}

// noKey tells that the year's key is not imported; a key that is there and
// cannot be used is another matter.
func noKey(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && (f.ID == "key.missing" || f.ID == "key.other-year")
}

// rehearsalKeys are the pinned keys, or a throwaway one while the year's key
// is not there yet.
func (r *Run) rehearsalKeys() (*recipients, error) {
	keys, err := r.pinnedKeys()
	if !noKey(err) {
		return keys, err
	}
	r.Person.Note("send.throwaway-key", "year", r.Config.Year)
	pair, err := keyfile.Generate(keyfile.GenerateOptions{
		CommonName: "iplos dry run", NotBefore: r.Now().Add(-time.Hour), NotAfter: r.Now().Add(24 * time.Hour),
	})
	if err != nil {
		return nil, err
	}
	return &recipients{list: []crypt.Recipient{{Role: keyfile.Register, Key: pair.Key}}}, nil
}
