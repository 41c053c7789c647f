package report

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"iplos/internal/peertest"
)

// fences returns the code blocks of that language in docs/nightly.md.
func fences(t *testing.T, language string) []string {
	t.Helper()
	data, err := os.ReadFile("../../docs/nightly.md")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		list = append(list, m[1])
	}
	if len(list) == 0 {
		t.Fatalf("no %s in docs/nightly.md", language)
	}
	return list
}

// The systemd units of the guide are what systemd itself takes.
func TestNightlySystemdUnits(t *testing.T) {
	analyze := peertest.Need(t, "systemd-analyze")
	units := fences(t, "ini")
	dir := t.TempDir()
	service := filepath.Join(dir, "iplos-nattkontroll.service")
	timer := filepath.Join(dir, "iplos-nattkontroll.timer")
	if len(units) != 2 {
		t.Fatalf("%d units, want 2", len(units))
	}
	for path, text := range map[string]string{service: strings.ReplaceAll(units[0], "/usr/local/bin/iplos", "/bin/true"), timer: units[1]} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(analyze, "verify", "--man=no", service, timer).CombinedOutput()
	if strings.Contains(string(out), dir) || strings.Contains(string(out), "iplos-nattkontroll") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	when := regexp.MustCompile(`OnCalendar=(.*)`).FindStringSubmatch(units[1])[1]
	out, err = exec.Command(analyze, "calendar", "--base-time=2017-10-15", "--iterations=1", when).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2017-11-01 02:15:00") {
		t.Errorf("the timer's first run is not on 1 November: %v\n%s", err, out)
	}
}

// The task file is well-formed, and its months stand in the order that the
// task schema asks for.
func TestNightlyTaskFile(t *testing.T) {
	text := fences(t, "xml")[0]
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(text, "<Months><January /><November /><December /></Months>") || strings.Count(text, "<Day>") != 31 {
		t.Error("the months or days are not what they were meant to be")
	}
}

// The cron line has five fields before the user, and cron would not take a
// per cent sign for a line end.
func TestNightlyCronLine(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(fences(t, "cron")[0]), "\n")
	line := lines[len(lines)-1]
	if !regexp.MustCompile(`^\d+ \d+ \* 11,12,1 \* iplos umask 077; /usr/local/bin/iplos validate `).MatchString(line) || strings.Contains(line, "%") {
		t.Errorf("%q is no line for cron", line)
	}
}

// Every flag the guide uses is one the program has.
func TestNightlyFlagsExist(t *testing.T) {
	var source strings.Builder
	files, err := filepath.Glob("../../cmd/iplos/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(data)
	}
	lines := append(fences(t, "bat")[:1], fences(t, "cron")[0], fences(t, "ini")[0])
	for _, m := range regexp.MustCompile(`\s--([a-z-]+)`).FindAllStringSubmatch(strings.Join(lines, "\n"), -1) {
		if !strings.Contains(source.String(), `"`+m[1]+`"`) {
			t.Errorf("there is no flag --%s", m[1])
		}
	}
}
