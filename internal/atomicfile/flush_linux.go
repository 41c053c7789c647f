package atomicfile

import (
	"os"
	"syscall"
)

// flush begins and does not wait (sync_file_range(2)). Commit's sync is what
// makes a file durable, and what tells of an error.
func flush(f *os.File) {
	const write = 2 // SYNC_FILE_RANGE_WRITE
	if c, err := f.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) { _ = syscall.SyncFileRange(int(fd), 0, 0, write) })
	}
}
