package crypt

import (
	"context"
	"fmt"

	"iplos/internal/finding"
	"iplos/internal/record"
)

// Sealer takes a message person by person and seals it. Seal or Abort ends
// it; Abort leaves nothing and after Seal does nothing.
type Sealer interface {
	Header(h *record.Header) error
	Person(p *record.Person) error
	Seal(source finding.Input) (*Sealed, error)
	Abort()
}

// Envelope is a format of package.
type Envelope struct {
	// ID names the format and its version.
	ID string
	// New starts a package.
	New func(ctx context.Context, opts Options) (Sealer, error)
	// Recognise tells from the names in a package whether it is of this
	// format.
	Recognise func(names []string) bool
	// Open verifies a package and releases what the keys may see.
	Open func(ctx context.Context, path string, opts OpenOptions) (*Opened, error)
}

// Envelopes returns the formats, the one used by default first. A documented
// IPIS container would be one more.
func Envelopes() []Envelope { return []Envelope{envelope1()} }

// NewSealer starts a package in the format the options name.
func NewSealer(ctx context.Context, opts Options) (Sealer, error) {
	for _, e := range Envelopes() {
		if opts.Envelope == "" || opts.Envelope == e.ID {
			return e.New(ctx, opts)
		}
	}
	return nil, fmt.Errorf("unknown envelope %q", opts.Envelope)
}
