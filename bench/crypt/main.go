// Command crypt measures sealing and opening against OpenSSL and age, and
// prints Markdown tables.
//
//	go run ./bench/crypt -size 1024 -rounds 5 -dir /dev/shm,/tmp
//
// "seal" seals a file's bytes as they are, through the same parts and
// container as a message: what OpenSSL and age do, and digests that they do
// not take (of the message, of each sealed part, and of the tar). Our program
// puts on disk what it writes; so do the peers here (sync).
package main

import (
	"context"
	"fmt"
	"os"

	"iplos/bench/rig"
)

func main() { rig.Main("crypt", rig.MemoryAndDisk(), children(), measure) }

func measure(ctx context.Context, b *rig.Bench) error {
	bytes, err := prepare(ctx, b)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "\nMessage: %.0f MB, %s.\n\n", rig.MB(bytes), b.Place())
	b.AgainstHead(" work |", 1)
	for _, r := range races(b) {
		if err := rig.InTurn(ctx, b.Rounds, append([]*rig.Program{r.ours}, r.peers...)...); err != nil {
			return fmt.Errorf("%s: %w", r.what, err)
		}
		b.Against(" "+r.what+" |", bytes, r.ours, r.peers...)
	}
	return nil
}

// prepare makes the message, the keys and the packages to open.
func prepare(ctx context.Context, b *rig.Bench) (bytes int64, err error) {
	const key = "openssl req -x509 -newkey rsa:3072 -nodes -keyout %s -out %s -days 30 -subj /CN=%s"
	for _, argv := range [][]string{
		b.Child("message", fmt.Sprint(b.Size), b.Path("m.xml")),
		rig.Shell(fmt.Sprintf(key, b.Path("k.pem"), b.Path("c.pem"), "SSB")),
		rig.Shell(fmt.Sprintf(key, os.DevNull, b.Path("p.pem"), "TPF")),
		rig.Shell("age-keygen -o " + b.Path("age.key")),
		// The register's key opens what OpenSSL opens: link ids stay.
		b.Child("package", "none", b.Path("m.xml"), b.Path("c.pem"), b.Path("opened-none"), b.Path("p.pem")),
		b.Child("package", "gzip", b.Path("m.xml"), b.Path("c.pem"), b.Path("opened-gzip"), b.Path("p.pem")),
	} {
		if err := rig.Do(ctx, argv...); err != nil {
			return 0, err
		}
	}
	info, err := os.Stat(b.Path("m.xml"))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// race is one thing to do and who does it.
type race struct {
	what  string
	ours  *rig.Program
	peers []*rig.Program
}

func races(b *rig.Bench) []race {
	peer := func(name, line string) *rig.Program {
		return &rig.Program{Name: name, Argv: rig.Shell("(" + line + ") && sync o"), Dir: b.Work, Makes: "o"}
	}
	ours := func(makes string, args ...string) *rig.Program {
		return &rig.Program{Name: "iplos", Argv: b.Child(args...), Dir: b.Work, Makes: makes}
	}
	const cms = "openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -recip c.pem -keyopt rsa_padding_mode:oaep"
	const loop = `for p in %s/part-*.p7m; do openssl cms -decrypt -inform DER -in "$p" -inkey k.pem || exit 1; done`
	openssl := func() *rig.Program { return peer("openssl cms, GCM", cms+" -in m.xml -out o") }
	return []race{
		{"seal without compression", ours("s", "seal", "none", "m.xml", "c.pem", "s"), []*rig.Program{
			openssl(), peer("age", "age -r $(age-keygen -y age.key) -o o m.xml"),
		}},
		{"seal without compression, as tar", ours("s.tar", "seal", "none", "m.xml", "c.pem", "s.tar"), []*rig.Program{openssl()}},
		{"seal with gzip", ours("s", "seal", "gzip", "m.xml", "c.pem", "s"), []*rig.Program{
			peer("gzip -6, openssl cms", "gzip -6 < m.xml | "+cms+" -out o"),
		}},
		{"open without compression", ours("o", "open", "opened-none", "k.pem", "o"), []*rig.Program{
			peer("openssl loop", fmt.Sprintf(loop, "opened-none")+" > o"),
		}},
		{"open with gzip", ours("o", "open", "opened-gzip", "k.pem", "o"), []*rig.Program{
			peer("openssl loop, gunzip", "("+fmt.Sprintf(loop, "opened-gzip")+") | gunzip > o"),
		}},
	}
}
