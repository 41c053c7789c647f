package crypt_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
	"iplos/internal/peertest"
)

// sealedCase is some bytes and the parts they became.
type sealedCase struct {
	name  string
	plain []byte
	files []string
}

// boundaries seals bytes of every size around a part's, for every suite, for
// one and several recipients, named by certificate and by key.
func boundaries(t *testing.T) []sealedCase {
	t.Helper()
	const size = 100
	bare := func(p *keyfile.Pair) cms.Recipient { return cms.RecipientOf(nil, p.Key.Public) }
	cert := func(p *keyfile.Pair) cms.Recipient { return cms.RecipientOf(p.Key.Certificate, p.Key.Public) }
	recipients := map[string][]cms.Recipient{
		"certificate": {cert(register())},
		"key":         {bare(register())},
		"several":     {cert(pseudonymiser()), bare(stranger()), cert(register())},
	}
	var out []sealedCase
	rng := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	for _, suite := range cms.Suites() {
		for who, to := range recipients {
			for _, n := range []int{0, 1, 15, 16, 17, size - 1, size, size + 1, 2 * size, 5*size + 7} {
				plain := make([]byte, n)
				for i := range plain {
					plain[i] = byte(rng.Uint32())
				}
				c := sealedCase{name: fmt.Sprintf("%s-%s-%d", suite, who, n), plain: plain}
				c.files = sealBytes(t, filepath.Join(dir, c.name), plain, parts.Options{Size: size, Suite: suite, Recipients: to, Compression: parts.None})
				if want := max(1, (n+size-1)/size); len(c.files) != want {
					t.Errorf("%s: %d parts, want %d", c.name, len(c.files), want)
				}
				out = append(out, c)
			}
		}
	}
	return out
}

// realParts are parts of the size that packages have, and of those where the
// length of the DER lengths changes.
func realParts(t *testing.T) []sealedCase {
	t.Helper()
	if testing.Short() {
		return nil
	}
	plain := make([]byte, parts.DefaultSize+1)
	_, _ = rand.NewChaCha8([32]byte{}).Read(plain) // never fails
	var out []sealedCase
	for _, suite := range cms.Suites() {
		for _, n := range []int{127, 128, 65535, 65536, parts.DefaultSize - 1, parts.DefaultSize, parts.DefaultSize + 1} {
			c := sealedCase{name: fmt.Sprintf("%s-%d", suite, n), plain: plain[:n]}
			c.files = sealBytes(t, filepath.Join(t.TempDir(), "p"), c.plain, parts.Options{
				Suite: suite, Compression: parts.None, Recipients: []cms.Recipient{{Key: register().Key.Public}},
			})
			out = append(out, c)
		}
	}
	return out
}

func sealBytes(t *testing.T, dir string, plain []byte, opts parts.Options) []string {
	t.Helper()
	out, err := container.Create(dir, container.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Abort()
	w, err := parts.NewWriter(t.Context(), out, opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	r, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if s := sha256.Sum256(plain); r.SHA256 != hex.EncodeToString(s[:]) || r.Bytes != int64(len(plain)) {
		t.Errorf("said %s of %d bytes", r.SHA256, r.Bytes)
	}
	var files []string
	for _, e := range r.Parts {
		files = append(files, filepath.Join(dir, e.Name))
	}
	if _, err := out.Commit(); err != nil {
		t.Fatal(err)
	}
	return files
}

func privateKeyFile(t *testing.T, p *keyfile.Pair) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "private.pem")
	if err := os.WriteFile(path, p.PrivatePEM, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenSSLOpensEverySize(t *testing.T) {
	openssl := peertest.Need(t, "openssl")
	key := privateKeyFile(t, register())
	for _, c := range append(boundaries(t), realParts(t)...) {
		var got []byte
		for _, f := range c.files {
			out, err := exec.Command(openssl, "cms", "-decrypt", "-inform", "DER", "-in", f, "-inkey", key).Output()
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			got = append(got, out...)
		}
		if !bytes.Equal(got, c.plain) {
			t.Errorf("%s: other bytes came out", c.name)
		}
	}
}

// With several recipients each of them opens; one who is none does not.
func TestOpenSSLOpensForEachRecipient(t *testing.T) {
	openssl := peertest.Need(t, "openssl")
	for _, suite := range cms.Suites() {
		plain := []byte("innhold")
		files := sealBytes(t, filepath.Join(t.TempDir(), "p"), plain, parts.Options{
			Suite: suite, Compression: parts.None,
			Recipients: []cms.Recipient{{Key: register().Key.Public}, cms.RecipientOf(pseudonymiser().Key.Certificate, pseudonymiser().Key.Public)},
		})
		for i, p := range []*keyfile.Pair{register(), pseudonymiser(), stranger()} {
			out, err := exec.Command(openssl, "cms", "-decrypt", "-inform", "DER", "-in", files[0], "-inkey", privateKeyFile(t, p)).Output()
			if opened := err == nil && bytes.Equal(out, plain); opened != (i < 2) {
				t.Errorf("%s: key %d: %q, %v", suite, i, out, err)
			}
		}
	}
}

func TestBouncyCastleOpensEverySize(t *testing.T) {
	javac, java := peertest.Need(t, "javac"), peertest.Need(t, "java")
	classes := t.TempDir()
	path := classes
	for _, name := range []string{"bcprov", "bcpkix", "bcutil"} {
		path += string(os.PathListSeparator) + peertest.NeedFile(t, "/usr/share/java/"+name+".jar")
	}
	if out, err := exec.Command(javac, "-d", classes, "-cp", path, "testdata/java/Open.java").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cases := append(boundaries(t), realParts(t)...)
	args := []string{"-Xmx256m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", path, "Open", privateKeyFile(t, register())}
	for _, c := range cases {
		args = append(args, c.files...)
	}
	if out, err := exec.Command(java, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, c := range cases {
		var got []byte
		for _, f := range c.files {
			got = append(got, read(t, f+".out")...)
		}
		if !bytes.Equal(got, c.plain) {
			t.Errorf("%s: other bytes came out", c.name)
		}
	}
}

// What OpenSSL itself seals in our two forms, the key named by certificate
// and by key, is opened, so that the reader is not only the writer's mirror.
func TestOpensWhatOpenSSLSeals(t *testing.T) {
	openssl := peertest.Need(t, "openssl")
	// A certificate with a key identifier: OpenSSL makes none of its own.
	cert := filepath.Join(t.TempDir(), "c.pem")
	if out, err := exec.Command(openssl, "req", "-x509", "-key", privateKeyFile(t, register()), "-subj", "/CN=x", "-days", "2",
		"-addext", "subjectKeyIdentifier=hash", "-out", cert).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, c := range []string{"-aes-256-gcm", "-aes-256-cbc"} {
		for _, named := range [][]string{nil, {"-keyid"}} {
			args := []string{
				"cms", "-encrypt", "-binary", "-outform", "DER", c, "-in", "testdata/java/Open.java", "-recip", cert,
				"-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256", "-keyopt", "rsa_mgf1_md:sha256",
			}
			der, err := exec.Command(openssl, append(args, named...)...).Output()
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := cms.Open(der, keys(register()))
			if err != nil || !bytes.Equal(got, read(t, "testdata/java/Open.java")) {
				t.Errorf("%s %v: %v", c, named, err)
			}
		}
	}
}
