// Command feedback measures opening an AES zip against 7-Zip and bsdtar, and
// fetching a file over TLS against curl, and prints Markdown tables.
//
//	go run ./bench/feedback -size 1024 -rounds 5 -dir /dev/shm,/tmp
//
// Our program puts on disk what it writes; so do the peers here (sync), which
// costs nothing where the files lie in memory.
package main

import (
	"context"
	"fmt"

	"iplos/bench/rig"
)

const password = "benk-2018"

func main() {
	children := map[string]rig.Child{"list": writeList, "open": openArchive, "serve": serve, "pull": pullFile}
	rig.Main("feedback", rig.MemoryAndDisk(), children, measure)
}

func measure(ctx context.Context, b *rig.Bench) error {
	fmt.Fprintf(b.Out, "\nAn archive of one list of %d MiB, encrypted with AES-256, unpacked %s.\n\n", b.Size, b.Place())
	b.AgainstHead(" method |", 1)
	for _, method := range []string{"Copy", "Deflate"} {
		if err := open(ctx, b, method); err != nil {
			return err
		}
	}
	fmt.Fprintf(b.Out, "\nFetching %d MiB over TLS on this machine, %s.\n\n", b.Size, b.Place())
	b.AgainstHead("", 0)
	return pull(ctx, b)
}
