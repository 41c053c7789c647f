package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"iplos/internal/ui"
	"iplos/internal/ui/lang"
)

// rehearsed is the order in which the examples of the help are run, and what
// each needs to be there first.
func rehearsed() []struct{ command, before string } {
	return []struct{ command, before string }{
		{"sandbox export", ""},
		{"extract", "cp syntetisk.xml eksport.xml"},
		{"validate", ""},
		{"rules list", ""},
		{"rules explain", ""},
		{"rules schema", ""},
		{"rules", ""},
		{"version", ""},
		{"completion", ""},
		{"man", ""},
		{"sandbox", ""},
		{"demo", ""},
		{"config show", ""},
		{"config check", ""},
		{"config", ""},
		{"key import", "cp $REGISTER_KEY register.cer\ncp $REGISTER_PRIVATE register.pem"},
		{"key show", "exec iplos key import $PSEUDONYMISER_KEY --role pseudonymiser --confirmed-by Kari"},
		{"key verify", ""},
		{"key", ""},
		{"submit", ""},
		{"encrypt", ""},
		{"open", ""},
		{"journal record", "clock 2018-01-03T10:20:00+01:00"},
		{"journal show", ""},
		{"journal verify", ""},
		{"journal", ""},
		{"status", ""},
		{"iplos", ""},
		// The sandbox answers what was sent to it, so one is sent by itself.
		{"password verify", "exec iplos submit -i eksport.xml --resend\n[unix] exec chmod 600 passord.txt"},
		{"password", ""},
		{"receipt", ""},
		{"receipt add", "sandbox wait ssb\nglob KVITTERING ssb/receipts/*.eml\ncp $KVITTERING kvittering.eml\nclock 2018-01-04T08:10:00+01:00"},
		{"journal export", ""},
		{"feedback check", "clock 2018-02-07T10:00:00+01:00"},
		{"feedback list", ""},
		{"feedback", ""},
		{"feedback pull", ""},
		{"feedback open", "glob ZIP tilbakemelding/*.zip\ncp $ZIP tilbakemelding.zip"},
		{"feedback delete", "exec iplos --format json feedback list\njsonvar FEEDBACK_ID files.0.id"},
		// The sandbox's certificate is of today, whatever the story's time.
		{"check-network", "env STORY_CLOCK="},
		{"doctor", ""},
		{"init", "env IPLOS_CONFIG="},
	}
}

// TestExamplesOfTheHelpWork runs the example of every command, in an order in
// which a municipality would come to them.
func TestExamplesOfTheHelpWork(t *testing.T) {
	examples := map[string]string{}
	for _, l := range lang.Languages() {
		walk(helpTree(l), func(cmd *cobra.Command) {
			name := strings.TrimPrefix(cmd.CommandPath(), "iplos ")
			switch text, known := examples[name]; {
			case !known:
				examples[name] = cmd.Example
			case text != cmd.Example:
				t.Errorf("%s: the example of %s is another: %q", name, l, cmd.Example)
			}
		})
	}
	var script strings.Builder
	script.WriteString("sandbox ssb\nclock 2018-01-03T10:00:00+01:00\n")
	for _, r := range rehearsed() {
		fmt.Fprintf(&script, "\n# %s\n%s\n", r.command, r.before)
		for line := range strings.Lines(examples[r.command]) {
			script.WriteString("exec " + exampleCommand(strings.TrimSpace(line)) + "\n")
		}
		delete(examples, r.command)
	}
	for name, text := range examples {
		if text != "" {
			t.Errorf("the example of %q is not run", name)
		}
	}
	script.WriteString("-- passord.txt --\net-langt-passord-til-uke-6\n")
	file := filepath.Join(t.TempDir(), "examples.txtar")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	params := storyParams()
	params.Dir, params.Files = "", []string{file}
	testscript.Run(t, params)
}

// exampleCommand writes a shell's line as a story's, with the file id of the
// sandbox in place of the one in the help.
func exampleCommand(line string) string {
	line = strings.ReplaceAll(line, `"`, `'`)
	return strings.ReplaceAll(line, " 000123456789 ", " $FEEDBACK_ID ")
}

// TestHelpIsInTheUsersLanguage reads the help of every command.
func TestHelpIsInTheUsersLanguage(t *testing.T) {
	english := regexp.MustCompile(`(?i)\[flags?\]|\b(usage|available|commands|default|string|stringArray|int|uint64|duration|use "iplos)\b`)
	for _, l := range lang.Languages() {
		walk(helpTree(l), func(cmd *cobra.Command) {
			var out bytes.Buffer
			cmd.SetOut(&out)
			if err := cmd.Help(); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if strings.TrimSpace(cmd.Short) == "" || cmd.Example == "" {
				t.Errorf("%s in %s: no short text or no example", cmd.CommandPath(), l)
			}
			if m := english.FindString(text); m != "" && l != lang.English {
				t.Errorf("%s in %s holds %q:\n%s", cmd.CommandPath(), l, m, text)
			}
			if strings.Contains(text, "<cmd.") || strings.Contains(text, "<flag.") || strings.Contains(text, "<help.") {
				t.Errorf("%s in %s lacks a text:\n%s", cmd.CommandPath(), l, text)
			}
			for line := range strings.Lines(text) {
				line = strings.TrimRight(line, "\n")
				if utf8.RuneCountInString(line) > helpWidth && !strings.HasPrefix(line, "  iplos ") {
					t.Errorf("%s in %s is wider than %d columns: %q", cmd.CommandPath(), l, helpWidth, line)
				}
				if line != strings.TrimRight(line, " ") {
					t.Errorf("%s in %s has spaces at the end of %q", cmd.CommandPath(), l, line)
				}
			}
		})
	}
}

func TestFlagTextsWrap(t *testing.T) {
	for _, c := range []struct {
		text   string
		indent int
		want   string
	}{
		{"", 10, ""},
		{"kort", 10, "kort"},
		{strings.Repeat("ord ", 20), 50, strings.TrimSpace(strings.Repeat("ord ", 7)) + "\n" + strings.Repeat(" ", 50) + strings.TrimSpace(strings.Repeat("ord ", 7)) + "\n" + strings.Repeat(" ", 50) + strings.TrimSpace(strings.Repeat("ord ", 6))},
		{strings.Repeat("æ", 100), 0, strings.Repeat("æ", 100)},
	} {
		if got := wrapped(c.text, c.indent); got != c.want {
			t.Errorf("wrapped(%q, %d) = %q, want %q", c.text, c.indent, got, c.want)
		}
	}
}

func helpTree(l lang.Lang) *cobra.Command {
	streams := ui.Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	a := &app{host: host{streams: streams, now: time.Now}, Terminal: ui.New(streams, ui.Options{Lang: l})}
	return a.root()
}

func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	if cmd.Hidden {
		return
	}
	visit(cmd)
	for _, sub := range cmd.Commands() {
		walk(sub, visit)
	}
}
