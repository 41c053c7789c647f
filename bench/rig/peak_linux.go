package rig

import (
	"os"
	"syscall"
)

// peakKiB returns the largest memory of a finished process and those it
// waited for.
func peakKiB(p *os.ProcessState) int64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss
	}
	return 0
}
