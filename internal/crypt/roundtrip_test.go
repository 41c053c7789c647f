package crypt_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
)

func TestWhatIsSealedOpens(t *testing.T) {
	for _, year := range []int{2017, 2018} {
		for _, suite := range cms.Suites() {
			for _, name := range []string{"pakke.tar", "pakke"} {
				for _, compression := range []parts.Compression{parts.Gzip, parts.None} {
					t.Run(fmt.Sprint(year, suite, name, compression), func(t *testing.T) {
						dir := t.TempDir()
						g := municipality(t, year, 60)
						opts := options(filepath.Join(dir, name), g)
						opts.Suite, opts.Compression = suite, compression
						sealed := seal(t, opts, g)
						if sealed.Kind != container.KindOf(name) || sealed.Manifest.Message.Persons != 60 ||
							len(sealed.Manifest.Parts) < 3 || sealed.Manifest.Separation != crypt.Cryptographic {
							t.Errorf("sealed %+v", sealed)
						}
						checkOpened(t, dir, opts, message(t, g), year)
					})
				}
			}
		}
	}
}

func checkOpened(t *testing.T, dir string, opts crypt.Options, want []byte, year int) {
	t.Helper()
	out := crypt.OpenOptions{
		Keys: bothKeys(), Message: filepath.Join(dir, "ut.xml"), Identities: filepath.Join(dir, "ut.csv"),
	}
	opened, err := crypt.Open(t.Context(), opts.Path, out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, dir, "ut.xml"), want) {
		t.Error("the message that came out is not the one that went in")
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(want)); opened.SHA256 != got {
		t.Errorf("said to have SHA-256 %s, is %s", opened.SHA256, got)
	}
	if got := string(opened.Manifest.FeedbackPassword.Reveal()); got != testPassword {
		t.Errorf("password %q", got)
	}
	var stream bytes.Buffer
	piped, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: out.Keys, Out: &stream})
	if err != nil || !piped.Joined || piped.SHA256 != opened.SHA256 || !bytes.Equal(stream.Bytes(), want) {
		t.Errorf("as a stream: %d bytes, %v", stream.Len(), err)
	}
	wantLines := 60
	if year == 2018 {
		wantLines = 0
	}
	if lines := strings.Count(string(read(t, dir, "ut.csv")), "\n"); lines != wantLines || lines != opened.IdentityLines {
		t.Errorf("%d lines of identities, said %d, want %d", lines, opened.IdentityLines, wantLines)
	}
}

// One key opens what it may see.
func TestOneKey(t *testing.T) {
	dir := t.TempDir()
	g := municipality(t, 2017, 10)
	opts := options(filepath.Join(dir, "p.tar"), g)
	seal(t, opts, g)
	msg, ids := filepath.Join(dir, "m.xml"), filepath.Join(dir, "i.csv")

	alone, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: keys(register()), Message: msg})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(read(t, msg))); alone.SHA256 != got {
		t.Errorf("said to have SHA-256 %s, is %s", alone.SHA256, got)
	}
	if text := read(t, msg); !bytes.Contains(text, []byte("<TJENESTE ")) || bytes.Equal(text, message(t, g)) {
		t.Error("the register's message should hold health data and link ids")
	}
	opened, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: keys(pseudonymiser()), Identities: ids})
	if err != nil {
		t.Fatal(err)
	}
	if opened.Manifest != nil || opened.IdentityLines != 10 {
		t.Errorf("opened %+v", opened)
	}
}
