package crypt_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/leaktest"
	"iplos/internal/record"
)

// failing returns an OnWrite that stops at write n, and a count of them.
func failing(n int, why error) (func(int) error, *int) {
	count := 0
	return func(int) error {
		count++
		if count == n {
			return why
		}
		return nil
	}, &count
}

// An error at each write in turn: nothing under the name, nothing beside it.
func TestErrorAtEveryWrite(t *testing.T) {
	g := municipality(t, 2017, 6)
	for _, name := range []string{"p.tar", "p"} {
		for _, why := range []struct {
			err error
			id  string
		}{{syscall.ENOSPC, "crypt.disk.full"}, {context.Canceled, "crypt.interrupted"}} {
			for n := 1; ; n++ {
				dir := t.TempDir()
				opts := options(filepath.Join(dir, name), g)
				var count *int
				opts.OnWrite, count = failing(n, why.err)
				_, err := trySeal(t, opts, g)
				if err == nil {
					if *count >= n || n < 8 {
						t.Errorf("%s: write %d of %d failed without a word", name, n, *count)
					}
					break
				}
				if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != why.id {
					t.Errorf("%s, write %d: %v, want %s", name, n, err, why.id)
				}
				if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
					t.Errorf("%s, write %d: left %v, %v", name, n, left, err)
				}
			}
		}
	}
}

const (
	crashAt  = "CRYPT_TEST_CRASH_AT"
	crashDir = "CRYPT_TEST_CRASH_DIR"
)

// TestKillAtEveryWrite runs itself once for each write in turn, and the child
// is killed in the middle of it. There is no package or a whole one, and what
// is left beside it holds nothing readable.
func TestKillAtEveryWrite(t *testing.T) {
	if n, err := strconv.Atoi(os.Getenv(crashAt)); err == nil {
		sealAndDie(t, n, os.Getenv(crashDir))
		return
	}
	plain := readableBits(t)
	for _, name := range []string{"p.tar", "p"} {
		for n := 1; ; n++ {
			dir := t.TempDir()
			killed := killedAt(t, n, filepath.Join(dir, name))
			for path, data := range leftBehind(t, dir) {
				for _, bit := range plain {
					if bytes.Contains(data, []byte(bit)) {
						t.Errorf("write %d: %q readable in %s", n, bit, path)
					}
				}
			}
			_, statErr := os.Stat(filepath.Join(dir, name))
			if killed {
				if !errors.Is(statErr, fs.ErrNotExist) {
					t.Errorf("%s: killed at write %d, and there is a package", name, n)
				}
				continue
			}
			if statErr != nil || n < 8 {
				t.Fatalf("%s: not killed at write %d, %v", name, n, statErr)
			}
			break
		}
	}
}

// killedAt seals in a process of its own and tells whether it came to write n
// and died of it.
func killedAt(t *testing.T, n int, path string) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKillAtEveryWrite$")
	cmd.Env = append(os.Environ(), crashAt+"="+strconv.Itoa(n), crashDir+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) > 0 { // the killed say nothing
		t.Fatalf("write %d: %v\n%s", n, err, out)
	}
	return err != nil
}

// sealAndDie dies by a signal nothing can catch in the middle of write n.
func sealAndDie(t *testing.T, n int, path string) {
	t.Helper()
	g := municipality(t, 2017, 6)
	opts := options(path, g)
	count := 0
	opts.OnWrite = func(int) error {
		if count++; count == n {
			p, err := os.FindProcess(os.Getpid())
			if err != nil {
				return err
			}
			if err := p.Kill(); err != nil {
				return err
			}
			select {}
		}
		return nil
	}
	seal(t, opts, g)
}

// readableBits are texts that stand in the message or the manifest.
func readableBits(t *testing.T) []string {
	bits := []string{testPassword, "kari@kommune", "<TJENESTE", "<?xml", "iplos-envelope/1\""}
	for p := range municipality(t, 2017, 6).Persons() {
		bits = append(bits, string(p.Get(record.PeFnr)))
	}
	return bits
}

func leftBehind(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !strings.Contains(path, ".iplos-") && filepath.Base(path) != "p.tar" && filepath.Base(filepath.Dir(path)) != "p" {
			t.Errorf("%s is not a recognisable leftover", path)
		}
		out[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A disk that surely has too little room is refused before work is spent.
func TestSmallDisk(t *testing.T) {
	g := municipality(t, 2017, 3)
	dir := t.TempDir()
	opts := options(filepath.Join(dir, "p.tar"), g)
	opts.ExpectedBytes = 1 << 60
	for _, c := range []parts.Compression{parts.Gzip, parts.None} {
		opts.Compression = c
		_, err := trySeal(t, opts, g)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "crypt.disk.small" {
			t.Errorf("%s: %v", c, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestTargets(t *testing.T) {
	g := municipality(t, 2017, 3)
	dir := t.TempDir()
	for _, name := range []string{"p.tar", "p"} {
		opts := options(filepath.Join(dir, name), g)
		seal(t, opts, g)
		_, err := trySeal(t, opts, g)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "crypt.exists" || !errors.Is(err, atomicfile.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
		opts.Force = true
		seal(t, opts, g)
		if _, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: bothKeys()}); err != nil {
			t.Error(err)
		}
		opts.Path = filepath.Join(dir, "x", name)
		_, err = trySeal(t, opts, g)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "crypt.folder.missing" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A cancelled run, at any person, leaves nothing and no goroutine.
func TestCancelled(t *testing.T) {
	leaktest.Check(t)
	g := municipality(t, 2017, 40)
	for stop := range 40 {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		s, err := crypt.NewSealer(ctx, options(filepath.Join(dir, "p"), g))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Header(g.Header())
		n := 0
		for p := range g.Persons() {
			if n++; n > stop {
				cancel()
			}
			if e := s.Person(p); err == nil {
				err = e
			}
		}
		if _, e := s.Seal(finding.Input{}); err == nil {
			err = e
		}
		cancel()
		if fault.KindOf(err) != fault.Interrupted {
			t.Errorf("stopped at %d: %v", stop, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	}
}

func TestAbort(t *testing.T) {
	g := municipality(t, 2017, 10)
	for _, kind := range []container.Kind{container.Tar, container.Folder} {
		dir := t.TempDir()
		opts := options(filepath.Join(dir, "p"), g)
		opts.Package = kind
		s, err := crypt.NewSealer(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		for p := range g.Persons() {
			if err := s.Person(p); err != nil {
				t.Fatal(err)
			}
		}
		s.Abort()
		s.Abort()
		if _, err := s.Seal(finding.Input{}); err == nil {
			t.Error("sealed after abort")
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	}
}
