//go:build unix

package disk

import (
	"errors"
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// Free returns the bytes an ordinary user may still write on a folder's disk;
// ok is false when the system does not tell.
func Free(folder string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	free := uint64(s.Bavail) * uint64(s.Bsize) //nolint:unconvert // the types differ between systems
	return int64(min(free, math.MaxInt64)), true
}

// IsFull tells a full disk or quota from other errors.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
