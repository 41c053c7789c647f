package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/feedback/aeszip"
	"iplos/internal/secret"
)

// OpenOptions say what is opened and how.
type OpenOptions struct {
	// Archive is the zip, To the folder that will hold exactly its entries.
	Archive, To string
	// Force replaces a folder that is there, whatever is in it but Keep: what
	// an archive holds cannot be told from what anybody else puts in a folder.
	Force bool
	Keep  atomicfile.Keep
	// Passwords returns the passwords to try. It is called after the archive
	// has passed the checks that need none.
	Passwords func(context.Context) ([]secret.Value, error)
	// Used tells whether one of the passwords was given when data were
	// sealed, and whether that is known at all. It may be nil.
	Used func() (used, known bool)
	// Limits are what the archive may hold: the default ones when zero.
	Limits aeszip.Limits
	// Progress, which may be nil, is told of unpacked bytes as they come.
	Progress func(done, total int64)
}

// Opened is what an archive held.
type Opened struct {
	Folder string `json:"folder"`
	// Manifest is what Pull wrote and the archive was compared with; nil when
	// the archive came without one, which deserves a note.
	Manifest *Manifest `json:"manifest,omitempty"`
	Files    []Content `json:"files"`
}

// Open unpacks an archive. The folder appears when every entry has been
// verified, or not at all.
func Open(ctx context.Context, opts OpenOptions) (*Opened, error) {
	f, err := os.Open(opts.Archive)
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, fault.New(fault.Usage, "feedback.open.nofile", "file", opts.Archive)
	}
	manifest, err := checkManifest(ctx, opts.Archive, f, st.Size())
	if err != nil {
		return nil, err
	}
	limits := opts.Limits
	if limits == (aeszip.Limits{}) {
		limits = aeszip.DefaultLimits()
	}
	archive, err := aeszip.Open(f, st.Size(), limits)
	if err != nil {
		return nil, err
	}
	files, err := unpack(ctx, opts, archive)
	if err != nil {
		return nil, err
	}
	return &Opened{Folder: opts.To, Manifest: manifest, Files: files}, nil
}

func checkManifest(ctx context.Context, name string, f *os.File, size int64) (*Manifest, error) {
	m, err := ReadManifest(name)
	if err != nil || m == nil {
		return nil, err
	}
	return m, m.check(name, &stoppable{ctx: ctx, r: io.NewSectionReader(f, 0, size)}, size)
}

func unpack(ctx context.Context, opts OpenOptions, archive *aeszip.Archive) ([]Content, error) {
	dir, err := atomicfile.CreateDir(opts.To, atomicfile.Options{Force: opts.Force, Keep: opts.Keep})
	if err != nil {
		return nil, err
	}
	defer dir.Abort()
	passwords, err := opts.Passwords(ctx)
	if err != nil {
		return nil, err
	}
	progress := func(int64) {}
	if opts.Progress != nil {
		var done int64
		progress = func(n int64) {
			done += n
			opts.Progress(done, archive.TotalBytes())
		}
	}
	if err := archive.Extract(ctx, dir.Root(), passwords, progress); err != nil {
		return nil, explainPassword(err, len(passwords), opts.Used)
	}
	files, err := contents(dir.Root(), archive.Entries())
	if err != nil {
		return nil, err
	}
	return files, dir.Commit()
}

// explainPassword says what is known of passwords that did not open the
// archive: the journal knows which one was given at sealing.
func explainPassword(err error, tried int, ask func() (used, known bool)) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != "zip.password" || ask == nil || tried == 0 {
		return err
	}
	switch used, known := ask(); {
	case !known:
		return err
	case used:
		return fault.Wrap(err, fault.Integrity, "feedback.open.other")
	default:
		return fault.Wrap(err, fault.Integrity, "feedback.open.unused")
	}
}

// stoppable ends a read when the context has ended.
type stoppable struct {
	ctx context.Context //nolint:containedctx // io.Reader has no place for it
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, fmt.Errorf("reading: %w", err)
	}
	return s.r.Read(p)
}
