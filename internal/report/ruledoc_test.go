package report

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// TestRuleDocIsFresh fails when docs/rules.md is not what the catalogue says.
// To write it anew: go run ./cmd/iplos rules doc --lang nb > docs/rules.md
func TestRuleDocIsFresh(t *testing.T) {
	var want bytes.Buffer
	if err := WriteRuleDoc(&want, lang.New(lang.Bokmal)); err != nil {
		t.Fatal(err)
	}
	const path = "../../docs/rules.md"
	if os.Getenv("IPLOS_WRITE_DOCS") != "" {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("docs/rules.md is stale; write it with IPLOS_WRITE_DOCS=1 go test ./internal/report -run RuleDoc")
	}
}

// TestEveryRuleIsExplained proves that no text is missing in any language.
func TestEveryRuleIsExplained(t *testing.T) {
	for _, l := range lang.Languages() {
		p := lang.New(l)
		for _, r := range validate.Rules() {
			text := ExplainRule(r, p).Text(p)
			if strings.Contains(text, "<rule.") || strings.Contains(text, "<report.") || !strings.Contains(text, r.ID) {
				t.Errorf("%s: %s: %s", l, r.ID, text)
			}
		}
		var doc bytes.Buffer
		if err := WriteRuleDoc(&doc, p); err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(doc.String(), "<rule."); i >= 0 {
			t.Errorf("%s: %.60s", l, doc.String()[i:])
		}
	}
}
