package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// texts returns every text of a language by id.
func texts(t *testing.T, l Lang) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := fs.ReadDir(catalog, "catalog/"+string(l))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		domain, err := load(l, strings.TrimSuffix(e.Name(), ".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(all, domain)
	}
	return all
}

var hole = regexp.MustCompile(`\{([a-z0-9_-]+)`)

func holes(text string) []string {
	var names []string
	for _, m := range hole.FindAllStringSubmatch(strings.ReplaceAll(text, "{{", ""), -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

// Every text exists in every language and says the same things.
func TestLanguagesAreComplete(t *testing.T) {
	nb := texts(t, Bokmal)
	for _, l := range []Lang{Nynorsk, English} {
		other := texts(t, l)
		for id, text := range nb {
			o, ok := other[id]
			switch {
			case !ok:
				t.Errorf("%s lacks %s", l, id)
			case !slices.Equal(holes(text), holes(o)):
				t.Errorf("%s of %s fills %v, bokmål %v", id, l, holes(o), holes(text))
			}
		}
		for id := range other {
			if _, ok := nb[id]; !ok {
				t.Errorf("nb lacks %s, which %s has", id, l)
			}
		}
	}
}

// Words that betray that a text stands in the wrong language, or in a form of
// it that the other texts do not use.
func TestTextsAreInTheirLanguage(t *testing.T) {
	for l, words := range map[Lang]string{
		Bokmal: "ikkje korleis kva kvar kven kvifor frå vere meir berre eit ein fila mappa linja arbeidsboka the and must " +
			"køyr køyrer noko nokon nokre ho dei sidan meldinga tenesta innsendinga kvitteringa finst manglar gjeld kjem sjå",
		Nynorsk: "ikke hvordan hva hvor hvem hvorfor hvis fra være mer bare noe noen jeg hver et en the and must " +
			"kjør kjører hun siden meldingen tjenesten innsendingen kvitteringen filen mappen linjen " +
			"finnes mangler gjelder kommer dere inneholder skrevet hentet åpne tenaren",
		English: "ikke ikkje eller skal filen fila kommunen må være vere og er som til med av på fra frå nøkkel",
	} {
		wrong := strings.Fields(words)
		for id, text := range texts(t, l) {
			if foreign(id) {
				continue
			}
			plain := strings.ToLower(quoted.ReplaceAllString(text, " "))
			for _, word := range strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune(" \n\t.,:;()", r) }) {
				if slices.Contains(wrong, word) {
					t.Errorf("%s of %s holds %q: %q", id, l, word, text)
				}
			}
		}
	}
}

// quoted is what a text quotes: names, commands and words of the message.
var quoted = regexp.MustCompile("«[^»]*»|'[^']*'|\"[^\"]*\"|`[^`]*`|\\{[^}]*\\}")

// foreign tells of texts that are not prose.
func foreign(id string) bool {
	return strings.HasSuffix(id, ".example") || strings.HasPrefix(id, "lang.")
}

// source is what the Go code says about ids.
type source struct {
	// literals are all string literals, by where they stand.
	literals map[string]string
	// faults are the ids of user-facing errors.
	faults map[string]string
}

func readSource(t *testing.T) source {
	t.Helper()
	s := source{literals: map[string]string{}, faults: map[string]string{}}
	root := filepath.Join("..", "..", "..")
	for _, dir := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			return s.add(path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s source) add(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, data, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				s.literals[text] = fset.Position(n.Pos()).String()
			}
		case *ast.CallExpr:
			s.call(fset, n)
		}
		return true
	})
	return nil
}

func (s source) call(fset *token.FileSet, c *ast.CallExpr) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	pkg, ok := sel.X.(*ast.Ident)
	at := map[string]int{"New": 1, "Wrap": 2}[sel.Sel.Name]
	if !ok || pkg.Name != "fault" || at == 0 || len(c.Args) <= at {
		return
	}
	if lit, ok := c.Args[at].(*ast.BasicLit); ok {
		if id, err := strconv.Unquote(lit.Value); err == nil {
			s.faults[id] = fset.Position(lit.Pos()).String()
		}
	}
}

var idForm = regexp.MustCompile(`^[a-z]+(\.[A-Za-z0-9_-]+)+$`)

func TestCodeAndCatalogueAgree(t *testing.T) {
	nb, code := texts(t, Bokmal), readSource(t)
	t.Run("nothing is missing", func(t *testing.T) { nothingIsMissing(t, nb, code) })
	t.Run("nothing is unused", func(t *testing.T) { nothingIsUnused(t, nb, code) })
}

// Every id in the code has a text, and every fault a hint.
func nothingIsMissing(t *testing.T, nb map[string]string, code source) {
	domains := map[string]bool{}
	for id := range nb {
		domain, _, _ := strings.Cut(id, ".")
		domains[domain] = true
	}
	for text, where := range code.literals {
		domain, _, _ := strings.Cut(text, ".")
		if !domains[domain] || !idForm.MatchString(text) || notAnID(text) {
			continue
		}
		if _, ok := nb[text]; !ok {
			t.Errorf("%s: no text %q", where, text)
		}
	}
	for id, where := range code.faults {
		if _, ok := nb[id]; !ok {
			t.Errorf("%s: no text %q", where, id)
		}
		if _, ok := nb[id+".hint"]; !ok {
			t.Errorf("%s: no text %q", where, id+".hint")
		}
	}
}

// notAnID tells of literals that look like an id of a domain and are none:
// file names, and the keys of the configuration.
func notAnID(text string) bool {
	switch filepath.Ext(text) {
	case ".md", ".yaml", ".json", ".xml", ".go", ".csv", ".pem", ".tar", ".zip", ".p7m", ".eml", ".html", ".jsonl", ".cer":
		return true
	}
	_, isKey := configKeys()[text]
	return isKey
}

// configKeys are keys whose first part is also a domain.
func configKeys() map[string]bool {
	return map[string]bool{
		"key.profile": true, "key.single_recipient_reason": true, "key.root_file": true, "key.crl_file": true, "filsluse.url": true,
	}
}

// Every text is used: by its id, as the hint of one, or as one of a family
// whose ids are made from a table. What a table covers exactly is tested
// where the tables meet, in cmd/iplos.
func nothingIsUnused(t *testing.T, nb map[string]string, code source) {
	var families []string
	for text := range code.literals {
		if strings.HasSuffix(text, ".") && idForm.MatchString(text+"x") {
			families = append(families, text)
		}
	}
	for id := range nb {
		if _, used := code.literals[id]; used {
			continue
		}
		if _, used := code.literals[strings.TrimSuffix(id, ".hint")]; used && strings.HasSuffix(id, ".hint") {
			continue
		}
		if slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(id, f) }) {
			continue
		}
		t.Errorf("nothing uses %s", id)
	}
}
