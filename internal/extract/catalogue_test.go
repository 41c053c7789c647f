package extract

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"iplos/internal/table"
	"iplos/internal/ui/lang"
)

// TestEveryTextIsThere looks up every id this package and table use, those of
// families included, in the three languages.
func TestEveryTextIsThere(t *testing.T) {
	var faults, plain []string
	ids := regexp.MustCompile(`"((?:extract|table)\.[a-z0-9._-]*[a-z0-9])"`)
	for _, dir := range []string{".", "../table"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ids.FindAllStringSubmatch(string(src), -1) {
				// Comments in a profile, and the names of standard input.
				if strings.HasPrefix(m[1], "extract.propose.") || strings.HasPrefix(m[1], "extract.stdin.") {
					plain = append(plain, m[1])
				} else {
					faults = append(faults, m[1])
				}
			}
		}
	}
	for _, k := range table.DamageKinds() {
		faults = append(faults, "table.damage."+string(k))
	}
	for _, c := range NoteCodes() {
		plain = append(plain, "extract.note."+c)
	}
	for _, r := range LeftOutReasons() {
		plain = append(plain, "extract.left_out."+r)
	}
	for _, c := range Changes() {
		plain = append(plain, "extract.changed."+c)
	}
	for _, l := range lang.Languages() {
		p := lang.New(l)
		for _, id := range faults {
			if !p.Has(id) || !p.Has(id+".hint") {
				t.Errorf("%s: no text or hint for %s", l, id)
			}
		}
		for _, id := range plain {
			if !p.Has(id) {
				t.Errorf("%s: no text for %s", l, id)
			}
		}
	}
}
