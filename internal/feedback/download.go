package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/feedback/moveit"
	"iplos/internal/httpx"
)

// attempts bounds how often a body that breaks is fetched from the start. The
// API has no documented way to go on in the middle.
const attempts = 3

// fetched is what a whole download was.
type fetched struct {
	sums
	bytes    int64
	verified bool
	unknown  bool // the server gave a hash, in no form known here
}

// errBroken marks a body that ended before its time.
var errBroken = errors.New("body ended early")

// download fetches a file to its path, or leaves nothing. seal is called with
// what came before it gets its name.
func (p *pull) download(ctx context.Context, f moveit.File, path string, seal func(fetched) error) (fetched, error) {
	var broken error
	for range attempts {
		got, err := p.attempt(ctx, f, path, seal)
		if err == nil || !errors.Is(err, errBroken) {
			return got, err
		}
		if ctx.Err() != nil {
			return got, fmt.Errorf("fetching: %w", ctx.Err())
		}
		broken = err
	}
	return fetched{}, fault.Wrap(broken, fault.Network, "feedback.pull.broken", "attempts", attempts)
}

// attempt fetches the whole file once, into a fresh temporary file.
func (p *pull) attempt(ctx context.Context, f moveit.File, path string, seal func(fetched) error) (fetched, error) {
	body, err := p.opts.Source.Download(ctx, f.ID)
	if err != nil {
		return fetched{}, noBody(err)
	}
	defer body.Close() //nolint:errcheck // read to the end or given up
	out, err := atomicfile.Create(path, atomicfile.Options{})
	if err != nil {
		return fetched{}, err
	}
	defer out.Abort()
	got, err := p.copyBody(ctx, out, body, f)
	if err != nil {
		return got, err
	}
	if err := compare(&got, f, body.Digest); err != nil {
		return got, err
	}
	if err := seal(got); err != nil {
		return got, err
	}
	if err := out.Commit(); err != nil {
		_ = os.Remove(ManifestPath(path)) // the cause matters more
		return got, err
	}
	return got, nil
}

// noBody tells a connection that took the request and then said nothing more,
// which may be this file's trouble, from one that cannot be made.
func noBody(err error) error {
	switch httpx.ClassOf(err) {
	case httpx.Cut, httpx.Stalled, httpx.Timeout:
		return errors.Join(errBroken, err)
	default:
		return err
	}
}

// copyBody writes what comes. It reads at most a buffer more than the file has.
func (p *pull) copyBody(ctx context.Context, out io.Writer, body io.Reader, f moveit.File) (fetched, error) {
	digests := newDigester()
	total, err := p.copyTo(ctx, out, body, f, digests)
	got := fetched{sums: digests.sums(), bytes: total}
	if err == nil && total < f.Bytes {
		err = fmt.Errorf("%d of %d bytes: %w", total, f.Bytes, errBroken)
	}
	return got, err
}

func (p *pull) copyTo(ctx context.Context, out io.Writer, body io.Reader, f moveit.File, digests *digester) (total int64, err error) {
	for {
		buf, err := fill(body, digests.buffer())
		if total += int64(len(buf)); total > f.Bytes {
			return total, fault.New(fault.Integrity, "feedback.pull.size", "expected", f.Bytes)
		}
		if _, err := out.Write(buf); err != nil {
			return total, err
		}
		digests.add(buf)
		if p.opts.Progress != nil && len(buf) > 0 {
			p.opts.Progress(f.Name, total, f.Bytes)
		}
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a body cut short
			return total, nil
		}
		if err != nil {
			return total, errors.Join(errBroken, err)
		}
		if err := ctx.Err(); err != nil {
			return total, fmt.Errorf("fetching: %w", err)
		}
	}
}

// fill reads until the buffer is full or the body ends, and returns the
// body's own error, which io.ReadFull would change.
func fill(body io.Reader, buf []byte) ([]byte, error) {
	n := 0
	for n < len(buf) {
		k, err := body.Read(buf[n:])
		n += k
		if err != nil {
			return buf[:n], err
		}
	}
	return buf[:n], nil
}

// compare holds what came against what the server says of the file.
func compare(got *fetched, f moveit.File, digest string) error {
	differs := fault.New(fault.Integrity, "feedback.pull.hash")
	same, known := sameHash(f.Hash, got.sums)
	if known && !same {
		return differs
	}
	sameHeader, knownHeader := sameDigest(digest, got.sums)
	if knownHeader && !sameHeader {
		return differs
	}
	got.verified = known || knownHeader
	got.unknown = !got.verified && (f.Hash != "" || digest != "")
	return nil
}
