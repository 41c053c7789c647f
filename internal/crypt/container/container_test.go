package container

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/peertest"
)

func written(t testing.TB, path string) []Entry {
	t.Helper()
	w, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, f := range []struct{ name, data string }{{"a.p7m", "en"}, {"b.p7m", ""}, {"c.p7m", strings.Repeat("x", 3<<20)}} {
		if _, err := w.Add(f.name, []byte(f.data[:len(f.data)/2]), []byte(f.data[len(f.data)/2:])); err != nil {
			t.Fatal(err)
		}
	}
	files, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range w.Entries() {
		if e.SHA256 == "" {
			t.Errorf("%+v has no digest", e)
		}
	}
	return files
}

func TestWriteAndRead(t *testing.T) {
	for _, name := range []string{"p.tar", "P.TAR", "p"} {
		path := filepath.Join(t.TempDir(), name)
		files := written(t, path)
		r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if len(r.Entries()) != 3 || r.Ordered() != (KindOf(name) == Tar) {
			t.Errorf("%s: %+v", name, r.Entries())
		}
		var buf []byte
		for file, want := range map[string]int{"a.p7m": 2, "b.p7m": 0, "c.p7m": 3 << 20} {
			if buf, err = r.Read(file, buf); err != nil || len(buf) != want {
				t.Errorf("%s: %d bytes, %v", file, len(buf), err)
			}
		}
		if _, err := r.Read("d", nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("a file that is not there: %v", err)
		}
		for _, e := range files {
			data, err := os.ReadFile(filepath.Join(filepath.Dir(path), e.Name))
			if KindOf(name) == Folder {
				data, err = os.ReadFile(filepath.Join(path, e.Name))
			}
			if err != nil || int64(len(data)) != e.Bytes || fmt.Sprintf("%x", sha256.Sum256(data)) != e.SHA256 {
				t.Errorf("%s: %+v, %v", name, e, err)
			}
		}
	}
}

// The tar is one that every tar program reads, and theirs is read here.
func TestOtherTarPrograms(t *testing.T) {
	program := peertest.Need(t, "tar")
	dir := t.TempDir()
	path := filepath.Join(dir, "p.tar")
	written(t, path)
	out, err := exec.Command(program, "-tf", path).Output()
	if err != nil || string(out) != "a.p7m\nb.p7m\nc.p7m\n" {
		t.Errorf("%q, %v", out, err)
	}
	cmd := exec.Command("bash", "-c", "tar -xf p.tar && tar --format=ustar -cf q.tar a.p7m b.p7m c.p7m && tar --format=gnu -cf r.tar a.p7m")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"q.tar", "r.tar"} {
		r, err := Open(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Entries()[0].Name != "a.p7m" {
			t.Errorf("%+v", r.Entries())
		}
		_ = r.Close()
	}
}

func TestHostileTars(t *testing.T) {
	for name, h := range map[string]*tar.Header{
		"a path":        {Name: "../x", Typeflag: tar.TypeReg},
		"absolute":      {Name: "/x", Typeflag: tar.TypeReg},
		"Windows path":  {Name: `C:\x`, Typeflag: tar.TypeReg},
		"hidden":        {Name: ".x", Typeflag: tar.TypeReg},
		"a folder":      {Name: "x/", Typeflag: tar.TypeDir},
		"a link":        {Name: "x", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink},
		"a hard link":   {Name: "x", Linkname: "y", Typeflag: tar.TypeLink},
		"a device":      {Name: "x", Typeflag: tar.TypeChar},
		"an extension":  {Name: strings.Repeat("x", 200), Typeflag: tar.TypeReg},
		"a prefix":      {Name: strings.Repeat("x", 90) + "/" + strings.Repeat("y", 90), Typeflag: tar.TypeReg},
		"not a letter":  {Name: "blåbær", Typeflag: tar.TypeReg},
		"PAX attribute": {Name: "x", Typeflag: tar.TypeReg, PAXRecords: map[string]string{"A.b": "c"}},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A size in the header allocates nothing and reads nothing beyond the file.
func TestSizeThatLies(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "x", Typeflag: tar.TypeReg, Size: 8<<30 - 1, Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.tar")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path)
	if e, ok := errors.AsType[*EntryError](err); !ok || e.Why != Cut || e.Name != "x" {
		t.Error(err)
	}
}

func FuzzTar(f *testing.F) {
	path := filepath.Join(f.TempDir(), "p.tar")
	written(f, path)
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:2048])
	f.Add(make([]byte, 1024))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			return
		}
		defer r.Close()
		for _, e := range r.Entries() {
			if b, err := r.Read(e.Name, nil); err != nil || int64(len(b)) != e.Bytes {
				t.Errorf("%+v: %d bytes, %v", e, len(b), err)
			}
		}
	})
}
