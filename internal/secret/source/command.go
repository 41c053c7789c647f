package source

import (
	"context"
	"errors"
	"os/exec"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// FromCommand runs a program without a shell and takes its standard output.
// Neither that nor what it writes to standard error is shown or logged.
func FromCommand(ctx context.Context, line string) (secret.Value, error) {
	argv, ok := SplitCommand(line)
	if !ok || len(argv) == 0 {
		return secret.Value{}, fault.New(fault.Usage, "secret.command.syntax")
	}
	b, err := output(ctx, argv)
	if err != nil {
		return secret.Value{}, commandFault(ctx, err, argv[0])
	}
	return check(plainText(b), argv[0])
}

func output(ctx context.Context, argv []string) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the user's own configuration
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	b, readErr := readAll(out)
	if readErr != nil {
		cancel() // it has more to say than anyone wants
	}
	if err := cmd.Wait(); err != nil && readErr == nil {
		clear(b)
		return nil, err
	}
	return b, readErr
}

// commandFault names the program only: its arguments may say much about
// where secrets are kept.
func commandFault(ctx context.Context, err error, program string) error {
	if cause := context.Cause(ctx); cause != nil {
		return fault.Wrap(cause, fault.Interrupted, "secret.command.stopped", "program", program)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fault.New(fault.Usage, "secret.command.failed", "program", program, "code", exit.ExitCode())
	}
	if errors.Is(err, errTooLarge) {
		return fault.Wrap(err, fault.Usage, "secret.command.large", "program", program)
	}
	return fault.Wrap(err, fault.Usage, "secret.command.missing", "program", program)
}
