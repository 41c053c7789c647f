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
	// Staged, which may be nil, is told of the folder that the files stand in
	// until all are verified, before the first of them is there.
	Staged func(folder string)
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
	f, size, err := openArchive(opts.Archive)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	manifest, err := checkManifest(ctx, opts.Archive, f, size)
	if err != nil {
		return nil, err
	}
	limits := opts.Limits
	if limits == (aeszip.Limits{}) {
		limits = aeszip.DefaultLimits()
	}
	archive, err := aeszip.Open(f, size, limits)
	if err != nil {
		return nil, err
	}
	files, err := unpack(ctx, opts, archive)
	if err != nil {
		return nil, err
	}
	return &Opened{Folder: opts.To, Manifest: manifest, Files: files}, nil
}

// openArchive looks before it opens: opening a pipe waits for a writer, and no
// signal ends that.
func openArchive(path string) (*os.File, int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the archive: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, 0, fault.New(fault.Usage, "feedback.open.nofile", "file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the archive: %w", err)
	}
	if st, err = f.Stat(); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("opening the archive: %w", err), f.Close())
	}
	return f, st.Size(), nil
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
	if opts.Staged != nil {
		opts.Staged(dir.Root().Name())
	}
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
