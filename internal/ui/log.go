package ui

import (
	"io"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/ident"
)

// NewLogger returns the program's log, on standard error. Every line passes a
// guard that blots out identity numbers: none should come that far, and none
// gets further.
func NewLogger(w io.Writer, level zerolog.Level, asJSON bool, now func() time.Time) zerolog.Logger {
	out := io.Writer(guard{w})
	if !asJSON {
		out = zerolog.ConsoleWriter{Out: guard{w}, NoColor: true, TimeFormat: time.TimeOnly}
	}
	return zerolog.New(out).Level(level).Hook(clock{now})
}

// clock stamps lines with the program's own time.
type clock struct{ now func() time.Time }

func (c clock) Run(e *zerolog.Event, _ zerolog.Level, _ string) {
	e.Time(zerolog.TimestampFieldName, c.now())
}

type guard struct{ w io.Writer }

func (g guard) Write(p []byte) (int, error) {
	text := string(p)
	clean := ident.Redact(text)
	if _, err := io.WriteString(g.w, clean); err != nil {
		return 0, err
	}
	return len(p), nil
}
