package crypt

import (
	"path/filepath"

	"iplos/internal/crypt/parts"
	"iplos/internal/disk"
	"iplos/internal/fault"
)

// bestRatio is more than gzip makes of any message: a disk without room for
// a source this much smaller cannot hold the package.
const bestRatio = 60

// checkRoom refuses a disk that surely has too little room. What cannot be
// asked or foretold is met when it happens.
func checkRoom(opts Options) error {
	need := opts.ExpectedBytes
	if opts.Compression != parts.None {
		need /= bestRatio
	}
	free, ok := disk.Free(filepath.Dir(opts.Path))
	if !ok || need <= 0 || need <= free {
		return nil
	}
	return fault.New(fault.Usage, "crypt.disk.small", "path", opts.Path, "need", need, "free", free)
}
