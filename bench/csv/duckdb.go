package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed duckdb
var duckdb embed.FS

// installDuckDB puts the peer into .cache/duckdb under the current folder and
// returns its script.
func installDuckDB(ctx context.Context, log io.Writer) (string, error) {
	dir := filepath.Join(".cache", "duckdb")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	for _, name := range []string{"package.json", "validate.mjs"} {
		data, err := duckdb.ReadFile("duckdb/" + name)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return "", err
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		cmd := exec.CommandContext(ctx, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("npm install: %w", err)
		}
	}
	return filepath.Join(dir, "validate.mjs"), nil
}
