package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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

// taskElements are the elements of the task schema that the guide uses, by
// what they stand in. Those of a trigger have an order, as they have here.
func taskElements() map[string][]string {
	return map[string][]string{
		"":                 {"Task"},
		"Task":             {"RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"},
		"RegistrationInfo": {"Description"},
		"Triggers":         {"CalendarTrigger"},
		"CalendarTrigger":  {"Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "RandomDelay", "ScheduleByMonth"},
		"ScheduleByMonth":  {"DaysOfMonth", "Months"},
		"DaysOfMonth":      {"Day"},
		"Months":           {"January", "November", "December"},
		"Principals":       {"Principal"},
		"Principal":        {"UserId", "LogonType", "RunLevel"},
		"Settings": {
			"MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "StartWhenAvailable",
			"ExecutionTimeLimit", "Enabled",
		},
		"Actions": {"Exec"},
		"Exec":    {"Command", "WorkingDirectory"},
	}
}

// The task file holds what the task schema has, in its order, and runs every
// day of the three months.
func TestNightlyTaskFile(t *testing.T) {
	text := fences(t, "xml")[0]
	allowed := taskElements()
	d := xml.NewDecoder(strings.NewReader(text))
	stack, last := []string{""}, []int{0}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		top := len(stack) - 1
		switch e := token.(type) {
		case xml.StartElement:
			i := slices.Index(allowed[stack[top]], e.Name.Local)
			if i < 0 || e.Name.Space != "http://schemas.microsoft.com/windows/2004/02/mit/task" {
				t.Errorf("%s cannot stand in %q", e.Name.Local, stack[top])
			}
			if stack[top] == "CalendarTrigger" && i < last[top] {
				t.Errorf("%s stands too late in a trigger", e.Name.Local)
			}
			last[top] = i
			stack, last = append(stack, e.Name.Local), append(last, 0)
		case xml.EndElement:
			stack, last = stack[:top], last[:top]
		}
	}
	for i := range 31 {
		if strings.Count(text, fmt.Sprintf("<Day>%d</Day>", i+1)) != 1 {
			t.Errorf("day %d does not stand there once", i+1)
		}
	}
	if !strings.Contains(text, "<Months><January /><November /><December /></Months>") {
		t.Error("the months are not those of the guide")
	}
}

// cronLine returns the guide's line for cron without its schedule and user,
// and the line as a user's own table has it.
func cronLine(t *testing.T) (command, own string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(fences(t, "cron")[0]), "\n")
	line := lines[len(lines)-1]
	schedule, command, found := strings.Cut(line, " iplos ")
	if !found || len(lines) != 2 || !strings.HasPrefix(lines[0], "MAILTO=") {
		t.Fatalf("%q has no user", lines)
	}
	return command, lines[0] + "\n" + schedule + " " + command + "\n"
}

// Cron itself takes the line. A per cent sign would be a line end to it.
func TestNightlyCronLine(t *testing.T) {
	command, own := cronLine(t)
	if strings.Contains(command, "%") {
		t.Errorf("%q has a per cent sign", command)
	}
	crontab := peertest.Need(t, "crontab")
	file := filepath.Join(t.TempDir(), "crontab")
	try := func(text string) ([]byte, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return exec.Command(crontab, "-n", file).CombinedOutput()
	}
	out, err := try(own)
	if strings.Contains(string(out), "invalid option") {
		peertest.Missing(t, "a crontab that checks (-n)")
	}
	if err != nil {
		t.Errorf("crontab -n: %v\n%s", err, out)
	}
	if _, err := try(strings.Replace(own, "11,12,1", "11,12,13", 1)); err == nil {
		t.Error("crontab -n takes a thirteenth month")
	}
}

// What the line prints is the end of the summary when the check fails, and
// nothing when it does not.
func TestNightlyCronMail(t *testing.T) {
	command, _ := cronLine(t)
	sh := peertest.Need(t, "sh")
	dir := t.TempDir()
	for code, want := range map[int]string{0: "", 3: "3\n4\n5\n"} {
		program := filepath.Join(dir, "iplos")
		text := fmt.Sprintf("#!/bin/sh\nprintf '1\\n2\\n3\\n4\\n'\necho 5 >&2\nexit %d\n", code)
		if err := os.WriteFile(program, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		run := strings.NewReplacer("/usr/local/bin/iplos", program, "/srv/iplos/rapport", dir).Replace(command)
		out, err := exec.Command(sh, "-c", run).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("exit code %d: mailed %q, %v; want %q", code, out, err, want)
		}
		if info, err := os.Stat(filepath.Join(dir, "natt.txt")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("natt.txt: %v, %v", info, err)
		}
	}
	if !strings.Contains(command, "--summary-only") {
		t.Error("what is mailed could hold persons")
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
