package aeszip

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yeka "github.com/yeka/zip"

	"iplos/internal/peertest"
)

// need7z returns 7-Zip under the name this machine gives it.
func need7z(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"7z", "7zz"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return peertest.Need(t, "7z")
}

// tree writes the files that every peer packs, and says what must come out.
func tree(t testing.TB) (dir string, want map[string]string) {
	t.Helper()
	dir = t.TempDir()
	want = map[string]string{
		"feilliste.csv":                strings.Repeat("ORG-MISSING;4711;Orgnr mangler\n", 500),
		"blåbærsyltetøy/ØKONOMI æ.txt": "æøå ÆØÅ",
		"tom.txt":                      "",
		"liten.txt":                    "x",
	}
	for name, content := range want {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want["blåbærsyltetøy/"] = ""
	return dir, want
}

func run(t testing.TB, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
}

func opensAs(t *testing.T, archive string, want map[string]string, password string) {
	t.Helper()
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	got, err := unpackTo(t, data, DefaultLimits(), passwords(password)...)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOpens7Zip(t *testing.T) {
	program := need7z(t)
	dir, want := tree(t)
	for i, c := range []struct{ method, aes, password string }{
		{"Copy", "AES128", password},
		{"Copy", "AES256", password},
		{"Deflate", "AES192", password},
		{"Deflate", "AES256", password},
		{"BZip2", "AES256", password},
	} {
		archive := filepath.Join(t.TempDir(), fmt.Sprintf("%d.zip", i))
		run(t, dir, program, "a", "-tzip", "-mm="+c.method, "-mem="+c.aes, "-p"+c.password, archive, ".")
		t.Run(c.method+c.aes, func(t *testing.T) { opensAs(t, archive, want, c.password) })
	}
}

func TestRefuses7ZipCrypto(t *testing.T) {
	program := need7z(t)
	dir, _ := tree(t)
	for want, args := range map[string][]string{
		"zip.entry.zipcrypto": {"-p" + password},
		"zip.entry.plain":     nil,
		"zip.entry.method":    {"-p" + password, "-mem=AES256", "-mm=LZMA"},
	} {
		archive := filepath.Join(t.TempDir(), "a.zip")
		run(t, dir, program, append([]string{"a", "-tzip", archive, "feilliste.csv"}, args...)...)
		data, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unpackTo(t, data, DefaultLimits(), passwords(password)...); faultID(err) != want {
			t.Errorf("%v: %v, want %s", args, err, want)
		}
	}
}

// TestOpensStream has 7-Zip write to a pipe, which gives data descriptors.
func TestOpensStream(t *testing.T) {
	program := need7z(t)
	dir, want := tree(t)
	out, err := os.Create(filepath.Join(t.TempDir(), "s.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", program+" a -tzip -mem=AES256 -p"+password+" -so dummy.zip . | cat")
	cmd.Dir, cmd.Stdout = dir, out
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	opensAs(t, out.Name(), want, password)
}

func TestOpensBsdtar(t *testing.T) {
	program := peertest.Need(t, "bsdtar")
	dir, want := tree(t)
	const password = "blåbærSøt1"
	for _, options := range []string{
		"zip:encryption=aes256,zip:compression=store", "zip:encryption=aes128,zip:compression=deflate",
		"zip:encryption=aes256,zip:zip64",
	} {
		archive := filepath.Join(t.TempDir(), "a.zip")
		run(t, dir, program, "-c", "--format", "zip", "--options", options, "--passphrase", password, "-f", archive,
			"feilliste.csv", "blåbærsyltetøy", "tom.txt", "liten.txt")
		t.Run(options, func(t *testing.T) { opensAs(t, archive, want, password) })
	}
}

func TestOpensYeka(t *testing.T) {
	const password = "blåbærSøt1" // 7-Zip on Linux takes ASCII only
	for _, strength := range []yeka.EncryptionMethod{yeka.AES128Encryption, yeka.AES192Encryption, yeka.AES256Encryption} {
		var b bytes.Buffer
		w := yeka.NewWriter(&b)
		f, err := w.Encrypt("feilliste.csv", password, strength)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, strings.Repeat("rad\n", 1000))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := unpackTo(t, b.Bytes(), DefaultLimits(), passwords(password)...)
		if diff := cmp.Diff(map[string]string{"feilliste.csv": strings.Repeat("rad\n", 1000)}, got); err != nil || diff != "" {
			t.Error(strength, err, diff)
		}
	}
}

// TestTenThousand unpacks as many entries as the default limit allows: every
// fourth is encrypted, which costs a key each, the others are empty.
func TestTenThousand(t *testing.T) {
	parts := make([]part, DefaultLimits().Entries)
	for i := range parts {
		parts[i] = part{name: fmt.Sprintf("m%d/%d.txt", i%100, i), plain: i%4 != 3}
		if !parts[i].plain {
			parts[i].data, parts[i].strength = fmt.Appendf(nil, "%d", i), 1
		}
	}
	got, err := unpackTo(t, build(t, parts...), DefaultLimits(), passwords(password)...)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(parts)+100 || got["m99/9999.txt"] != "9999" {
		t.Errorf("%d files and folders", len(got))
	}
	if _, err := unpackTo(t, build(t, append(parts, part{name: "en til"})...), DefaultLimits()); faultID(err) != "zip.limit.entries" {
		t.Error(err)
	}
}
