// Package workflow joins the steps into the jobs a municipality does: check
// an export, seal it, deliver it, record the receipt, open the feedback. It
// is the one package that knows several steps; they do not know each other.
package workflow

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/config"
	"iplos/internal/secret"
)

// Person is whoever sits at the terminal, if anyone does.
type Person interface {
	// Interactive tells whether somebody is there to be asked.
	Interactive() bool
	Ask(ctx context.Context, suggestion, id string, args ...any) (string, error)
	Confirm(ctx context.Context, id string, args ...any) (bool, error)
	Secret(ctx context.Context, id string, args ...any) (secret.Value, error)
	// Note tells what is going on, Warn what must not be missed.
	Note(id string, args ...any)
	Warn(id string, args ...any)
}

// Run is one run of the program for one municipality.
type Run struct {
	Config *config.Config
	Person Person
	Log    zerolog.Logger
	// Now is the clock.
	Now func() time.Time
	// Tool is the program's version, for manifest and journal.
	Tool string
	// Variable reads the environment, for secrets.
	Variable func(name string) string
}
