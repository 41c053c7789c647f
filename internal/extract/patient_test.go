//go:build unix

package extract

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rør")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPipeWithoutAWriter gives up a pipe that nobody opens, and standard
// input where nothing comes, when the context ends.
func TestPipeWithoutAWriter(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	silent := fifo(t)
	for name, o := range map[string]Options{
		"a pipe":         {Path: silent},
		"standard input": {Path: "-", Stdin: r},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("enough"))
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				s, err := Open(ctx, o)
				if s != nil {
					err = errors.New("a stream of nothing")
				}
				ended <- err
			}()
			select {
			case err := <-ended:
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("waits still")
			}
		})
	}
	// The goroutine that waits for a writer goes when one comes and leaves.
	if f, err := os.OpenFile(silent, os.O_WRONLY, 0); err == nil {
		_ = f.Close()
	}
}

// TestPipe reads a message through a pipe, also one that is slow.
func TestPipe(t *testing.T) {
	path := fifo(t)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return // the reader tells
		}
		defer f.Close()
		for part := range strings.SplitAfterSeq(smallMessage, "\n") {
			_, _ = f.WriteString(part) // the reader tells
		}
	}()
	got, _, err := tryRead(t, Options{Path: path})
	if err != nil || !strings.Contains(got, "<iiSysID>Pleie æøå<") {
		t.Errorf("%v\n%s", err, got)
	}
}
