package record_test

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"iplos/internal/record"
)

// TestCodesHaveTexts proves that every fault has its text and its advice in
// every language, and that no text is without a fault.
func TestCodesHaveTexts(t *testing.T) {
	for _, lang := range []string{"nb", "nn", "en"} {
		data, err := os.ReadFile("../ui/lang/catalog/" + lang + "/xml.yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		if err := yaml.Unmarshal(data, &texts); err != nil {
			t.Fatal(lang, err)
		}
		for _, code := range record.SyntaxCodes() {
			for _, key := range []string{code, code + ".hint"} {
				if strings.TrimSpace(texts[key]) == "" {
					t.Errorf("%s: no text xml.%s", lang, key)
				}
				delete(texts, key)
			}
		}
		for key := range texts {
			t.Errorf("%s: xml.%s is the text of no fault", lang, key)
		}
	}
}
