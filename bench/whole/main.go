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
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/whole:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) == 3 && args[0] == "message" {
		return makeMessage(args[1], args[2])
	}
	b := &bench{out: out}
	flags := flag.NewFlagSet("whole", flag.ContinueOnError)
	flags.IntVar(&b.size, "size", 1024, "message size in MiB")
	flags.IntVar(&b.rounds, "rounds", 5, "rounds; medians are shown")
	flags.IntVar(&b.large, "large", 0, "size of the large message for peak memory in MiB; 0 is three times the size")
	dir := flags.String("dir", os.TempDir(), "where the files lie")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b.large == 0 {
		b.large = 3 * b.size
	}
	if b.work, err = os.MkdirTemp(*dir, "iplos-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{b.pipeline, b.memory, b.start} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// bench is one run of the program.
type bench struct {
	out                 io.Writer
	self, iplos, work   string
	size, large, rounds int
}

// prepare builds the program as it is released, and makes and imports keys.
func (b *bench) prepare(ctx context.Context) (err error) {
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	b.iplos = filepath.Join(b.work, "iplos")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.iplos, "./cmd/iplos")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w: %s", err, text)
	}
	if err := writeSchema(filepath.Join(b.work, "message.xsd")); err != nil {
		return err
	}
	const request = "openssl req -x509 -newkey rsa:3072 -nodes -days 400 -subj /CN=%s -keyout /dev/null -out %[1]s.pem"
	for _, step := range []contender{
		{argv: shell(fmt.Sprintf(request, "SSB"))},
		{argv: shell(fmt.Sprintf(request, "TPF"))},
		{argv: []string{b.iplos, "key", "import", "SSB.pem", "--confirmed-by", "bench"}},
		{argv: []string{b.iplos, "key", "import", "TPF.pem", "--role", "pseudonymiser", "--confirmed-by", "bench"}},
	} {
		if _, err := b.time(ctx, step); err != nil {
			return fmt.Errorf("%v: %w", step.argv, err)
		}
	}
	return nil
}

// pipeline is the race.
func (b *bench) pipeline(ctx context.Context) error {
	bytes, err := b.message(ctx, b.size)
	if err != nil {
		return err
	}
	const seal = "openssl cms -encrypt -stream -binary -outform DER -aes-256-gcm -recip SSB.pem -keyopt rsa_padding_mode:oaep -out o"
	in := []contender{
		{"iplos encrypt", b.encrypt(), []string{"o.tar"}},
		{"xmllint, then gzip -6, openssl cms", shell("xmllint --noout --stream --schema message.xsd m.xml 2>/dev/null && gzip -6 < m.xml | " + seal + " && sync o"), []string{"o"}},
	}
	runs := make([][]sample, len(in))
	for range b.rounds {
		for i, c := range in {
			s, err := b.once(ctx, c)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			runs[i] = append(runs[i], s)
		}
	}
	fmt.Fprintf(b.out, "Message: %.0f MB; %d rounds.\n\n", float64(bytes)/1e6, b.rounds)
	fmt.Fprintln(b.out, "| read, validate, compress, seal to disk | seconds | MB/s | CPU seconds | peak MiB | iplos is faster by | CPU |")
	fmt.Fprintln(b.out, "|---|---|---|---|---|---|---|")
	ours := medians(runs[0])
	for i, c := range in {
		m, ratio, cpu := medians(runs[i]), "", ""
		if i > 0 {
			ratio = fmt.Sprintf("**%.2f**", m.wall.Seconds()/ours.wall.Seconds())
			cpu = fmt.Sprintf("%.2f", m.cpu.Seconds()/ours.cpu.Seconds())
		}
		fmt.Fprintf(b.out, "| %s | %.2f | %.0f | %.2f | %d | %s | %s |\n", c.name, m.wall.Seconds(),
			float64(bytes)/1e6/m.wall.Seconds(), m.cpu.Seconds(), m.peakKiB/1024, ratio, cpu)
	}
	return nil
}

// encrypt is the command that is measured; --resend since the journal knows
// the content from the round before.
func (b *bench) encrypt() []string {
	return []string{b.iplos, "encrypt", "-i", "m.xml", "-o", "o.tar", "--allow-synthetic", "--resend"}
}

// memory is the peak with a small and a large message.
func (b *bench) memory(ctx context.Context) error {
	fmt.Fprintln(b.out, "\n| peak memory of iplos encrypt | MiB | seconds |\n|---|---|---|")
	for _, size := range []int{3, b.large} {
		bytes, err := b.message(ctx, size)
		if err != nil {
			return err
		}
		var runs []sample
		for range 3 {
			s, err := b.once(ctx, contender{argv: b.encrypt(), makes: []string{"o.tar"}})
			if err != nil {
				return err
			}
			runs = append(runs, s)
		}
		fmt.Fprintf(b.out, "| %.0f MB | %d | %.2f |\n", float64(bytes)/1e6, most(runs)/1024, medians(runs).wall.Seconds())
	}
	return nil
}

// start is what it costs to run the program at all.
func (b *bench) start(ctx context.Context) error {
	var runs []sample
	for range 25 {
		s, err := b.once(ctx, contender{argv: []string{b.iplos, "version"}})
		if err != nil {
			return err
		}
		runs = append(runs, s)
	}
	info, err := os.Stat(b.iplos)
	if err != nil {
		return err
	}
	m := medians(runs)
	fmt.Fprintln(b.out, "\n| the program | |\n|---|---|")
	fmt.Fprintf(b.out, "| iplos version, CPU ms | %.1f |\n", float64(m.cpu.Microseconds())/1000)
	fmt.Fprintf(b.out, "| size as released, MB | %.1f |\n", float64(info.Size())/1e6)
	return nil
}
