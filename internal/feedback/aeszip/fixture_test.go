package aeszip

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFixtures opens archives that 7-Zip 26.02 and bsdtar 3.6.2 made, where
// those programs are not at hand, and flips a bit in every seventh byte: TestEveryBit has them all.
func TestFixtures(t *testing.T) {
	want := map[string]string{
		"feilliste.csv": strings.Repeat("ORG-MISSING;17;51\n", 40), "mappe/": "", "mappe/brev.txt": "æøå", "tom.txt": "",
	}
	inMemory := maps.Clone(want)
	delete(inMemory, "mappe/")
	inMemory["mappe"] = "" // a folder, there without its slash
	files, err := filepath.Glob("testdata/*.zip")
	if err != nil || len(files) < 7 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpackTo(t, data, DefaultLimits(), passwords(password)...)
		if strings.Contains(file, "refused-") {
			if faultID(err) != "zip.entry.zipcrypto" {
				t.Errorf("%s: %v", file, err)
			}
			continue
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", file, err, diff)
		}
		for i := 0; i < len(data); i += 17 {
			flipped := bytes.Clone(data)
			flipped[i] ^= 1 << (i % 8)
			got, err := unpackInMemory(t, flipped)
			if err != nil {
				continue
			}
			if diff := cmp.Diff(inMemory, got); diff != "" {
				t.Errorf("%s, byte %d: %s", file, i, diff)
			}
		}
	}
}
