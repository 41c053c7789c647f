package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"iplos/internal/ui/lang"
)

// TestGuidesNameRealCommands walks every command line of the guides through
// the program's own command tree: a command, subcommand or flag that does not
// exist is a guide that leads people astray.
func TestGuidesNameRealCommands(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, filepath.Join(root, "README.md"))
	// A guide from which the parser suddenly finds nothing proves nothing.
	least := map[string]int{"README.md": 6, "brukerveiledning.md": 20, "it.md": 5, "nightly.md": 4}
	tree := helpTree(lang.English)
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := guideCommands(string(text))
		for _, line := range lines {
			if err := checkGuideCommand(tree, line.args); err != nil {
				t.Errorf("%s:%d: iplos %s: %v", name, line.number, strings.Join(line.args, " "), err)
			}
		}
		if len(lines) < least[name] {
			t.Errorf("%s: found %d command lines, expected at least %d", name, len(lines), least[name])
		}
		delete(least, name)
	}
	for name := range least {
		t.Errorf("%s is missing", name)
	}
}

// TestArchitectureNamesEveryPackage holds the map to the folders.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `.*` \\|").FindAllString(string(text), -1) {
		for _, m := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(row, -1) {
			named[m[1]] = true
		}
	}
	folders, err := os.ReadDir(filepath.Join("..", "..", "internal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !named[f.Name()] {
			t.Errorf("docs/architecture.md does not name %s", f.Name())
		}
		delete(named, f.Name())
	}
	for name := range named {
		t.Errorf("docs/architecture.md names %s, which is not there", name)
	}
}

func TestGuideCommandsAreFoundAndChecked(t *testing.T) {
	tree := helpTree(lang.English)
	for _, c := range []struct {
		name, text string
		commands   int
		wrong      string
	}{
		{"span", "Run `iplos status --all`.", 1, ""},
		{"span over two lines", "Run `iplos status\n--all` now", 1, ""},
		{"not ours", "The `iplos` program and `/etc/cron.d/iplos` and `make demo`", 2, ""},
		{"fence", "```\n$ iplos key import FILE --year 2017   # the new key\n```", 1, ""},
		{"fence with continuation", "```sh\niplos validate -i X \\\n  --nonsense\n```", 1, "nonsense"},
		{"batch file", "```bat\n\"C:\\Program Files\\iplos\\iplos.exe\" validate --quiet ^\n  -i \"%DIR%\\x.xml\" ^\n  > \"%DIR%\\natt.json\" 2> x.log\n```", 1, ""},
		{"cron", "```cron\n15 2 * * * iplos umask 077; /usr/local/bin/iplos validate -i x > y 2>&1 || tail -n 3 y\n```", 1, ""},
		{"unit", "```ini\nExecStart=/usr/local/bin/iplos validate --baselin x\n```", 1, "baselin"},
		{"indented", "Text:\n\n    iplos validate --no-input\n        -i EXPORT\n        --rapport x   explanation\n\nmore", 1, "rapport"},
		{"unknown command", "`iplos sned -i X`", 1, "sned"},
		{"unknown subcommand", "`iplos feedback puller`", 1, "puller"},
		{"flag of another command", "`iplos status --dry-run`", 1, "dry-run"},
		{"unknown shorthand", "`iplos validate -x`", 1, "-x"},
		{"global flag before the command", "`iplos --config X --lang nn submit --dry-run`", 1, ""},
		{"too many arguments", "`iplos key import A B`", 1, "argument"},
		{"drawing", "```\niplos ──► workflow\n```", 0, ""},
		{"ellipsis", "`iplos feedback …`", 1, ""},
	} {
		lines := guideCommands(c.text)
		if len(lines) != c.commands {
			t.Errorf("%s: found %v, expected %d", c.name, lines, c.commands)
		}
		var found error
		for _, line := range lines {
			if err := checkGuideCommand(tree, line.args); err != nil {
				found = err
			}
		}
		switch {
		case c.wrong == "" && found != nil:
			t.Errorf("%s: %v", c.name, found)
		case c.wrong != "" && (found == nil || !strings.Contains(found.Error(), c.wrong)):
			t.Errorf("%s: error %v, expected one about %q", c.name, found, c.wrong)
		}
	}
}

// guideLine is a call of the program in a guide.
type guideLine struct {
	number int
	args   []string
}

// guideCommands finds the calls of the program in a Markdown text: in code
// spans, and at the start of a command in code blocks.
func guideCommands(text string) []guideLine {
	var found []guideLine
	take := func(number int, code string) {
		for _, args := range callsIn(code) {
			found = append(found, guideLine{number, args})
		}
	}
	var prose []string
	start := 1
	flush := func(next int) {
		joined := strings.Join(prose, "\n")
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatchIndex(joined, -1) {
			code := strings.Join(strings.Fields(joined[m[2]:m[3]]), " ")
			take(start+strings.Count(joined[:m[2]], "\n"), code)
		}
		prose, start = nil, next
	}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		switch {
		case strings.HasPrefix(strings.TrimSpace(lines[i]), "```"):
			flush(i + 2)
			for i++; i < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[i]), "```"); i++ {
				number, code := i+1, lines[i]
				for continues(code) && i+1 < len(lines) {
					i++
					code = strings.TrimRight(code, "\\^ ") + " " + lines[i]
				}
				take(number, code)
			}
			start = i + 2
		case strings.HasPrefix(lines[i], "    ") && (i == 0 || lines[i-1] == ""):
			flush(i + 2)
			// A command that goes on in deeper lines, each with a flag and
			// perhaps an explanation after spaces.
			number, code := i+1, lines[i]
			for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "     ") {
				i++
				option, _, _ := strings.Cut(strings.TrimSpace(lines[i]), "  ")
				code += " " + option
			}
			take(number, code)
			start = i + 2
		default:
			prose = append(prose, lines[i])
		}
	}
	flush(len(lines))
	return found
}

