package report

import (
	"os"
	"regexp"
	"testing"

	"iplos/internal/ui/lang"
)

// Every label is on a page, and every label a page or the code asks for is
// there: a missing one would be an empty place in the page.
func TestLabelsAndPagesAgree(t *testing.T) {
	w := words{Printer: lang.New(lang.Bokmal)}
	for name, c := range map[string]struct {
		files  []string
		use    string
		labels map[string]string
	}{
		"page":  {[]string{"html.go", "htmlpage.go", "htmltables.go", "htmlfindings.go"}, `\bp\.(?:L\["|l\(")(\w+)"`, labels(&Report{}, w)},
		"share": {[]string{"share.go", "sharehtml.go"}, `\bs\.(?:L\["|l\(")(\w+)"`, shareLabels(&Report{}, w)},
	} {
		used := map[string]bool{}
		for _, file := range c.files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(c.use).FindAllStringSubmatch(string(source), -1) {
				used[m[1]] = true
			}
		}
		for label := range used {
			if c.labels[label] == "" {
				t.Errorf("%s: no label %q", name, label)
			}
		}
		for label := range c.labels {
			if !used[label] {
				t.Errorf("%s: the label %q is not used", name, label)
			}
		}
		if len(used) == 0 {
			t.Errorf("%s: no label found", name)
		}
	}
}
