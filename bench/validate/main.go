// Command validate measures the rules against schema validators, which check
// far less: xmllint --stream --schema and javax.xml.validation with a SAX
// source, on one processor. It prints Markdown tables:
//
//	go run ./bench/validate -size 1024 -rounds 5
//
// It needs xmllint and a JDK. All rules are on, also those that need a list
// of service places and the totals of an earlier file.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strings"

	"iplos/bench/rig"
	"iplos/internal/record"
)

//go:embed javax/Check.java
var javaSource []byte

func main() {
	rig.Main("validate", "", children(), func(ctx context.Context, b *rig.Bench) error {
		v := &bench{b}
		for _, part := range []func(context.Context) error{v.prepare, v.throughput, v.small, v.findings, v.growth} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

type bench struct{ *rig.Bench }

func (b *bench) prepare(ctx context.Context) error {
	if err := os.WriteFile(b.Path("message.xsd"), record.Schema(record.Profiles()[0]), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(b.Path("Check.java"), javaSource, 0o600); err != nil {
		return err
	}
	if err := rig.Do(ctx, "javac", "-d", b.Path("classes"), b.Path("Check.java")); err != nil {
		return err
	}
	return rig.Do(ctx, "go", "build", "-o", b.Path("iplos"), "./cmd/iplos")
}

// java has the flags that were fastest for a file of this size: a collector
// without threads and the limits of XML processing off.
func (b *bench) java(path string) *rig.Program {
	return &rig.Program{Name: "javax.xml.validation, SAX source", Argv: []string{
		"java", "-XX:+UseSerialGC", "-Xms64m", "-Xmn32m", "-Xshare:auto",
		"-Djdk.xml.entityExpansionLimit=0", "-Djdk.xml.totalEntitySizeLimit=0", "-Djdk.xml.maxGeneralEntitySizeLimit=0",
		"-cp", b.Path("classes"), "Check", b.Path("message.xsd"), path,
	}}
}

func (b *bench) xmllint(name, path string) *rig.Program {
	return &rig.Program{Name: name, Argv: []string{"xmllint", "--noout", "--stream", "--schema", b.Path("message.xsd"), path}}
}

// rules checks a file as the program does; "-" reads what feed writes.
func (b *bench) rules(name, path string, feed ...string) *rig.Program {
	return &rig.Program{Name: name, Argv: b.Child("check", path), Env: rig.OneProcessor(), Feed: feed}
}

// throughput: one large message, all rules on.
func (b *bench) throughput(ctx context.Context) (err error) {
	path := b.Path("message.xml")
	m, err := write(path, until(int64(b.Size)<<20), clean)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	ours := b.rules("iplos, every rule", path)
	lint, java := b.xmllint("xmllint --stream --schema", path), b.java(path)
	if err := rig.InTurn(ctx, b.Rounds, ours, lint, java); err != nil {
		return err
	}
	if ours.Said() != fmt.Sprint(m.persons, 0) {
		return fmt.Errorf("a clean message gave %q persons and findings", ours.Said())
	}
	// The peers did the work: they read the whole file and found it valid.
	if !strings.Contains(lint.Said(), path+" validates") || java.Said() != "0" {
		return fmt.Errorf("xmllint said %q, javax.xml.validation found %q errors", lint.Said(), java.Said())
	}
	fmt.Fprintf(b.Out, "Message: %.0f MB, %d persons, %d rows. One processor (GOMAXPROCS=1, serial collector).\n\n", rig.MB(m.bytes), m.persons, m.rows)
	b.RatesHead("checking a message", "iplos is faster by (CPU)")
	b.Rate(ours, m.bytes, "")
	for _, peer := range []*rig.Program{lint, java} {
		b.Rate(peer, m.bytes, fmt.Sprintf("%.2f", peer.CPU()/ours.CPU()))
	}
	return nil
}

// small: the whole process on a typical municipality.
func (b *bench) small(ctx context.Context) error {
	path := b.Path("small.xml")
	if _, err := write(path, persons(1000), clean); err != nil {
		return err
	}
	home := b.Path("home")
	ours := &rig.Program{Name: "iplos validate, 1,000 persons, whole process", Argv: []string{
		b.Path("iplos"), "validate", "-i", path, "--allow-synthetic", "--municipality", "0403", "--year", "2017", "--summary-only",
	}, Env: append(rig.OneProcessor(), "HOME="+home, "XDG_CONFIG_HOME="+home, "IPLOS_STATE_DIR="+b.Path("state"))}
	lint := b.xmllint("xmllint --stream --schema, 1,000 persons", path)
	// A process of a tenth of a second needs more rounds.
	if err := rig.InTurn(ctx, 4*b.Rounds, ours, lint); err != nil {
		return err
	}
	b.pair("whole process", ours, lint, ours.Wall()/lint.Wall(), "of xmllint's wall time")
	return nil
}

// findings: one finding in every person.
func (b *bench) findings(ctx context.Context) (err error) {
	good, bad := b.Path("clean.xml"), b.Path("found.xml")
	if _, err := write(good, until(int64(b.Size)<<18), clean); err != nil {
		return err
	}
	m, err := write(bad, until(int64(b.Size)<<18), wrongAge)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(good), os.Remove(bad)) }()
	all, none := b.rules("one finding in every person", bad), b.rules("no finding", good)
	if err := rig.InTurn(ctx, b.Rounds, all, none); err != nil {
		return err
	}
	if all.Said() != fmt.Sprint(m.persons, m.persons) {
		return fmt.Errorf("found %q persons and findings in %d", all.Said(), m.persons)
	}
	b.pair("findings", all, none, all.CPU()/none.CPU(), "times the CPU")
	return nil
}

// growth: CPU a person in a small and in a large message, streamed from
// another process so that no disk is needed.
func (b *bench) growth(ctx context.Context) error {
	const few = 30_000
	many := b.Size * 1_000_000 / 1024
	streamed := func(name, how string, n int) *rig.Program {
		return b.rules(fmt.Sprintf(name, n), "-", b.Child(how, fmt.Sprint(n))...)
	}
	large, small := streamed("%d persons", "generate", many), streamed("%d persons", "generate", few)
	if err := rig.InTurn(ctx, b.Rounds, large, small); err != nil {
		return err
	}
	scattered := streamed("%d persons, scattered ids", "scatter", many/4)
	if err := scattered.Run(ctx); err != nil {
		return err
	}
	b.pair("growth", large, small, large.CPU()/float64(many)/(small.CPU()/few), "times the CPU a person")
	fmt.Fprintf(b.Out, "| %s | %.2f | %.0f | |\n", scattered.Name, scattered.CPU(), scattered.Peak())
	return nil
}

func (b *bench) pair(title string, ours, peer *rig.Program, ratio float64, what string) {
	fmt.Fprintf(b.Out, "\n| %s | CPU s | peak MiB | ratio |\n|---|---|---|---|\n", title)
	fmt.Fprintf(b.Out, "| %s | %.3f | %.0f | %.2f %s |\n", ours.Name, ours.CPU(), ours.Peak(), ratio, what)
	fmt.Fprintf(b.Out, "| %s | %.3f | %.0f | |\n", peer.Name, peer.CPU(), peer.Peak())
}
