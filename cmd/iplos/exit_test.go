package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"iplos/internal/fault"
	"iplos/internal/ui"
	"iplos/internal/ui/lang"
)

// TestExitCodes holds the table to what scripts rely on, and wants a story
// for every row.
func TestExitCodes(t *testing.T) {
	want := map[fault.Kind]int{
		"": 0, "internal": 1, "usage": 2, "blocked": 3, "incomplete": 4, "network": 5, "refused": 6,
		"unknown": 7, "duplicate": 8, "locked": 9, "integrity": 10, "interrupted": 130,
	}
	if len(exits()) != len(want) {
		t.Errorf("%d exit codes, want %d", len(exits()), len(want))
	}
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var stories bytes.Buffer
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		stories.Write(data)
	}
	for _, e := range exits() {
		if code, known := want[e.kind]; !known || code != e.code {
			t.Errorf("%q has the exit code %d, want %d", e.kind, e.code, code)
		}
		if e.kind == "" || e.kind == fault.Internal { // nobody can ask for a bug: TestUnforeseenError
			continue
		}
		for _, line := range []string{fmt.Sprintf(`code %d `, e.code), fmt.Sprintf(`json error.kind %s$`, e.kind)} {
			if !regexp.MustCompile(`(?m)^(\[\S+\] )?` + line).Match(stories.Bytes()) {
				t.Errorf("no story has a line %q", line)
			}
		}
	}
}

// TestUnforeseenError: what nobody foresaw is a bug, and says how to report
// it, in JSON too.
func TestUnforeseenError(t *testing.T) {
	unforeseen := fmt.Errorf("joining: %w", errors.New("two halves of one row"))
	if code := exitCode(unforeseen); code != 1 {
		t.Errorf("exit code %d", code)
	}
	for format, parts := range map[string][]string{
		formatText: {"Feil:", "Gjør slik:", "two halves of one row"},
		formatJSON: {`"code":1`, `"kind":"internal"`, `"hint":"`},
	} {
		var out, errs bytes.Buffer
		streams := ui.Streams{In: strings.NewReader(""), Out: &out, Err: &errs}
		a := &app{
			host: host{streams: streams}, Terminal: ui.New(streams, ui.Options{Lang: lang.Bokmal}),
			stopped: func() bool { return false },
		}
		a.global.format = format
		a.report(unforeseen)
		for _, p := range parts {
			if text := out.String() + errs.String(); !strings.Contains(text, p) {
				t.Errorf("%s: no %q in %q", format, p, text)
			}
		}
	}
}

// storyDeaf listens and never answers: deaf NAME. The address is in the
// variable NAME; the file NAME comes when somebody has connected.
func storyDeaf(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: deaf NAME")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], "https://"+listener.Addr().String()+"/")
	file := ts.MkAbs(args[0])
	done := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			defer conn.Close()
			err = os.WriteFile(file, nil, 0o600)
			_, _ = conn.Read(make([]byte, 1<<16)) // the greeting
			_, _ = conn.Read(make([]byte, 1))     // the end
		}
		done <- err
	}()
	ts.Defer(func() {
		_ = listener.Close() // it may have been used up
		<-done
	})
}
