package source

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// FromFile reads a secret from a file. On Unix a file that others can read
// is refused; Windows keeps that in access lists, which are not looked at.
func FromFile(path string) (secret.Value, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return secret.Value{}, fileFault(err, path)
	}
	defer f.Close() //nolint:errcheck // only read from
	info, err := f.Stat()
	switch {
	case err != nil:
		return secret.Value{}, fileFault(err, path)
	case info.IsDir():
		return secret.Value{}, fault.New(fault.Usage, "secret.file.folder", "file", path)
	case runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0:
		return secret.Value{}, fault.New(fault.Usage, "secret.file.open", "file", path)
	}
	b, err := readAll(f)
	if err != nil {
		return secret.Value{}, fileFault(err, path)
	}
	return check(plainText(b), path)
}

var errTooLarge = errors.New("more than 64 KiB")

// readAll reads into one buffer that never moves, so that no copy is left.
func readAll(r io.Reader) ([]byte, error) {
	buf := make([]byte, maxSize+1)
	n, err := io.ReadFull(r, buf)
	switch {
	case err == nil:
		clear(buf)
		return nil, errTooLarge
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return buf[:n], nil
	default:
		clear(buf)
		return nil, err
	}
}

func fileFault(err error, path string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Usage, "secret.file.missing", "file", path)
	case errors.Is(err, errTooLarge):
		return fault.Wrap(err, fault.Usage, "secret.file.large", "file", path)
	default:
		return fault.Wrap(err, fault.Usage, "secret.file.unreadable", "file", path)
	}
}