func continues(code string) bool {
	code = strings.TrimRight(code, " ")
	return strings.HasSuffix(code, `\`) || strings.HasSuffix(code, "^")
}

// callsIn splits a line of code at shell operators and returns the arguments
// of those commands that are this program.
func callsIn(code string) [][]string {
	var calls [][]string
	var words []string
	end := func() {
		drawing := strings.ContainsAny(strings.Join(words, ""), "─►│")
		if len(words) > 0 && isProgram(words[0]) && !drawing {
			calls = append(calls, words[1:])
		}
		words = nil
	}
	skip := false
	for _, w := range shellWords(code) {
		switch {
		case w == "|" || w == "||" || w == "&&" || w == "&":
			end()
			skip = false
		case strings.HasPrefix(w, "#"):
			end()
			return calls
		case regexp.MustCompile(`^[012]?[<>]`).MatchString(w):
			skip = true // what follows names files
		case skip || len(words) == 0 && (w == "$" || w == ">"):
		case strings.HasSuffix(w, ";"):
			words = append(words, strings.TrimSuffix(w, ";"))
			end()
		default:
			words = append(words, w)
		}
	}
	end()
	return calls
}

// shellWords splits at spaces outside quotes and drops the quotes.
func shellWords(code string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`(?:[^\s"']+|"[^"]*"|'[^']*')+`).FindAllString(code, -1) {
		words = append(words, strings.NewReplacer(`"`, "", `'`, "").Replace(m))
	}
	return words
}

// isProgram tells whether the first word of a command is this program, by
// name or with a path, also after a setting's name as in a systemd unit.
func isProgram(word string) bool {
	if _, value, ok := strings.Cut(word, "="); ok {
		word = value
	}
	word = word[strings.LastIndexAny(word, `/\`)+1:]
	return word == "iplos" || word == "iplos.exe"
}

var placeholder = regexp.MustCompile(`^(?:…|\.\.\.|\[.*|[A-ZÆØÅ]{2,}.*)$`)

// checkGuideCommand walks a call down the command tree.
func checkGuideCommand(cmd *cobra.Command, args []string) error {
	var positional []string
	for i := 0; i < len(args); i++ {
		word := args[i]
		if word == "…" || word == "..." {
			continue
		}
		if len(word) > 1 && strings.HasPrefix(word, "-") {
			takes, err := guideFlag(cmd, word)
			if err != nil {
				return err
			}
			if takes {
				i++
			}
			continue
		}
		if !cmd.HasSubCommands() || len(positional) > 0 {
			positional = append(positional, word)
			continue
		}
		next := subcommand(cmd, word)
		switch {
		case next != nil:
			cmd = next
		case placeholder.MatchString(word):
			return nil
		default:
			return fmt.Errorf("%q has no subcommand %q", cmd.CommandPath(), word)
		}
	}
	if len(positional) > 0 && cmd.Args != nil {
		if err := cmd.Args(cmd, positional); err != nil {
			return fmt.Errorf("arguments %q: %w", positional, err)
		}
	}
	return nil
}

func subcommand(cmd *cobra.Command, name string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == name || c.HasAlias(name) {
			return c
		}
	}
	return nil
}

// guideFlag looks a flag up where it stands: those of a subcommand come after
// its name. It tells whether the next word is the flag's value.
func guideFlag(cmd *cobra.Command, word string) (takesNext bool, err error) {
	name, _, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
	flag := cmd.Flag(name)
	if !strings.HasPrefix(word, "--") {
		flag = cmd.Flags().ShorthandLookup(name[:1])
		hasValue = hasValue || len(name) > 1
	}
	if flag == nil {
		return false, fmt.Errorf("%q has no flag %s", cmd.CommandPath(), word)
	}
	return !hasValue && flag.NoOptDefVal == "", nil
}

// The questions municipalities ask every year, from chapter 5 of SSB's guide
// for 2017 data, in its order: each is a question of ours with an answer.
func TestGuideAnswersTheQuestionsOfEveryYear(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "brukerveiledning.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Spørsmål og svar\n")
	for _, about := range []string{
		"PIN-koden", "bydelsnummer", "ikke fått kvittering", "ingen filer", "Hvilken adresse", "brukernavnet", "over helsenettet",
		"inn i sikker sone", "åpner jeg filen", "Hvilket passord", "e-post med lenke", "varsel om ny fil", "min egen e-post",
	} {
		if !regexp.MustCompile(`(?m)^\*\*[^*]*` + about + `[^*]*\*\* \S`).MatchString(section) {
			t.Errorf("nothing is answered about %q", about)
		}
	}
}
