package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
)

// folderAt makes files, and folders for names that end with a slash.
func folderAt(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		parent := path
		if !strings.HasSuffix(name, "/") {
			parent = filepath.Dir(path)
		}
		if err := os.MkdirAll(parent, 0o700); err != nil {
			t.Fatal(err)
		}
		if parent != path {
			if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func faultID(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Usage {
		return f.ID
	}
	return ""
}

func TestKeep(t *testing.T) {
	dir := folderAt(t, "inn/eksport.xml", "inn/dypt/pin.txt", "tilstand/0403/journal.jsonl", "annet/ekte.xml", "hjem/")
	if runtime.GOOS != "windows" {
		for link, to := range map[string]string{"lenke": "inn", "inn/ut.xml": "../annet/ekte.xml"} {
			if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(dir)
	t.Setenv("HOME", filepath.Join(dir, "hjem"))
	t.Setenv("USERPROFILE", filepath.Join(dir, "hjem"))
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, c := range []struct {
		folder, keep string
		links, lost  bool
	}{
		{folder: "inn", keep: "inn/eksport.xml", lost: true},
		{folder: in("inn"), keep: "inn/dypt/pin.txt", lost: true},
		{folder: "annet/../inn/.", keep: in("inn/dypt/pin.txt"), lost: true},
		{folder: "inn/eksport.xml", keep: "inn/eksport.xml", lost: true},
		{folder: "inn", keep: "inn/kommer/vault", lost: true},
		{folder: "ny", keep: "ny", lost: true},
		{folder: "ny", keep: "nyere"},
		{folder: "inn/ny", keep: "inn/eksport.xml"},
		{folder: "inn/dypt", keep: "inn/eksport.xml"},
		{folder: "annet", keep: "inn/eksport.xml"},
		{folder: "annet", keep: "-"},
		{folder: "inn", keep: "lenke/eksport.xml", links: true, lost: true},
		{folder: "lenke", keep: "inn/eksport.xml", links: true, lost: true},
		{folder: "lenke", keep: "lenke/eksport.xml", links: true, lost: true},
		{folder: "inn", keep: "inn/ut.xml", links: true, lost: true},
		{folder: "annet", keep: "inn/ut.xml", links: true, lost: true},
	} {
		if c.links && runtime.GOOS == "windows" {
			continue
		}
		err := atomicfile.Keep{Paths: []string{"", c.keep}}.Check(c.folder)
		if lost := faultID(err) == "file.kept"; lost != c.lost || err != nil != c.lost {
			t.Errorf("%s over %s: %v", c.folder, c.keep, err)
		}
	}
	whole := atomicfile.Keep{Whole: []string{"tilstand"}}
	for folder, lost := range map[string]bool{
		".": true, "..": true, "hjem": true, filepath.VolumeName(dir) + string(filepath.Separator): true,
		"tilstand": true, "tilstand/0403": true, "tilstand/ny": false, "annet": false, "hjem/annet": false,
	} {
		if err := whole.Check(folder); (faultID(err) == "file.kept") != lost || err != nil != lost {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

// What is in the folder decides what Force replaces, and what is there is
// still there after a refusal.
func TestDirReplacesOnlyItsKind(t *testing.T) {
	dir := folderAt(t, "pakke/a.p7m", "pakke/b.p7m", "blandet/a.p7m", "blandet/brev.doc", "dyp/a.p7m/x", "tom/", "fil.p7m")
	sealed := func(e fs.DirEntry) bool { return e.Type().IsRegular() && filepath.Ext(e.Name()) == ".p7m" }
	for name, want := range map[string]string{
		"pakke": "", "tom": "", "ny": "", "blandet": "file.foreign", "dyp": "file.foreign", "fil.p7m": "file.no-folder",
	} {
		d, err := atomicfile.CreateDir(filepath.Join(dir, name)+string(filepath.Separator), atomicfile.Options{Force: true, MayHold: sealed})
		if faultID(err) != want || err != nil != (want != "") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if err := d.Commit(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		assertOnly(t, filepath.Join(dir, name))
	}
	assertOnly(t, dir, "blandet", "dyp", "fil.p7m", "ny", "pakke", "tom")
	assertOnly(t, filepath.Join(dir, "blandet"), "a.p7m", "brev.doc")
}

// What comes while the folder is filled is refused too.
func TestDirLooksAgain(t *testing.T) {
	dir := folderAt(t, "pakke/")
	path := filepath.Join(dir, "pakke")
	d, err := atomicfile.CreateDir(path, atomicfile.Options{Force: true, MayHold: func(fs.DirEntry) bool { return false }})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "brev.doc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); faultID(err) != "file.foreign" {
		t.Errorf("Commit: %v", err)
	}
	assertOnly(t, dir, "pakke")
	assertOnly(t, path, "brev.doc")
}
