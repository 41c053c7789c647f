package testca_test

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iplos/internal/peertest"
	"iplos/internal/sandbox/testca"
)

func TestAuthorityIsKept(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	first, err := testca.Load(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	again, err := testca.Load(dir, now.AddDate(1, 0, 0))
	if err != nil || string(again.Certificate()) != string(first.Certificate()) {
		t.Errorf("made anew after a year: %v", err)
	}
	late, err := testca.Load(dir, now.AddDate(4, 0, 0))
	if err != nil || string(late.Certificate()) == string(first.Certificate()) {
		t.Errorf("kept after it ran out: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "ca-key.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key: %v, %v", info, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := testca.Load(dir, now); err == nil {
		t.Error("junk was taken for an authority")
	}
}

// The authority vouches for this machine and for nothing else, also by
// openssl's judgement.
func TestVouchesForLoopbackOnly(t *testing.T) {
	ca, err := testca.New(time.Now(), "prøve")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Server(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "[::1]": true, "iplos.nhn.no": false} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: ca.Pool(), DNSName: name})
		if (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "ca.pem"), string(ca.Certificate()))
	write(t, filepath.Join(dir, "leaf.der"), string(leaf.Raw))
	out, err := exec.Command(peertest.Need(t, "openssl"), "verify", "-x509_strict", "-verify_ip", "127.0.0.1",
		"-CAfile", filepath.Join(dir, "ca.pem"), filepath.Join(dir, "leaf.der")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "OK") {
		t.Errorf("openssl: %s", out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
