package workflow

import (
	"context"
	"errors"

	"iplos/internal/fault"
)

// require asks for the keys that have no value, where a person is there to
// answer; anywhere else a missing key is the fault that says how to set it.
func (r *Run) require(ctx context.Context, keys ...string) error {
	if !r.Person.Interactive() || len(r.Config.Listed) > 0 {
		return r.Config.Require(keys...)
	}
	s := &Setup{Year: r.Config.Year}
	for _, key := range r.Config.Missing(keys...) {
		for _, q := range questions() {
			if q.key != key {
				continue
			}
			if err := r.askUntilRight(ctx, s, q); err != nil {
				return err
			}
		}
	}
	return r.Config.Require(keys...)
}

// askUntilRight asks again until the answer can be right; an empty answer
// leaves the key missing.
func (r *Run) askUntilRight(ctx context.Context, s *Setup, q question) error {
	for {
		answer, err := r.Person.Ask(ctx, "", q.id)
		if err != nil || answer == "" {
			return err
		}
		if q.check != nil {
			answer, err = q.check(s, answer)
		}
		if err == nil {
			err = r.Config.Put(q.key, answer)
		}
		if err == nil {
			return nil
		}
		f, ok := errors.AsType[*fault.Error](err)
		if !ok {
			return err
		}
		r.Person.Warn(f.ID, f.Args...)
	}
}
