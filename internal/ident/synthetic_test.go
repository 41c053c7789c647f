package ident_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/ident"
)

// Every number in the repository that could be somebody's is of a synthetic
// series. DUF and FH numbers have no such series; those in tests are made up
// and lead to nobody in a register.
func TestOnlySyntheticPersons(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", ".cache", "bin", "dist", "demo":
				return filepath.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.IndexByte(data, 0) >= 0 {
			return nil // a program or an archive, not text
		}
		text := string(data)
		for at := 0; ; {
			begin, end, ok := ident.Find(text, at)
			if !ok {
				return nil
			}
			at = end
			digits := strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, text[begin:end])
			n, fault := ident.Parse([]byte(digits), ident.Relaxed2032)
			if n.Series != ident.Real {
				seen++
				continue
			}
			if fault != ident.OK || !n.Registered() || len(digits) != 11 {
				continue
			}
			line := 1 + strings.Count(text[:begin], "\n")
			t.Errorf("%s:%d holds %s…, which is no synthetic person (%v)", path, line, digits[:4], n.Kind)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("found no identity number at all: the test cannot see")
	}
}
