//go:build !windows

package crypt

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// isDiskFull tells a full disk or quota from other errors.
func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// freeBytes returns the room an ordinary user has on the folder's disk.
func freeBytes(folder string) (uint64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true //nolint:gosec,unconvert // types differ between systems
}
