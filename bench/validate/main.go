// Command validate measures the rules against schema validators, which check
// far less: xmllint --stream --schema and javax.xml.validation with a SAX
// source. Every round runs each once, in turn, on one processor; the medians
// are compared. It prints a Markdown table:
//
//	go run ./bench/validate -size 1024
//
// It needs xmllint and a JDK. All rules are on, also those that need a list
// of service places and the totals of an earlier file.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"iplos/internal/record"
)

//go:embed javax/Check.java
var javaSource []byte

func main() {
	var o options
	flag.Int64Var(&o.size, "size", 128, "size of the message in MiB")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds")
	flag.StringVar(&o.dir, "dir", "", "folder for the messages (default: a temporary one, removed)")
	flag.Parse()
	o.out, o.log = os.Stdout, os.Stderr
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var err error
	if flag.NArg() == 2 {
		err = child(o.out, os.Stdin, flag.Arg(0), flag.Arg(1))
	} else {
		err = run(ctx, o)
	}
	stop()
	if err != nil {
		fmt.Fprintln(o.log, err)
		os.Exit(1)
	}
}

type options struct {
	size     int64
	rounds   int
	dir      string
	out, log io.Writer
}

// bench holds what the jobs need: this program, the peers and the messages.
type bench struct {
	options
	self, iplos, xmllint, java string
	schema, classes            string
}

func run(ctx context.Context, o options) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "bench-validate"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	b := bench{options: o}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{b.throughput, b.small, b.findings, b.growth} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.xmllint, err = exec.LookPath("xmllint"); err != nil {
		return err
	}
	if b.java, err = exec.LookPath("java"); err != nil {
		return err
	}
	b.schema = filepath.Join(b.dir, "message.xsd")
	if err := os.WriteFile(b.schema, record.Schema(record.Profiles()[0]), 0o600); err != nil {
		return err
	}
	b.classes = filepath.Join(b.dir, "classes")
	source := filepath.Join(b.dir, "Check.java")
	if err := os.WriteFile(source, javaSource, 0o600); err != nil {
		return err
	}
	if err := quiet(ctx, "javac", "-d", b.classes, source); err != nil {
		return err
	}
	b.iplos = filepath.Join(b.dir, "iplos")
	return quiet(ctx, "go", "build", "-o", b.iplos, "./cmd/iplos")
}

