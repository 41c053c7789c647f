package validate_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/validate"
)

// A fixture is a message with what it shall give in a comment on top:
//
//	options KEY=VALUE…
//	want RULE SEVERITY LINE PERSON ROW FIELD    (- for none)
//	want nothing
//
// so that the rows of a whole assessment, which every person needs, do not
// hide what a fixture is about, they are written as @PERSONOPPL 17@ and
// @FUNKSJON 17@ for the person with that id; a second number is the id
// written instead, and "but 13" leaves a variable out. @FH@, @H@ and @DUF@
// are numbers of those kinds, made by the test since no such number of a
// real person may stand in a file here. <?damaged LINE?> stands for the end
// of what could be read of tables.
type fixture struct {
	text    []byte
	options validate.Options
	want    []string
}

func readFixture(t *testing.T, path string) fixture {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := fixture{
		text:    macros.ReplaceAllFunc(raw, expand),
		options: validate.Options{Year: 2017, AllowSynthetic: true, Today: 20180105},
	}
	_, note, _ := strings.Cut(string(raw), "<!--")
	note, _, found := strings.Cut(note, "-->")
	if !found {
		t.Fatalf("%s has no comment", path)
	}
	for line := range strings.Lines(note) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "options":
			for _, o := range strings.Fields(rest) {
				f.option(t, o)
			}
		case word == "want" && rest != "nothing":
			f.want = append(f.want, rest)
		}
	}
	return f
}

func (f *fixture) option(t *testing.T, o string) {
	t.Helper()
	key, value, _ := strings.Cut(o, "=")
	switch key {
	case "municipality":
		f.options.Municipality = value
	case "district":
		f.options.District = value
	case "orgnr":
		f.options.OrgNumber = value
	case "places":
		f.options.ServicePlaces = map[string]string{value: "Solsiden sykehjem"}
	case "synthetic":
		f.options.AllowSynthetic = false
	case "previous":
		users := map[int]int{}
		for _, pair := range strings.Split(value, ",") {
			var code, n int
			if _, err := fmt.Sscanf(pair, "%d:%d", &code, &n); err != nil {
				t.Fatal(err)
			}
			users[code] = n
		}
		f.options.Previous = &finding.Totals{ServiceUsers: users}
	default:
		t.Fatalf("unknown option %q", o)
	}
}

var macros = regexp.MustCompile(`@[A-Z]+[^@\n]*@`)

func expand(macro []byte) []byte {
	words := strings.Fields(strings.Trim(string(macro), "@"))
	switch words[0] {
	case "FH":
		return []byte(complete("899999993"))
	case "H":
		return []byte(complete("014100501"))
	case "DUF":
		return []byte("201012345610")
	}
	base, _ := strconv.Atoi(words[1])
	person, left := words[1], ""
	if len(words) == 3 {
		person = words[2]
	}
	if len(words) == 4 {
		left = words[3]
	}
	if words[0] == "PERSONOPPL" {
		return fmt.Appendf(nil, `<PERSONOPPL poPeID="%s" poPoID="%d"><poHusstand>1</poHusstand><poOmsorgBarn>2</poOmsorgBarn>`+
			`<poPrivHjelp>1</poPrivHjelp><poBoligTilr>1</poBoligTilr><poIndPlan>2</poIndPlan><poHarKoordinator>2</poHarKoordinator>`+
			`<poArbBistBehov>9</poArbBistBehov><poArbBistMottar>3</poArbBistMottar><poArbTranspBehov>9</poArbTranspBehov>`+
			`<poArbTranspMottar>3</poArbTranspMottar><poFriBistBehov>2</poFriBistBehov><poFriBistMottar>3</poFriBistMottar>`+
			`<poFriTranspBehov>2</poFriTranspBehov><poFriTranspMottar>3</poFriTranspMottar><poLegeMiddGj>1</poLegeMiddGj>`+
			`<poErnKartlagt>1</poErnKartlagt><poErnRisiko>2</poErnRisiko><poErnPlan>2</poErnPlan><poFraDato>20170101</poFraDato>`+
			`<poTilDato>20171231</poTilDato></PERSONOPPL>`, person, base)
	}
	var b []byte
	for n := 1; n <= 17; n++ {
		if strconv.Itoa(n) != left {
			b = fmt.Appendf(b, `<FUNKSJON fnPeID="%s" fnFnID="%d"><fnFunkType>%d</fnFunkType><fnFunkVerdi>%d</fnFunkVerdi>`+
				`<fnFraDato>20170101</fnFraDato><fnTilDato>20171231</fnTilDato></FUNKSJON>`, person, base*100+n, n, n%5+1)
		}
	}
	return b
}

