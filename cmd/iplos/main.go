// Command iplos reports IPLOS data from a Norwegian municipality to SSB.
//
// Each command is one thin file here: it turns flags into options and makes
// one call into internal/. Only main takes the process's own streams and
// exits.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"iplos/internal/ui"
)

func main() {
	os.Exit(process(time.Now))
}

// process runs the program on the process's own arguments, environment and
// streams. Tests give it another clock.
func process(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The second signal ends the process at once: nothing is left that a
	// kill could spoil.
	context.AfterFunc(ctx, stop)
	return run(ctx, host{
		args:    os.Args[1:],
		environ: os.Environ(),
		streams: ui.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr},
		now:     now,
	})
}
