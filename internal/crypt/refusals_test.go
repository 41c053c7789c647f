package crypt_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
)

func TestWrongKeys(t *testing.T) {
	dir := t.TempDir()
	g := municipality(t, 2017, 3)
	opts := options(filepath.Join(dir, "p.tar"), g)
	seal(t, opts, g)
	for _, c := range []struct {
		o    crypt.OpenOptions
		want string
	}{
		{crypt.OpenOptions{}, "crypt.open.nokey"},
		{crypt.OpenOptions{Keys: keys(stranger())}, "crypt.open.nokey"},
		{crypt.OpenOptions{Keys: keys(register()), Identities: filepath.Join(dir, "i")}, "crypt.open.nokey"},
		{crypt.OpenOptions{Keys: keys(pseudonymiser()), Message: filepath.Join(dir, "m")}, "crypt.open.nokey"},
		{crypt.OpenOptions{Keys: bothKeys(), Message: filepath.Join(dir, "m"), Identities: filepath.Join(dir, "m")}, "crypt.open.same"},
		{crypt.OpenOptions{Keys: bothKeys(), Message: opts.Path, Force: true}, "crypt.open.same"},
		{crypt.OpenOptions{Keys: bothKeys(), Message: filepath.Join(dir, "x", "m")}, "crypt.folder.missing"},
	} {
		_, err := crypt.Open(t.Context(), opts.Path, c.o)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != c.want {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := crypt.Open(t.Context(), filepath.Join(dir, "no"), crypt.OpenOptions{}); fault.KindOf(err) != fault.Usage {
		t.Errorf("no package: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte("hei"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := crypt.Open(t.Context(), filepath.Join(dir, "text"), crypt.OpenOptions{}); fault.KindOf(err) != fault.Integrity {
		t.Errorf("no tar: %v", err)
	}
}

// lateTarget puts a file where another is about to get its name.
type lateTarget string

func (l lateTarget) Write(p []byte) (int, error) {
	return len(p), os.WriteFile(string(l), []byte("andres"), 0o600)
}

// What stands in the way at the very end has a text for the user too.
func TestTargetThatComesLate(t *testing.T) {
	dir := t.TempDir()
	g := municipality(t, 2017, 3)
	opts := options(filepath.Join(dir, "p.tar"), g)
	seal(t, opts, g)
	ids := filepath.Join(dir, "i.csv")
	_, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: bothKeys(), Out: lateTarget(ids), Identities: ids})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "crypt.exists" || string(read(t, ids)) != "andres" {
		t.Errorf("%v, and %q is there", err, read(t, ids))
	}
	// What was to stand beside it is not left alone.
	ids, message := filepath.Join(dir, "j.csv"), filepath.Join(dir, "m.xml")
	_, err = crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: bothKeys(), Out: lateTarget(ids), Identities: ids, Message: message})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "crypt.exists" {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(message); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the message is there: %v", err)
	}
}

// A message that unpacks to more than the manifest says stops there.
func TestMoreThanTheManifestSays(t *testing.T) {
	for _, c := range []parts.Compression{parts.Gzip, parts.None} {
		g := municipality(t, 2017, 3)
		dir := t.TempDir()
		opts := options(filepath.Join(dir, "p"), g)
		opts.Compression = c
		seal(t, opts, g)
		private := bothKeys()
		text, _, err := cms.Open(read(t, opts.Path, "manifest.p7m"), private)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{`"persons": `, `"PERSONOPPL": `} {
			other := bytes.Replace(text, []byte(field), []byte(field+"1"), 1)
			resealed(t, opts.Path, other)
			if f := refused(t, opts.Path); f.ID != "crypt.open.counts" {
				t.Errorf("%s: %v", field, f)
			}
		}
		at := bytes.Index(text, []byte(`"message"`))
		less := append(bytes.Clone(text[:at]), bytes.Replace(text[at:], []byte(`"bytes": `), []byte(`"bytes": 1, "bytes": -`), 1)...)
		resealed(t, opts.Path, less)
		if f := refused(t, opts.Path); f.ID != "crypt.open.message" {
			t.Errorf("%v", f)
		}
	}
}

// resealed puts another manifest into a package, as anyone with the public
// key can.
func resealed(t *testing.T, dir string, manifest []byte) {
	t.Helper()
	m, err := cms.Seal(cms.GCM, []cms.Recipient{{Key: register().Key.Public}}, bytes.Clone(manifest))
	if err != nil {
		t.Fatal(err)
	}
	var files []file
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data := read(t, dir, e.Name())
		if e.Name() == "manifest.p7m" {
			data = m.Bytes()
		}
		files = append(files, file{e.Name(), data})
	}
	for _, f := range resum(files) {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
