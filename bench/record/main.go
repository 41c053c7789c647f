// Command record measures reading a message against its peers: the strict
// tokenizer against a C program on libxml2's SAX2 interface, and reading into
// records against encoding/xml's DecodeElement, each on one processor. It
// prints rows of a Markdown table:
//
//	go run ./bench/record -size 1024 -rounds 5
//
// It needs a C compiler and libxml2's headers (libxml2-dev).
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"iplos/bench/rig"
)

//go:embed libxml2/sax2.c
var sax2 []byte

func main() { rig.Main("record", "", children(), measure) }

func measure(ctx context.Context, b *rig.Bench) error {
	path := b.Path("message.xml")
	persons, err := generate(path, int64(b.Size)<<20)
	if err != nil {
		return err
	}
	sax, err := compile(ctx, b)
	if err != nil {
		return err
	}
	programs := []*rig.Program{
		{Name: "libxml2 SAX2 (C)", Argv: []string{sax, path}},
		{Name: "tokenizer", Argv: b.Child("tokenize", path), Env: rig.OneProcessor()},
		{Name: "encoding/xml DecodeElement", Argv: b.Child("decode", path), Env: rig.OneProcessor()},
		{Name: "reading into records", Argv: b.Child("read", path), Env: rig.OneProcessor()},
	}
	if err := rig.InTurn(ctx, b.Rounds, programs...); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "Message: %.0f MB, %d persons, indented.\n\n", rig.MB(info.Size()), persons)
	return b.Rates("reading XML", info.Size(), programs...)
}

func compile(ctx context.Context, b *rig.Bench) (string, error) {
	source, program := b.Path("sax2.c"), b.Path("sax2")
	if err := os.WriteFile(source, sax2, 0o600); err != nil {
		return "", err
	}
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libxml-2.0").Output()
	if err != nil {
		return "", fmt.Errorf("finding libxml2: %w", err)
	}
	return program, rig.Do(ctx, append([]string{"cc", "-O2", "-o", program, source}, strings.Fields(string(flags))...)...)
}
