package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// Ask asks for a line of text. An empty answer gives the suggestion.
func (t *Terminal) Ask(ctx context.Context, suggestion, id string, args ...any) (string, error) {
	if err := t.mayAsk(id, args...); err != nil {
		return "", err
	}
	question := t.T(id, args...)
	if suggestion != "" {
		question += " [" + suggestion + "]"
	}
	fmt.Fprint(t.ErrText(), question+": ")
	line, err := wait(ctx, func() (string, error) { return readLine(t.streams.In) })
	if err != nil {
		return "", err
	}
	if line = strings.TrimSpace(line); line == "" {
		return suggestion, nil
	}
	return line, nil
}

// Confirm asks a yes or no question; an empty answer is no.
func (t *Terminal) Confirm(ctx context.Context, id string, args ...any) (bool, error) {
	if err := t.mayAsk(id, args...); err != nil {
		return false, err
	}
	fmt.Fprint(t.ErrText(), t.T(id, args...)+" "+t.T("ui.yes-no")+" ")
	line, err := wait(ctx, func() (string, error) { return readLine(t.streams.In) })
	if err != nil {
		return false, err
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "j" || answer == "ja" || answer == "y" || answer == "yes", nil
}

// Secret asks for a secret without showing what is typed.
func (t *Terminal) Secret(ctx context.Context, id string, args ...any) (secret.Value, error) {
	if err := t.mayAsk(id, args...); err != nil {
		return secret.Value{}, err
	}
	f, ok := t.streams.In.(*os.File)
	if !ok {
		return secret.Value{}, fault.New(fault.Internal, "ui.no-terminal")
	}
	fmt.Fprint(t.ErrText(), t.T(id, args...)+": ")
	state, err := term.GetState(int(f.Fd()))
	if err != nil {
		return secret.Value{}, fmt.Errorf("reading the terminal's state: %w", err)
	}
	typed, err := wait(ctx, func() ([]byte, error) { return term.ReadPassword(int(f.Fd())) })
	fmt.Fprintln(t.streams.Err)
	if err != nil {
		return secret.Value{}, errors.Join(err, term.Restore(int(f.Fd()), state))
	}
	return secret.New(typed), nil
}

func (t *Terminal) mayAsk(id string, args ...any) error {
	if t.Interactive() {
		return nil
	}
	return fault.New(fault.Usage, "ui.cannot-ask", "question", t.T(id, args...))
}

// wait runs a blocking read and gives up when the user interrupts; the read
// itself ends with the process.
func wait[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := read()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		if errors.Is(r.err, io.EOF) {
			r.err = fault.Wrap(r.err, fault.Interrupted, "ui.interrupted")
		}
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, fault.Wrap(context.Cause(ctx), fault.Interrupted, "ui.interrupted")
	}
}

// readLine reads up to a line end, byte by byte, so that the next question
// finds its own answer.
func readLine(r io.Reader) (string, error) {
	var line []byte
	var one [1]byte
	for {
		n, err := r.Read(one[:])
		switch {
		case n == 1 && one[0] == '\n':
			return strings.TrimSuffix(string(line), "\r"), nil
		case n == 1 && len(line) < 4096:
			line = append(line, one[0])
		case err != nil && len(line) > 0:
			return string(line), nil
		case err != nil:
			return "", err
		}
	}
}
