package ssb

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"iplos/internal/crypt"
	"iplos/internal/finding"
	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/trail"
	"iplos/internal/ui/lang"
)

// What can be otherwise than usual.
const (
	// NoReceipt opens the package but sends no receipt.
	NoReceipt scenario.Name = "no-receipt"
	// NoFeedback sends a receipt and never any feedback.
	NoFeedback scenario.Name = "no-feedback"
)

// Scenarios is the table of them.
func Scenarios() []scenario.Kind {
	return []scenario.Kind{
		{Name: NoReceipt, Text: "sandbox.scenario.no-receipt"},
		{Name: NoFeedback, Text: "sandbox.scenario.no-feedback"},
	}
}

// Options say how the receivers are set up.
type Options struct {
	// Dir is where receipts go (receipts/) and packages that came as several
	// files are put together (packages/).
	Dir string
	// Keys are the private keys of both receivers.
	Keys      []*rsa.PrivateKey
	Scenarios []scenario.Use
	Trail     *trail.Trail
	// Mailbox is the address of the municipality with that number and
	// district: the municipality's postmottak, which is its Filsluse account.
	Mailbox func(account string) string
	// Put hands the feedback archive to the Filsluse.
	Put func(mailbox, name string, r io.Reader) (string, error)
}

// SSB is the receivers.
type SSB struct {
	opts Options
	on   *scenario.Set
	p    *lang.Printer
	pile *pile
}

// Outcome says what became of a package.
type Outcome struct {
	// Reference is the Sendemodul's, of the last file of the package.
	Reference    string
	SubmissionID string
	Persons      int
	// Receipt is the path of the e-mail, empty when none was sent.
	Receipt string
	// FeedbackID is the archive's id on the Filsluse, empty without feedback.
	FeedbackID string
	Summary    *finding.Summary
}

// New returns the receivers.
func New(opts Options) (*SSB, error) {
	for _, sub := range []string{"receipts", "packages"} {
		if err := os.MkdirAll(filepath.Join(opts.Dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("making the receivers' folder: %w", err)
		}
	}
	// Archives that an interrupted run was making are made again.
	left, err := filepath.Glob(filepath.Join(opts.Dir, "feedback-*"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return nil, fmt.Errorf("clearing the receivers' folder: %w", err)
	}
	return &SSB{opts: opts, on: scenario.NewSet(opts.Scenarios), p: lang.New(lang.Bokmal), pile: newPile(filepath.Join(opts.Dir, "packages"))}, nil
}

// Receive takes a delivery. It returns nil when the delivery is a part of a
// package whose other parts have not come yet.
func (s *SSB) Receive(ctx context.Context, d sendemodul.Delivery) (*Outcome, error) {
	path, err := s.pile.add(d)
	if err == nil && path == "" {
		s.note("piled", d, true, "")
		return nil, nil
	}
	var out *Outcome
	if err == nil {
		out, err = s.process(ctx, d, path)
	}
	if err != nil {
		s.note("opened", d, false, err.Error())
		return nil, errors.Join(err, s.sendRefusal(d, err))
	}
	return out, nil
}

func (s *SSB) note(event string, d sendemodul.Delivery, ok bool, detail string) {
	s.opts.Trail.Add(trail.Entry{Service: "ssb", Who: d.Account, Event: event, Object: d.Reference, OK: ok, Detail: detail})
}

// process opens, checks and answers one whole package. The message is read
// as a stream and never stands on disk.
func (s *SSB) process(ctx context.Context, d sendemodul.Delivery, path string) (*Outcome, error) {
	opened, err := crypt.Open(ctx, path, crypt.OpenOptions{Keys: s.opts.Keys})
	if err != nil {
		return nil, err
	}
	m := opened.Manifest
	if m == nil {
		return nil, errors.New("the package is not sealed for this register")
	}
	defer m.FeedbackPassword.Wipe()
	if d.Account != m.Municipality+"-"+m.District {
		return nil, fmt.Errorf("delivered by %s, sealed for %s-%s", d.Account, m.Municipality, m.District)
	}
	s.note("opened", d, true, fmt.Sprintf("%d persons", m.Message.Persons))
	c, err := s.check(ctx, path, m)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Reference: d.Reference, SubmissionID: m.SubmissionID, Persons: m.Message.Persons, Summary: c.log.Summary()}
	if !s.on.Has(NoReceipt) {
		if out.Receipt, err = s.sendReceipt(d, m); err != nil {
			return nil, err
		}
		s.note("receipt", d, true, "")
	}
	if !s.on.Has(NoFeedback) {
		if out.FeedbackID, err = s.sendFeedback(d, m, c); err != nil {
			return nil, err
		}
		s.note("feedback", d, true, out.FeedbackID)
	}
	return out, nil
}
