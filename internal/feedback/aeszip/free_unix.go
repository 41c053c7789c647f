//go:build linux || darwin || freebsd

package aeszip

import "golang.org/x/sys/unix"

// freeBytes returns the space an ordinary user may fill at a path.
func freeBytes(path string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // the types differ between systems
}