// complete makes the first number with right control digits from nine
// digits on, two apart so that the sex stays.
func complete(nine string) string {
	for n, _ := strconv.Atoi(nine); ; n += 2 {
		for tail := range 100 {
			text := fmt.Sprintf("%09d%02d", n, tail)
			if _, fault := ident.Parse([]byte(text), ident.Strict); fault == ident.OK {
				return text
			}
		}
	}
}

// validateText runs the rules over a message as the program does.
func validateText(t *testing.T, text []byte, opts validate.Options) (list, *validate.Validator) {
	t.Helper()
	var found list
	v, err := validate.New(opts, &found)
	if err != nil {
		t.Fatal(err)
	}
	read(v, text)
	return found, v
}

func read(v *validate.Validator, text []byte) {
	text, line, damaged := bytes.Cut(text, []byte("<?damaged "))
	source := io.Reader(bytes.NewReader(text))
	if damaged {
		at, _ := strconv.Atoi(string(line[:bytes.IndexByte(line, '?')]))
		source = io.MultiReader(source, iotest.ErrReader(&validate.UnreadableError{
			Line: at, Column: 1, Cause: "table.damage.quote-open",
			Args: []any{"file", "funksjon.csv", "line", strconv.Itoa(at), "column", "1"},
		}))
	}
	r := record.NewReader(source, record.ReaderOptions{})
	err := func() error {
		h, p, err := r.Header()
		if err != nil {
			return err
		}
		v.Header(p, h)
		for person, err := range r.Persons() {
			if err != nil {
				return err
			}
			v.Person(person)
		}
		v.Problems(r.Problems())
		return nil
	}()
	if err != nil {
		v.Damage(err)
	}
	v.Finish()
}

func describe(f *finding.Finding) string {
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	return fmt.Sprintf("%s %s %d %s %s %s", f.Rule, f.Severity, f.Line, dash(f.Person), dash(f.Row), dash(f.Field))
}

// TestFixtures proves that each rule has an ok fixture without a finding and
// a bad one with exactly the findings it states, at least one of its own.
func TestFixtures(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range validate.Rules() {
		for _, kind := range []string{"ok", "bad"} {
			name := r.ID + "." + kind + ".xml"
			seen[name] = true
			t.Run(name, func(t *testing.T) {
				f := readFixture(t, filepath.Join("testdata", "rules", name))
				found, v := validateText(t, f.text, f.options)
				var got []string
				own := 0
				for i := range found {
					got = append(got, describe(&found[i]))
					if found[i].Rule == r.ID {
						own++
					}
				}
				slices.Sort(got)
				slices.Sort(f.want)
				if !slices.Equal(got, f.want) {
					t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(f.want, "\n\t"))
				}
				if (own > 0) != (kind == "bad") {
					t.Errorf("%d findings of the rule itself", own)
				}
				if v.Summary().Total() != len(found) {
					t.Errorf("the summary counts %d of %d", v.Summary().Total(), len(found))
				}
			})
		}
	}
	files, err := filepath.Glob("testdata/rules/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if !seen[filepath.Base(path)] {
			t.Errorf("%s is no rule's fixture", path)
		}
	}
}
