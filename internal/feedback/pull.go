package feedback

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"iplos/internal/feedback/moveit"
)

// Source is the server a pull fetches from: [moveit.Client].
type Source interface {
	URL() string
	Files(ctx context.Context) ([]moveit.File, error)
	Details(ctx context.Context, id string) (moveit.File, error)
	Download(ctx context.Context, id string) (*moveit.Download, error)
	MarkRead(ctx context.Context, id string) error
	Delete(ctx context.Context, id string) error
}

// PullOptions say what is fetched and where to.
type PullOptions struct {
	Source Source
	// StateDir holds the ledger and the lock.
	StateDir string
	// To is the folder the files are put in; it is made when missing.
	To string
	// All fetches also what was fetched before. Since leaves out what was
	// uploaded before that day, by the server's own clock.
	All   bool
	Since time.Time
	// Progress, which may be nil, is told of bytes as they come; total is -1
	// when it is not known.
	Progress func(name string, done, total int64)
	Now      func() time.Time
	Tool     string
}

// Pulled is one file in place.
type Pulled struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"`
	Verified bool   `json:"verified"`
	// UnknownHash tells that the server gave a hash, in no form known here.
	UnknownHash bool `json:"unknown_hash,omitempty"`
	// Kept tells that the file was in place already, and only written up.
	Kept bool `json:"kept,omitempty"`
}

// PullResult is what a pull did. After an error it holds what came before it.
type PullResult struct {
	Files []Pulled `json:"files"`
	// Known counts files left out because they were fetched before, by id and
	// hash; Older the others that were uploaded before Since.
	Known int `json:"known"`
	Older int `json:"older"`
	// Gone are files that were listed and no longer there when asked for.
	Gone []string `json:"gone,omitempty"`
	// Failed are the files that something is wrong with.
	Failed []Failure `json:"-"`
}

// pull is one run.
type pull struct {
	opts   PullOptions
	ledger *Ledger
	host   string
	fold   cases.Caser
	names  map[string]bool
	result *PullResult
}

// Pull fetches the files that are new by the ledger. Every file that gets its
// name is whole, and equal to what the server says it is. What is wrong with
// one file keeps no other away: the error then tells of all that failed.
func Pull(ctx context.Context, opts PullOptions) (result *PullResult, err error) {
	result = &PullResult{Files: []Pulled{}}
	release, err := lockState(opts.StateDir)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if opts.Now == nil {
		opts.Now = time.Now
	}
	p := &pull{opts: opts, host: opts.Source.URL(), fold: cases.Fold(), result: result}
	if p.ledger, err = OpenLedger(opts.StateDir); err != nil {
		return result, err
	}
	if err := p.openFolder(); err != nil {
		return result, err
	}
	files, err := opts.Source.Files(ctx)
	if err != nil {
		return result, err
	}
	for _, f := range files {
		if !p.wanted(f) {
			continue
		}
		if err := p.fetch(ctx, f); err != nil && !result.failed(f, err) {
			return result, err
		}
		if err := ctx.Err(); err != nil {
			return result, fmt.Errorf("fetching: %w", err)
		}
	}
	return result, failures(result.Failed)
}

// wanted tells whether a listed file is to be fetched. A stamp that cannot be
// read counts as recent: leaving out in silence would be worse.
func (p *pull) wanted(f moveit.File) bool {
	if p.opts.Since.IsZero() || len(f.Uploaded) < 10 {
		return true
	}
	day, err := time.Parse(time.DateOnly, f.Uploaded[:10])
	since := p.opts.Since
	if err != nil || !day.Before(time.Date(since.Year(), since.Month(), since.Day(), 0, 0, 0, 0, time.UTC)) {
		return true
	}
	if p.ledger.Has(p.host, f) {
		p.result.Known++
	} else {
		p.result.Older++
	}
	return false
}

// shown quotes a name from outside.
func shown(name string) string {
	const longest = 120
	if r := []rune(name); len(r) > longest {
		name = string(r[:longest]) + "…"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(name, "?"))
}
