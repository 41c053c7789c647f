//go:build !linux

package rig

import "os"

// peakKiB is measured on Linux only.
func peakKiB(*os.ProcessState) int64 { return 0 }
