package aeszip

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

func passwords(list ...string) []secret.Value {
	var out []secret.Value
	for _, p := range list {
		out = append(out, secret.FromString(p))
	}
	return out
}

// unpackTo opens and unpacks an archive and returns what came out, folders
// with a slash.
func unpackTo(t testing.TB, data []byte, limits Limits, pw ...secret.Value) (map[string]string, error) {
	t.Helper()
	a, err := Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := a.Extract(t.Context(), root, pw, nil); err != nil {
		return nil, err
	}
	return readTree(t, root), nil
}

func readTree(t testing.TB, root *os.Root) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
		case d.IsDir():
			got[name+"/"] = ""
		default:
			b, err := fs.ReadFile(root.FS(), name)
			if err != nil {
				return err
			}
			got[name] = string(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func faultID(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.ID
	}
	return fmt.Sprint(err)
}

func TestExtractHonest(t *testing.T) {
	text := []byte(strings.Repeat("Feilliste for 0403\n", 400))
	var parts []part
	want := map[string]string{}
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		for _, version := range []uint16{1, 2} {
			for strength := byte(1); strength <= 3; strength++ {
				name := fmt.Sprintf("m%d/v%d/s%d.txt", method, version, strength)
				parts = append(parts, part{name: name, data: text, method: method, version: version, strength: strength})
				want[name] = string(text)
			}
		}
		want[fmt.Sprintf("m%d/", method)], want[fmt.Sprintf("m%d/v1/", method)], want[fmt.Sprintf("m%d/v2/", method)] = "", "", ""
	}
	parts = append(parts,
		part{name: "tom.txt"},
		part{name: "mappe/under/", plain: true},
		part{name: "m0/", plain: true},
		part{name: "én.txt", data: []byte("å"), flags: flagUTF8})
	want["tom.txt"], want["mappe/"], want["mappe/under/"], want["én.txt"] = "", "", "", "å"
	got, err := unpackTo(t, build(t, parts...), DefaultLimits(), passwords("wrong", password+"\r\n")...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestExtractKeepsModesToItself(t *testing.T) {
	data := build(t, part{name: "a/b.txt", data: []byte("x"), attrs: 0o100777 << 16, host: hostUnix})
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var progress int64
	if err := a.Extract(t.Context(), root, passwords(password), func(n int64) { progress += n }); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"a": 0o700, "a/b.txt": 0o600} {
		st, err := os.Stat(filepath.Join(dir, name))
		if err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", name, st.Mode(), err, want)
		}
	}
	if progress != 1 {
		t.Errorf("progress %d", progress)
	}
}

func TestCancelled(t *testing.T) {
	data := build(t, part{name: "a.txt", data: make([]byte, 1<<20)})
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(t.Context())
	err = a.Extract(ctx, root, passwords(password), func(int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestVerifierCollision tries a wrong password that passes the two-byte
// verifier of the builder's salt, as one in 65,536 does, before the right one.
func TestVerifierCollision(t *testing.T) {
	const collides = "feil3905"
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		content := string(noise(2*aheadChunk + 5))
		data := build(t, part{name: "a", data: []byte(content), strength: 1, method: method})
		got, err := unpackTo(t, data, DefaultLimits(), passwords(collides, password)...)
		if err != nil || got["a"] != content {
			t.Errorf("method %d: %v, %d bytes came", method, err, len(got["a"]))
		}
		if _, err := unpackTo(t, data, DefaultLimits(), passwords(collides)...); faultID(err) != "zip.password" || fault.KindOf(err) != fault.Integrity {
			t.Errorf("method %d, only the wrong one: %v", method, err)
		}
	}
}

// TestProgress tells of every byte once, also where a wrong password was
// taken for the right one on the way.
func TestProgress(t *testing.T) {
	data := build(t, part{name: "a", data: noise(3 * aheadChunk), strength: 1}, part{name: "b", data: noise(100), method: zip.Deflate, strength: 1})
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var sum int64
	if err := a.Extract(t.Context(), root, passwords("feil3905", password), func(n int64) { sum += n }); err != nil || sum != a.TotalBytes() {
		t.Errorf("%d of %d bytes told, %v", sum, a.TotalBytes(), err)
	}
}

// TestSecretStaysWhole unpacks twice with the same secret, which is the
// caller's.
func TestSecretStaysWhole(t *testing.T) {
	data := build(t, part{name: "a", data: []byte("x")})
	pw := passwords(password)
	for range 2 {
		if _, err := unpackTo(t, data, DefaultLimits(), pw...); err != nil {
			t.Error(err)
		}
	}
}

func TestPasswordForms(t *testing.T) {
	cases := map[string]string{
		"NFC UTF-8":   "bl\u00e5b\u00e6rS\u00f8t1",
		"CP1252":      "bl\xe5b\xe6rS\xf8t1",
		"CP850":       "bl\x86b\x91rS\x9bt1",
		"raw Latin-1": "bl\xe5b",
	}
	typed := map[string]string{"raw Latin-1": "bl\xe5b"}
	for name, used := range cases {
		for _, given := range []string{"bl\u00e5b\u00e6rS\u00f8t1", "bla\u030ab\u00e6rS\u00f8t1\n"} {
			if typed[name] != "" {
				given = typed[name]
			}
			data := build(t, part{name: "a", data: []byte("x"), password: used})
			if _, err := unpackTo(t, data, DefaultLimits(), passwords(given)...); err != nil {
				t.Errorf("%s with %q: %v", name, given, err)
			}
		}
	}
	if n := len(passwordForms(secret.FromString("ascii"))); n != 1 {
		t.Errorf("an ASCII password has %d forms", n)
	}
}

func TestNameEncodings(t *testing.T) {
	unicodePath := func(plain, name string, break_ bool) []byte {
		sum := crcOf(plain)
		if break_ {
			sum[0] ^= 1
		}
		f := []byte{0x75, 0x70, byte(5 + len(name)), 0, 1}
		return append(append(f, sum...), name...)
	}
	cases := []struct {
		p    part
		want string
	}{
		{part{name: "bl\u00e5.txt", flags: flagUTF8}, "blå.txt"},
		{part{name: "bla\u030a.txt", flags: flagUTF8}, "blå.txt"},
		{part{name: "bl\x86.txt", host: 0}, "blå.txt"},
		{part{name: "\x91\x9b\x86\x92\x9d\x8f.txt", host: 0}, "æøåÆØÅ.txt"},
		{part{name: "bl\u00e5.txt", host: hostUnix}, "blå.txt"},
		{part{name: "bl\u00e5.txt", host: hostMac}, "blå.txt"},
		{part{name: "bl\x86.txt", host: hostUnix}, "blå.txt"},
		{part{name: "bl_.txt", extra: unicodePath("bl_.txt", "blå.txt", false)}, "blå.txt"},
		{part{name: "bl_.txt", extra: unicodePath("bl_.txt", "blå.txt", true)}, "bl_.txt"},
		{part{name: "\u00e5.txt", host: 0}, "├Ñ.txt"}, // UTF-8 that says it is not
	}
	for _, c := range cases {
		c.p.data = []byte("x")
		got, err := unpackTo(t, build(t, c.p), DefaultLimits(), passwords(password)...)
		if diff := cmp.Diff(map[string]string{c.want: "x"}, got); err != nil || diff != "" {
			t.Errorf("%q: %v %s", c.p.name, err, diff)
		}
	}
}
