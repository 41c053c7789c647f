package main

import (
	"os"

	"iplos/internal/config"
	"iplos/internal/report"
	"iplos/internal/workflow"
)

// runWith joins the settings with this process's terminal, clock and log.
func (a *app) runWith(c *config.Config) *workflow.Run {
	return &workflow.Run{
		Config: c, Person: a.Terminal, Log: a.log, Now: a.now,
		Tool: "iplos " + toolVersion(), Variable: a.variable,
	}
}

// readProgress shows how much of a file is read; nothing for what has no
// size.
func (a *app) readProgress(path string) func(int64) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return a.Progress(a.now, "progress.read", info.Size()).Set
}

// failureOf is an error as a report shows it.
func (a *app) failureOf(err error) *report.Failure {
	f := a.failure(err)
	if f == nil {
		return nil
	}
	return &report.Failure{Code: f.Code, Kind: f.Kind, ID: f.ID, Message: f.Message, Hint: f.Hint}
}
