package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"iplos/internal/ui/lang"
)

// The three languages have the same texts with the same placeholders, and
// the code asks for each of them.
func TestCatalogueIsWhole(t *testing.T) {
	all := map[lang.Lang]map[string]string{}
	for _, l := range lang.Languages() {
		data, err := os.ReadFile("../ui/lang/catalog/" + string(l) + "/report.yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		all[l] = texts
	}
	source := readSource(t)
	hole := regexp.MustCompile(`\{(\w+)`)
	names := func(text string) []string {
		var out []string
		for _, m := range hole.FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	for id, text := range all[lang.Bokmal] {
		for _, l := range lang.Languages() {
			other, ok := all[l][id]
			if !ok || len(all[l]) != len(all[lang.Bokmal]) {
				t.Errorf("%s: %s is missing, or there are others", l, id)
			}
			if !slices.Equal(names(other), names(text)) {
				t.Errorf("%s: %s has the placeholders %v, bokmål %v", l, id, names(other), names(text))
			}
		}
		if !strings.HasSuffix(id, ".hint") && !strings.Contains(source, `"report.`+id+`"`) {
			t.Errorf("nothing asks for report.%s", id)
		}
	}
}

func readSource(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{".", "../workflow"} { // the workflow chooses the format by a file's ending
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(data)
		}
	}
	return b.String()
}
