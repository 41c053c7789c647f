package report

import (
	"regexp"
	"testing"

	"iplos/internal/ui/lang"
)

// Every label is on a page, and every label a page or the code asks for is
// there: the template would fail on a missing one only when it gets there.
func TestLabelsAndTemplatesAgree(t *testing.T) {
	w := words{lang.New(lang.Bokmal)}
	code := map[string]bool{
		"wholefile": true, "file": true, "size": true, "read": true, "pack": true, "tool": true, "done": true,
		"title": true, "rules": true, "total": true, "kind": true, "code": true, "name": true, "severity": true,
		"number": true, "before": true, "fact": true, "sender": true, "verdict": true, "overrides": true, "rule": true,
		"sum": true, "service": true, "services": true, "about": true,
	}
	use := regexp.MustCompile(`\.L\.(\w+)|PageLabel "(\w+)"`)
	for name, c := range map[string]struct {
		template string
		labels   map[string]string
	}{"page": {pageTemplate, labels(w)}, "share": {shareTemplate, shareLabels(w)}} {
		used := map[string]bool{}
		for _, m := range use.FindAllStringSubmatch(c.template, -1) {
			label := m[1] + m[2]
			used[label] = true
			if c.labels[label] == "" {
				t.Errorf("%s: no label %q", name, label)
			}
		}
		for label := range c.labels {
			if !used[label] && !code[label] {
				t.Errorf("%s: the label %q is not used", name, label)
			}
		}
		if len(used) == 0 {
			t.Errorf("%s: no label found", name)
		}
	}
}
