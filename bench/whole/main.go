// Command whole measures the whole pipeline, `iplos encrypt`: read, validate
// with every rule, compress and seal to disk, against the tools that a
// municipality has: xmllint with the message's schema, then gzip and OpenSSL.
// It prints rows of a Markdown table:
//
//	go run ./bench/whole -size 1024 -rounds 5
//
// Every round runs each program once, in turn, so that a busy machine slows
// all alike; the medians are compared. Then come the program's peak memory
// with a small and a large message, its size, and the CPU time it takes to
// start.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"iplos/bench/rig"
	"iplos/internal/record"
)

func main() {
	rig.Main("whole", "", map[string]rig.Child{"message": makeMessage}, func(ctx context.Context, b *rig.Bench) error {
		w := &whole{Bench: b, iplos: b.Path("iplos")}
		for _, part := range []func(context.Context) error{w.prepare, w.pipeline, w.memory, w.start} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// whole is the benchmark and the program as it is released.
type whole struct {
	*rig.Bench
	iplos string
}

// prepare builds the program, and makes and imports keys.
func (b *whole) prepare(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.iplos, "./cmd/iplos")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w: %s", err, text)
	}
	if err := os.WriteFile(b.Path("message.xsd"), record.Schema(record.Profiles()[0]), 0o600); err != nil { // that of 2017
		return err
	}
	const request = "openssl req -x509 -newkey rsa:3072 -nodes -days 400 -subj /CN=%s -keyout /dev/null -out %[1]s.pem"
	for _, argv := range [][]string{
		rig.Shell(fmt.Sprintf(request, "SSB")),
		rig.Shell(fmt.Sprintf(request, "TPF")),
		{b.iplos, "key", "import", "SSB.pem", "--confirmed-by", "bench"},
		{b.iplos, "key", "import", "TPF.pem", "--role", "pseudonymiser", "--confirmed-by", "bench"},
	} {
		if err := b.program(argv[0], "", argv...).Run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// program runs in the folder for files, in a municipality of its own.
func (b *whole) program(name, makes string, argv ...string) *rig.Program {
	home := b.Path("home")
	return &rig.Program{Name: name, Argv: argv, Dir: b.Work, Makes: makes, Env: []string{
		"HOME=" + home, "XDG_CONFIG_HOME=" + home, "IPLOS_STATE_DIR=" + b.Path("state"),
		"IPLOS_MUNICIPALITY=0403", "IPLOS_YEAR=2017", "IPLOS_ORGANISATION_NUMBER=800000009",
		"IPLOS_CONTACT_EMAIL=iplos@eksempel.kommune.no", "IPLOS_FEEDBACK_PASSWORD=benk-benk-benk-benk",
	}}
}

// encrypt is the command that is measured; --resend since the journal knows
// the content from the round before.
func (b *whole) encrypt() *rig.Program {
	return b.program("iplos encrypt", "o.tar", b.iplos, "encrypt", "-i", "m.xml", "-o", "o.tar", "--allow-synthetic", "--resend")
}

// pipeline is the race.
func (b *whole) pipeline(ctx context.Context) error {
	bytes, err := b.message(ctx, b.Size)
	if err != nil {
		return err
	}
	const seal = "openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -recip SSB.pem -keyopt rsa_padding_mode:oaep -out o"
	ours := b.encrypt()
	peer := b.program("xmllint, then gzip -6, openssl cms", "o",
		rig.Shell("xmllint --noout --stream --schema message.xsd m.xml 2>/dev/null && gzip -6 < m.xml | "+seal+" && sync o")...)
	if err := rig.InTurn(ctx, b.Rounds, ours, peer); err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "Message: %.0f MB; read, validated, compressed and sealed to disk.\n\n", rig.MB(bytes))
	b.AgainstHead("", 0)
	b.Against("", bytes, ours, peer)
	return nil
}

// memory is the peak with a small and a large message.
func (b *whole) memory(ctx context.Context) error {
	fmt.Fprintln(b.Out, "\n| peak memory of iplos encrypt | MiB | seconds |\n|---|---|---|")
	for _, size := range []int{3, 3 * b.Size} {
		bytes, err := b.message(ctx, size)
		if err != nil {
			return err
		}
		p := b.encrypt()
		if err := rig.InTurn(ctx, 3, p); err != nil {
			return err
		}
		fmt.Fprintf(b.Out, "| %.0f MB | %.0f | %.2f |\n", rig.MB(bytes), p.Peak(), p.Wall())
	}
	return nil
}

// start is what it costs to run the program at all.
func (b *whole) start(ctx context.Context) error {
	p := b.program("iplos version", "", b.iplos, "version")
	if err := rig.InTurn(ctx, 25, p); err != nil {
		return err
	}
	info, err := os.Stat(b.iplos)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.Out, "\n| the program | |\n|---|---|")
	fmt.Fprintf(b.Out, "| iplos version, CPU ms | %.1f |\n", p.CPU()*1000)
	fmt.Fprintf(b.Out, "| size as released, MB | %.1f |\n", rig.MB(info.Size()))
	return nil
}

// message makes m.xml of about so many MiB, in a process of its own: what is
// measured starts from a small one.
func (b *whole) message(ctx context.Context, mebibytes int) (int64, error) {
	path := b.Path("m.xml")
	if err := rig.Do(ctx, b.Child("message", strconv.Itoa(mebibytes), path)...); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// makeMessage writes a clean synthetic message of so many MiB.
func makeMessage(_ context.Context, _ io.Writer, args []string) error {
	return rig.Message(args[0], args[1])
}
