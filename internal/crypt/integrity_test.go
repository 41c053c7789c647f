package crypt_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
	"iplos/internal/sandbox/synth"
)

// file is one file of a package under attack.
type file struct {
	name string
	data []byte
}

// samplePackage returns the files of a small package, in order.
func samplePackage(t testing.TB, suite cms.Suite, persons int, seed uint64) []file {
	t.Helper()
	g, err := synth.New(synth.Options{Persons: persons, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	opts := options(filepath.Join(t.TempDir(), "pakke"), g)
	opts.Suite = suite
	opts.Compression = parts.None
	opts.PartSize = 1500
	var files []file
	for _, e := range seal(t, opts, g).Files {
		files = append(files, file{e.Name, read(t, opts.Path, e.Name)})
	}
	return files
}

func writeTar(t testing.TB, path string, files []file) {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.data)), Mode: 0o600, Format: tar.FormatUSTAR, ModTime: time.Unix(1, 0)}
		if err := errors.Join(w.WriteHeader(h), func() error { _, err := w.Write(f.data); return err }()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeFolder(t testing.TB, path string, files []file) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(path, f.name), f.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// refused opens a package that must be refused, and returns the fault.
func refused(t *testing.T, path string) *fault.Error {
	t.Helper()
	out := t.TempDir()
	_, err := crypt.Open(t.Context(), path, crypt.OpenOptions{
		Keys: bothKeys(), Message: filepath.Join(out, "m.xml"), Identities: filepath.Join(out, "i.csv"),
	})
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Integrity {
		t.Fatalf("got %v, want a fault of kind integrity", err)
	}
	left, err := os.ReadDir(out)
	if err != nil || len(left) > 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
	var stream bytes.Buffer
	_, err = crypt.Open(t.Context(), path, crypt.OpenOptions{Keys: bothKeys(), Out: &stream})
	if fault.KindOf(err) != fault.Integrity || stream.Len() > 0 {
		t.Fatalf("as a stream: %d bytes, %v", stream.Len(), err)
	}
	return f
}

// names tells whether a fault is about the file.
func names(f *fault.Error, file string) bool { return slices.Contains(f.Args, any(file)) }

func clone(files []file) []file {
	var out []file
	for _, f := range files {
		out = append(out, file{f.name, bytes.Clone(f.data)})
	}
	return out
}

// What is done to a package, and which file must be named.
func TestTampering(t *testing.T) {
	for _, suite := range cms.Suites() {
		ours := samplePackage(t, suite, 12, 1)
		theirs := samplePackage(t, suite, 12, 2)
		at := func(files []file, name string) *file {
			for i := range files {
				if files[i].name == name {
					return &files[i]
				}
			}
			t.Fatalf("no %s", name)
			return nil
		}
		without := func(files []file, name string) []file {
			var out []file
			for _, f := range files {
				if f.name != name {
					out = append(out, f)
				}
			}
			return out
		}
		for name, c := range map[string]struct {
			do   func([]file) []file
			file string
			id   string
		}{
			"a part dropped":             {func(f []file) []file { return without(f, "part-0002.p7m") }, "part-0002.p7m", "crypt.open.missing"},
			"a part dropped, sums too":   {func(f []file) []file { return resum(without(f, "part-0002.p7m")) }, "part-0002.p7m", "crypt.open.missing"},
			"manifest dropped, sums too": {func(f []file) []file { return resum(without(f, "manifest.p7m")) }, "manifest.p7m", "crypt.open.missing"},
			"the last part dropped":      {func(f []file) []file { return without(f, lastPart(f)) }, lastPart(ours), "crypt.open.missing"},
			"manifest dropped":           {func(f []file) []file { return without(f, "manifest.p7m") }, "manifest.p7m", "crypt.open.missing"},
			"identities dropped":         {func(f []file) []file { return without(f, "identity.p7m") }, "identity.p7m", "crypt.open.missing"},
			"sums dropped":               {func(f []file) []file { return without(f, "SHA256SUMS") }, "SHA256SUMS", "crypt.open.missing"},
			"two parts swapped": {func(f []file) []file {
				a, b := at(f, "part-0001.p7m"), at(f, "part-0002.p7m")
				a.data, b.data = b.data, a.data
				return f
			}, "part-0001.p7m", "crypt.open.changed"},
			"two parts swapped, sums too": {func(f []file) []file {
				a, b := at(f, "part-0001.p7m"), at(f, "part-0002.p7m")
				a.data, b.data = b.data, a.data
				return resum(f)
			}, "part-0001.p7m", "crypt.open.changed"},
			"a part doubled": {func(f []file) []file {
				return resum(append(f, file{nextPart(f), at(f, "part-0001.p7m").data}))
			}, "", "crypt.open.manifest"},
			"a part replaced by another": {func(f []file) []file {
				at(f, "part-0002.p7m").data = at(f, "part-0001.p7m").data
				return resum(f)
			}, "part-0002.p7m", "crypt.open.changed"},
			"a part of another package": {func(f []file) []file {
				at(f, "part-0001.p7m").data = at(theirs, "part-0001.p7m").data
				return resum(f)
			}, "part-0001.p7m", "crypt.open.changed"},
			"identities of another package": {func(f []file) []file {
				at(f, "identity.p7m").data = at(theirs, "identity.p7m").data
				return resum(f)
			}, "identity.p7m", "crypt.open.changed"},
			"the manifest of another package": {func(f []file) []file {
				at(f, "manifest.p7m").data = at(theirs, "manifest.p7m").data
				return resum(f)
			}, "identity.p7m", "crypt.open.changed"},
			"a part too many":          {func(f []file) []file { return inOrder(append(f, file{"part-9998.p7m", f[0].data})) }, "part-9998.p7m", "crypt.open.foreign"},
			"a foreign file":           {func(f []file) []file { return append(f, file{"Thumbs.db", []byte("x")}) }, "Thumbs.db", "crypt.open.foreign"},
			"a foreign file, sums too": {func(f []file) []file { return resum(append(f, file{"Thumbs.db", []byte("x")})) }, "Thumbs.db", "crypt.open.foreign"},
			"a part cut":               {func(f []file) []file { p := at(f, "part-0002.p7m"); p.data = p.data[:len(p.data)-1]; return f }, "part-0002.p7m", "crypt.open.changed"},
			"a part cut, sums too":     {func(f []file) []file { p := at(f, "part-0002.p7m"); p.data = p.data[:len(p.data)-1]; return resum(f) }, "part-0002.p7m", "crypt.open.changed"},
			"a part emptied":           {func(f []file) []file { at(f, "part-0001.p7m").data = nil; return f }, "part-0001.p7m", "crypt.open.changed"},
			"manifest emptied":         {func(f []file) []file { at(f, "manifest.p7m").data = nil; return resum(f) }, "manifest.p7m", "crypt.open.tag"},
			"sums emptied":             {func(f []file) []file { at(f, "SHA256SUMS").data = nil; return f }, "SHA256SUMS", "crypt.open.changed"},
			"sums without a line": {func(f []file) []file {
				s := at(f, "SHA256SUMS")
				_, s.data, _ = bytes.Cut(s.data, []byte("\n"))
				return f
			}, "manifest.p7m", "crypt.open.foreign"},
			"sums in capitals":       {func(f []file) []file { s := at(f, "SHA256SUMS"); s.data = bytes.ToUpper(s.data); return f }, "SHA256SUMS", "crypt.open.changed"},
			"sums too large to read": {func(f []file) []file { at(f, "SHA256SUMS").data = make([]byte, 2<<20); return f }, "SHA256SUMS", "crypt.open.changed"},
		} {
			for _, write := range []func(testing.TB, string, []file){writeTar, writeFolder} {
				t.Run(string(suite)+"/"+name, func(t *testing.T) {
					path := filepath.Join(t.TempDir(), "pakke")
					write(t, path, inOrder(c.do(clone(ours))))
					f := refused(t, path)
					if f.ID != c.id || c.file != "" && !names(f, c.file) {
						t.Errorf("said %v, want %s about %q", f, c.id, c.file)
					}
				})
			}
		}
	}
}

func lastPart(files []file) string { return parts.Name(len(files) - 3) }
func nextPart(files []file) string { return parts.Name(len(files) - 2) }

// resum makes the outer list of sums right again, as an attacker can.
func resum(files []file) []file {
	var b bytes.Buffer
	for i := range files {
		if files[i].name != "SHA256SUMS" {
			b.WriteString(sum(files[i].data) + "  " + files[i].name + "\n")
		}
	}
	for i := range files {
		if files[i].name == "SHA256SUMS" {
			files[i].data = b.Bytes()
		}
	}
	return files
}

// inOrder puts parts first, as a tar has them.
func inOrder(files []file) []file {
	var first, rest []file
	for _, f := range files {
		if strings.HasPrefix(f.name, "part-") {
			first = append(first, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(first, rest...)
}

func TestTarOrder(t *testing.T) {
	files := samplePackage(t, cms.GCM, 12, 1)
	path := filepath.Join(t.TempDir(), "p.tar")
	files[0], files[1] = files[1], files[0]
	writeTar(t, path, files)
	if f := refused(t, path); f.ID != "crypt.open.order" || !names(f, "part-0002.p7m") {
		t.Errorf("said %v", f)
	}
	files[0] = files[1]
	writeTar(t, path, files)
	if f := refused(t, path); f.ID != "crypt.open.duplicate" || !names(f, "part-0001.p7m") {
		t.Errorf("said %v", f)
	}
}