func quiet(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// javaArgs are the flags that were fastest for a file of this size: a
// collector without threads and the limits of XML processing off.
func (b *bench) javaArgs(path string) []string {
	return []string{
		b.java, "-XX:+UseSerialGC", "-Xms64m", "-Xmn32m", "-Xshare:auto",
		"-Djdk.xml.entityExpansionLimit=0", "-Djdk.xml.totalEntitySizeLimit=0", "-Djdk.xml.maxGeneralEntitySizeLimit=0",
		"-cp", b.classes, "Check", b.schema, path,
	}
}

func (b *bench) xmllintArgs(path string) []string {
	return []string{b.xmllint, "--noout", "--stream", "--schema", b.schema, path}
}

// rounds runs each job once a round, in turn.
func (b *bench) interleave(ctx context.Context, jobs ...*job) error {
	for range b.rounds {
		for _, j := range jobs {
			if err := j.round(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// throughput: one large message, all rules on.
func (b *bench) throughput(ctx context.Context) (err error) {
	path := filepath.Join(b.dir, "message.xml")
	m, err := write(path, until(b.size<<20), clean)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	own := &job{name: "iplos, every rule", args: []string{b.self, "check", path}}
	lint := &job{name: "xmllint --stream --schema", args: b.xmllintArgs(path)}
	java := &job{name: "javax.xml.validation, SAX source", args: b.javaArgs(path)}
	if err := b.interleave(ctx, own, lint, java); err != nil {
		return err
	}
	if own.found != fmt.Sprint(m.persons, 0) {
		return fmt.Errorf("a clean message gave %q persons and findings", own.found)
	}
	if err := b.sameVerdict(path, lint, java); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "Message: %.0f MB, %d persons, %d rows. One processor (GOMAXPROCS=1, serial collector).\n\n",
		float64(m.bytes)/1e6, m.persons, m.rows)
	fmt.Fprintln(b.out, "| checking a message | MB/s (wall) | MB/s (CPU) | peak MiB | iplos is faster by (CPU) |")
	fmt.Fprintln(b.out, "|---|---|---|---|---|")
	for _, j := range []*job{own, lint, java} {
		ratio := ""
		if j != own {
			ratio = fmt.Sprintf("%.2f", median(j.cpu)/median(own.cpu))
		}
		fmt.Fprintf(b.out, "| %s | %.0f | %.0f | %.0f | %s |\n", j.name,
			float64(m.bytes)/1e6/median(j.wall), float64(m.bytes)/1e6/median(j.cpu), median(j.mem), ratio)
	}
	return nil
}

// sameVerdict checks that the peers did the work: they read the whole file
// and found it valid.
func (b *bench) sameVerdict(path string, lint, java *job) error {
	if want := path + " validates"; !strings.Contains(lint.found, want) {
		return fmt.Errorf("xmllint said %q", lint.found)
	}
	if java.found != "0" {
		return fmt.Errorf("javax.xml.validation found %q errors", java.found)
	}
	return nil
}

// small: the whole process on a typical municipality.
func (b *bench) small(ctx context.Context) error {
	path := filepath.Join(b.dir, "small.xml")
	if _, err := write(path, persons(1000), clean); err != nil {
		return err
	}
	home := filepath.Join(b.dir, "home")
	own := &job{name: "iplos validate, 1,000 persons, whole process", args: []string{
		b.iplos, "validate", "-i", path, "--allow-synthetic", "--municipality", "0403", "--year", "2017", "--summary-only",
	}, env: []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home, "IPLOS_STATE_DIR=" + filepath.Join(home, "state")}}
	lint := &job{name: "xmllint --stream --schema, 1,000 persons", args: b.xmllintArgs(path)}
	// A process of a tenth of a second needs more rounds.
	for range 4 {
		if err := b.interleave(ctx, own, lint); err != nil {
			return err
		}
	}
	b.pair("whole process", own, lint, median(own.wall)/median(lint.wall), "of xmllint's wall time")
	return nil
}

// findings: one finding in every person.
func (b *bench) findings(ctx context.Context) (err error) {
	good, bad := filepath.Join(b.dir, "clean.xml"), filepath.Join(b.dir, "found.xml")
	if _, err := write(good, until(b.size<<18), clean); err != nil {
		return err
	}
	m, err := write(bad, until(b.size<<18), wrongAge)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(good), os.Remove(bad)) }()
	all := &job{name: "one finding in every person", args: []string{b.self, "check", bad}}
	none := &job{name: "no finding", args: []string{b.self, "check", good}}
	if err := b.interleave(ctx, all, none); err != nil {
		return err
	}
	if all.found != fmt.Sprint(m.persons, m.persons) {
		return fmt.Errorf("found %q persons and findings in %d", all.found, m.persons)
	}
	b.pair("findings", all, none, median(all.cpu)/median(none.cpu), "times the CPU")
	return nil
}

// growth: CPU a person in a small and in a large message, streamed from
// another process so that no disk is needed.
func (b *bench) growth(ctx context.Context) error {
	const few = 30_000
	many := int(b.size * 1_000_000 / 1024)
	small := &job{name: fmt.Sprintf("%d persons", few), args: []string{b.self, "check", "-"}, feed: []string{b.self, "generate", fmt.Sprint(few)}}
	large := &job{name: fmt.Sprintf("%d persons", many), args: []string{b.self, "check", "-"}, feed: []string{b.self, "generate", fmt.Sprint(many)}}
	scattered := &job{name: fmt.Sprintf("%d persons, scattered ids", many/4), args: []string{b.self, "check", "-"}, feed: []string{b.self, "scatter", fmt.Sprint(many / 4)}}
	if err := b.interleave(ctx, large, small); err != nil {
		return err
	}
	if err := scattered.round(ctx); err != nil {
		return err
	}
	b.pair("growth", large, small, median(large.cpu)/float64(many)/(median(small.cpu)/few), "times the CPU a person")
	fmt.Fprintf(b.out, "| %s | %.2f | %.0f | |\n", scattered.name, median(scattered.cpu), median(scattered.mem))
	return nil
}

func (b *bench) pair(title string, own, peer *job, ratio float64, what string) {
	fmt.Fprintf(b.out, "\n| %s | CPU s | peak MiB | ratio |\n|---|---|---|---|\n", title)
	fmt.Fprintf(b.out, "| %s | %.3f | %.0f | %.2f %s |\n", own.name, median(own.cpu), median(own.mem), ratio, what)
	fmt.Fprintf(b.out, "| %s | %.3f | %.0f | |\n", peer.name, median(peer.cpu), median(peer.mem))
}

// usage returns what a finished process took.
func usage(cmd *exec.Cmd) (cpuSeconds, peakMiB float64) {
	peakMiB = float64(peakKiB(cmd.ProcessState)) / 1024
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), peakMiB
}
