// Package container keeps the files of a sealed package together: as one
// uncompressed tar or as a folder. Either appears under its name only when it
// is whole, and is read back strictly: every byte of a tar is accounted for.
package container

import (
	"path/filepath"
	"strings"
)

// Kind is how the files are kept together.
type Kind string

// The kinds. Tar is delivered as one file.
const (
	Tar    Kind = "tar"
	Folder Kind = "folder"
)

// KindOf returns what a path's name asks for: a tar for ".tar", else a
// folder.
func KindOf(path string) Kind {
	if strings.EqualFold(filepath.Ext(path), ".tar") {
		return Tar
	}
	return Folder
}

// Entry is one file of a package.
type Entry struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// slice is how much is read or written at once: it is hashed while it is in
// the processor's cache. One write of a whole 32 MiB part is far slower.
const slice = 256 << 10

func sizeOf(pieces [][]byte) int64 {
	var n int64
	for _, p := range pieces {
		n += int64(len(p))
	}
	return n
}
