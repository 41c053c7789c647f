package journal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/journal"
)

// TestMunicipalitiesApart: a host company's municipalities share a state
// folder and nothing else.
func TestMunicipalitiesApart(t *testing.T) {
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	for _, number := range []string{"0403", "1601"} {
		o := options(&now)
		o.Municipality = number
		j, err := journal.Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		e := sealed("sub"+number, "file"+number)
		e.Municipality = "9999" // a mistake of the caller does not get through
		add(t, j, e, upload(journal.Uploaded, "sub"+number, "file"+number))
		if err := j.SaveBaseline(2017, "00", writing("baseline"+number)); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for own, other := range map[string]string{"0403": "1601", "1601": "0403"} {
		v, err := journal.Read(dir, own)
		if err != nil {
			t.Fatal(err)
		}
		s := v.Submissions(now)
		if len(s) != 1 || s[0].ID != "sub"+own || s[0].Municipality != own {
			t.Errorf("%s sees %+v", own, s)
		}
		if b := baseline(t, dir, own); b != "baseline"+own {
			t.Errorf("%s: baseline %q", own, b)
		}
		p := journal.Planned{District: "00", Year: 2017, Content: "c-sub" + other, Source: "s-sub" + other}
		if _, err := v.Duplicate(p, now); err != nil {
			t.Errorf("%s takes %s's content for its own: %v", own, other, err)
		}
		for _, path := range filesBelow(t, journal.Dir(dir, own)) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, mark := range []string{"sub" + other, "file" + other, "baseline" + other, `"municipality":"` + other} {
				if strings.Contains(string(data), mark) {
					t.Errorf("%s holds %q", path, mark)
				}
			}
		}
	}
}

func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}
