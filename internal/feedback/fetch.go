package feedback

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"iplos/internal/fault"
	"iplos/internal/feedback/moveit"
)

// fetch brings one file home: download, compare, manifest, name, ledger, and
// only then mark it read.
func (p *pull) fetch(ctx context.Context, listed moveit.File) error {
	f, err := p.opts.Source.Details(ctx, listed.ID)
	switch {
	case moveit.IsGone(err):
		p.result.Gone = append(p.result.Gone, listed.Name)
		return nil
	case err != nil:
		return err
	case !p.opts.All && p.ledger.Has(p.host, f):
		p.result.Known++
		return nil
	case f.Blocked:
		return fault.New(fault.Refused, "feedback.pull.blocked")
	}
	name, got, err := p.place(ctx, f, listed)
	if err != nil {
		return err
	}
	path := filepath.Join(p.opts.To, name)
	kept := got != nil
	if !kept {
		got = new(fetched)
		*got, err = p.download(ctx, f, path, func(got fetched) error { return p.manifest(f, listed, name, got).write(path) })
		if err != nil {
			return err
		}
	}
	p.reserve(name)
	p.reserve(ManifestPath(name))
	if err := p.ledger.add(p.entry(f, name, *got)); err != nil {
		return err
	}
	// The ledger decides what is new; the server's own mark is a courtesy.
	_ = p.opts.Source.MarkRead(ctx, f.ID)
	p.result.Files = append(p.result.Files, Pulled{
		ID: f.ID, Name: name, Path: path, Bytes: got.bytes, SHA256: got.sha256,
		Verified: got.verified, UnknownHash: got.unknown, Kept: kept,
	})
	return nil
}

// place finds the name of a file: its own or the first with a number that is
// free. A pull writes the manifest, gives the archive its name, and writes
// the ledger last; where an earlier one was killed in between, the name is
// taken by a manifest without its archive, which is written again, or by the
// whole file, which is kept: got then says what it is.
func (p *pull) place(ctx context.Context, f, listed moveit.File) (name string, got *fetched, err error) {
	for name := range numbered(safeName(listed.Name, listed.ID)) {
		archive, manifest := p.has(name), p.has(ManifestPath(name))
		if !archive && !manifest {
			return name, nil, nil
		}
		path := filepath.Join(p.opts.To, name)
		m, err := ReadManifest(path)
		if err != nil || m != nil && (m.From != p.host || m.FileID != f.ID) {
			continue // another file's
		}
		switch {
		case archive && !p.opts.All:
			if got := p.keep(ctx, f, path, m); got != nil {
				return name, got, p.complete(f, listed, name, m, *got)
			}
		// One that has a manifest of its own is a file from the server.
		case !archive && m != nil && !p.has(ManifestPath(ManifestPath(name))):
			return name, nil, nil
		}
		if err := ctx.Err(); err != nil {
			return "", nil, fmt.Errorf("looking at %q: %w", name, err)
		}
	}
	return "", nil, nil // numbered does not end
}

// keep reads a file that may be the one on the server, and returns what it is
// when it is: by the server's hash, or by our own manifest.
func (p *pull) keep(ctx context.Context, f moveit.File, path string, m *Manifest) *fetched {
	info, err := os.Lstat(path)
	if _, known := hashBytes(f.Hash); err != nil || !info.Mode().IsRegular() || info.Size() != f.Bytes || !known && m == nil {
		return nil
	}
	in, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer in.Close() //nolint:errcheck // only read
	got, err := p.copyBody(ctx, io.Discard, in, f)
	if err != nil || compare(&got, f, "") != nil || m != nil && m.SHA256 != got.sha256 {
		return nil
	}
	got.verified = got.verified || m != nil && m.Verified
	return &got
}

// complete writes the manifest that a kept file lacks.
func (p *pull) complete(f, listed moveit.File, name string, m *Manifest, got fetched) error {
	if m != nil {
		return nil
	}
	return p.manifest(f, listed, name, got).write(filepath.Join(p.opts.To, name))
}

func (p *pull) manifest(f, listed moveit.File, name string, got fetched) *Manifest {
	m := &Manifest{
		Name: name, From: p.host, FileID: f.ID, Uploaded: f.Uploaded, Fetched: p.second(),
		Bytes: got.bytes, SHA256: got.sha256, SHA1: got.sha1, Verified: got.verified, Tool: p.opts.Tool,
	}
	if listed.Name != name {
		m.OriginalName = listed.Name
	}
	return m
}

func (p *pull) entry(f moveit.File, name string, got fetched) LedgerEntry {
	return LedgerEntry{
		Host: p.host, ID: f.ID, Name: name, Path: filepath.Join(p.opts.To, name), Bytes: got.bytes,
		SHA1: got.sha1, SHA256: got.sha256, At: p.second(), Verified: got.verified,
	}
}

func (p *pull) second() time.Time { return p.opts.Now().UTC().Truncate(time.Second) }
