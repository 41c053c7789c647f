//go:build !linux

package atomicfile

import "os"

// flush does nothing: these systems have no such hint.
func flush(*os.File) {}
