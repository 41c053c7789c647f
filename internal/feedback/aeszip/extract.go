package aeszip

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
)

// Extract unpacks every entry into an empty folder that only this call uses,
// and that the caller syncs and puts in place once Extract has returned nil:
// until then some of it may be unverified. Modes from the archive are ignored.
// progress, which may be nil, is told how many bytes were unpacked since the
// last call.
func (a *Archive) Extract(ctx context.Context, root *os.Root, passwords []secret.Value, progress func(n int64)) error {
	if err := a.checkSpace(root.Name()); err != nil {
		return err
	}
	u := newUnlocker(a.src.r, passwords)
	u.progress = progress
	defer u.wipe()
	folders := map[string]bool{".": true, "": true}
	for _, e := range a.entries {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("unpacking: %w", err)
		}
		if e.Folder {
			if err := makeFolders(root, e.Name, folders); err != nil {
				return err
			}
			continue
		}
		if err := makeFolders(root, path.Dir(e.Name), folders); err != nil {
			return err
		}
		if err := u.extract(ctx, root, e); err != nil {
			return err
		}
	}
	return nil
}

// checkSpace refuses an archive that does not fit on the disk. Where the free
// space is not known, the write itself will tell.
func (a *Archive) checkSpace(folder string) error {
	free, ok := a.free(folder)
	if ok && a.total > free {
		return fault.New(fault.Usage, "zip.limit.disk", "need", a.total, "free", free)
	}
	return nil
}

func makeFolders(root *os.Root, name string, made map[string]bool) error {
	if made[name] {
		return nil
	}
	if err := root.MkdirAll(filepath.FromSlash(name), folderMode); err != nil {
		return writeFault(err, name)
	}
	for ; !made[name]; name = path.Dir(name) {
		made[name] = true
	}
	return nil
}

func (u *unlocker) extract(ctx context.Context, root *os.Root, e *entry) (err error) {
	f, err := root.OpenFile(filepath.FromSlash(e.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return writeFault(err, e.Name)
	}
	defer func() {
		if cerr := f.Close(); cerr != nil && err == nil {
			err = writeFault(cerr, e.Name)
		}
	}()
	if !e.encrypted() {
		return nil
	}
	return u.unpack(ctx, e, atomicfile.Flushing(f))
}
