package ssb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzReadSums(f *testing.F) {
	sum := strings.Repeat("ab", 32)
	f.Add(sum + "  manifest.p7m\n" + sum + "  part-0001.p7m\n")
	f.Add(sum + "  ../../etc/passwd\n")
	f.Add(sum + " *identity.p7m\r\n")
	f.Add("")
	path := filepath.Join(f.TempDir(), sumsName)
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		names, err := readSums(path)
		for name, sum := range names {
			if err == nil && (filepath.Base(name) != name || !strings.HasSuffix(name, ".p7m") || len(sum) != 64) {
				t.Errorf("%q: %q", name, sum)
			}
		}
	})
}

func TestSumsTakeOnlyNamesOfAPackage(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	path := filepath.Join(t.TempDir(), sumsName)
	for text, ok := range map[string]bool{
		sum + "  part-0001.p7m\n": true, sum + "  ../x.p7m\n": false, sum + "  C:part-0001.p7m\n": false,
		"ab  part-0001.p7m\n": false, "xx" + sum[2:] + "  part-0001.p7m\n": false, sum + "  SHA256SUMS\n": false,
		sum + "  manifest.p7m\n" + strings.Repeat("x", 70_000): false,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readSums(path); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
