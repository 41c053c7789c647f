package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"iplos/internal/fault"
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

// Pulled is one file fetched and in place.
type Pulled struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"`
	Verified bool   `json:"verified"`
}

// PullResult is what a pull did. After an error it holds what came before it.
type PullResult struct {
	Files []Pulled `json:"files"`
	// Known counts files left out because they were fetched before, by id and
	// hash; Older those uploaded before Since.
	Known int `json:"known"`
	Older int `json:"older"`
	// Failed are the files that something is wrong with; the error says what
	// with the first of them.
	Failed []string `json:"failed,omitempty"`
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
// name is whole, and equal to what the server says it is.
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
	if err := os.MkdirAll(opts.To, 0o700); err != nil {
		return result, fault.Wrap(err, fault.Usage, "feedback.folder", "folder", opts.To)
	}
	p := &pull{opts: opts, host: opts.Source.URL(), fold: cases.Fold(), result: result}
	if p.ledger, err = OpenLedger(opts.StateDir); err != nil {
		return result, err
	}
	if err := p.listFolder(); err != nil {
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
		if ferr := p.fetch(ctx, f); ofFile(ferr) {
			result.Failed = append(result.Failed, f.Name)
			err = cmp.Or(err, ferr)
		} else if ferr != nil {
			return result, ferr
		}
	}
	return result, err
}

// ofFile tells a fault of one file, which may be there for good, from one
// that the next file would meet too: it must not keep the others away.
func ofFile(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && slices.Contains([]string{"feedback.pull.blocked", "feedback.pull.hash", "feedback.pull.size"}, f.ID)
}

// wanted tells whether a listed file is to be fetched. A stamp that cannot be
// read counts as recent: leaving out in silence would be worse.
func (p *pull) wanted(f moveit.File) bool {
	if !p.opts.Since.IsZero() && len(f.Uploaded) >= 10 {
		day, err := time.Parse("2006-01-02", f.Uploaded[:10])
		since := p.opts.Since
		if err == nil && day.Before(time.Date(since.Year(), since.Month(), since.Day(), 0, 0, 0, 0, time.UTC)) {
			p.result.Older++
			return false
		}
	}
	return true
}

// listFolder notes the names that are taken, as a file system without case
// sees them.
func (p *pull) listFolder() error {
	entries, err := os.ReadDir(p.opts.To)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "feedback.folder", "folder", p.opts.To)
	}
	p.names = map[string]bool{}
	for _, e := range entries {
		p.names[p.fold.String(e.Name())] = true
	}
	return nil
}

func (p *pull) taken(name string) bool {
	return p.names[p.fold.String(name)] || p.names[p.fold.String(ManifestPath(name))]
}

// fetch brings one file home: download, compare, name, manifest, ledger, and
// only then mark it read.
func (p *pull) fetch(ctx context.Context, listed moveit.File) error {
	f, err := p.opts.Source.Details(ctx, listed.ID)
	switch {
	case isGone(err):
		return nil // it went between the listing and now
	case err != nil:
		return err
	case !p.opts.All && p.ledger.Has(p.host, f):
		p.result.Known++
		return nil
	case f.Blocked:
		return fault.New(fault.Refused, "feedback.pull.blocked", "file", shown(listed.Name))
	}
	name := freeName(safeName(listed.Name, listed.ID), p.taken)
	path := filepath.Join(p.opts.To, name)
	got, err := p.download(ctx, f, path)
	if err != nil {
		return err
	}
	p.names[p.fold.String(name)] = true
	done := Pulled{ID: f.ID, Name: name, Path: path, Bytes: got.bytes, SHA256: got.sha256, Verified: got.verified}
	if err := p.record(f, listed, done, got); err != nil {
		return err
	}
	// The ledger decides what is new; the server's own mark is a courtesy.
	_ = p.opts.Source.MarkRead(ctx, f.ID)
	p.result.Files = append(p.result.Files, done)
	return ctx.Err()
}

func (p *pull) record(f, listed moveit.File, done Pulled, got fetched) error {
	now := p.opts.Now().UTC().Truncate(time.Second)
	m := &Manifest{
		Name: done.Name, From: p.host, FileID: f.ID, Uploaded: f.Uploaded, Fetched: now,
		Bytes: got.bytes, SHA256: got.sha256, SHA1: got.sha1, Verified: got.verified, Tool: p.opts.Tool,
	}
	if listed.Name != done.Name {
		m.OriginalName = listed.Name
	}
	if err := m.write(done.Path); err != nil {
		return err
	}
	return p.ledger.add(LedgerEntry{
		Host: p.host, ID: f.ID, Name: done.Name, Path: done.Path, Bytes: got.bytes,
		SHA1: got.sha1, SHA256: got.sha256, At: now, Verified: got.verified,
	})
}

// isGone tells the API's own 404 from a firewall's page.
func isGone(err error) bool {
	s, ok := errors.AsType[*moveit.StatusError](err)
	return ok && s.Status == http.StatusNotFound && !s.HTML
}

// shown quotes a name from outside.
func shown(name string) string {
	const longest = 120
	if r := []rune(name); len(r) > longest {
		name = string(r[:longest]) + "…"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(name, "?"))
}
