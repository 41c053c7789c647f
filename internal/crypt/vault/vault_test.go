package vault_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iplos/internal/crypt/vault"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

func pass(s string) secret.Value { return secret.FromString(s) }

func wantFault(t *testing.T, err error, kind fault.Kind, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != id || f.Kind != kind {
		t.Errorf("got %v, want %s", err, id)
	}
}

func put(t *testing.T, path, id, password string) {
	t.Helper()
	e := vault.Entry{SubmissionID: id, At: time.Unix(1515000000, 0), Password: pass(password)}
	if err := vault.Put(path, pass("låsord-for-alle"), e); err != nil {
		t.Fatal(err)
	}
}

func TestPutAndAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hvelv")
	put(t, path, "abc", "en")
	put(t, path, "def", "tre")
	put(t, path, "abc", "ny\t\n-to")
	all, err := vault.All(path, pass("låsord-for-alle"))
	if err != nil || len(all) != 2 || all[0].SubmissionID != "def" || all[0].At.Unix() != 1515000000 || all[1].SubmissionID != "abc" {
		t.Fatalf("%v, %v", all, err)
	}
	for i, want := range []string{"tre", "ny\t\n-to"} {
		if got := string(all[i].Password.Reveal()); got != want {
			t.Errorf("%s: %q", all[i].SubmissionID, got)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte("abc")) || bytes.Contains(data, []byte("tre")) {
		t.Errorf("readable in the file, or %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// What was put in is still the caller's: the vault wipes only what it read.
func TestPutLeavesThePassword(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hvelv")
	put(t, path, "abc", "en")
	put(t, path, "def", "to")
	e := vault.Entry{SubmissionID: "abc", Password: pass("ny")}
	if err := vault.Put(path, pass("låsord-for-alle"), e); err != nil || string(e.Password.Reveal()) != "ny" {
		t.Errorf("%q, %v", e.Password.Reveal(), err)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hvelv")
	_, err := vault.All(path, pass("låsord-for-alle"))
	wantFault(t, err, fault.Usage, "vault.missing")
	put(t, path, "abc", "en")
	_, err = vault.All(path, pass("galt"))
	wantFault(t, err, fault.Integrity, "vault.wrong")

	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	err = vault.Put(path, pass("galt"), vault.Entry{SubmissionID: "n", Password: pass("x")})
	wantFault(t, err, fault.Integrity, "vault.wrong")
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, old) {
		t.Error("a wrong passphrase changed the vault")
	}
	for name, data := range map[string][]byte{"empty": nil, "short": old[:50], "other": append([]byte("x"), old[1:]...)} {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := vault.All(p, pass("låsord-for-alle"))
		wantFault(t, err, fault.Integrity, "vault.format")
	}
	for _, id := range []string{"", "a\tb", "a\n"} {
		if err := vault.Put(path, pass("låsord-for-alle"), vault.Entry{SubmissionID: id}); err == nil {
			t.Errorf("id %q was taken", id)
		}
	}
}

// Any changed byte is noticed. Each try costs an argon2, so a few stand for
// all: salt, nonce, text and tag.
func TestEveryPartIsCovered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hvelv")
	put(t, path, "abc", "en")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{14, 30, 54, len(old) - 1} {
		data := bytes.Clone(old)
		data[at] ^= 1
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.All(path, pass("låsord-for-alle")); fault.KindOf(err) != fault.Integrity {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestNewVaultNeedsALongPassphrase(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hvelv")
	e := vault.Entry{SubmissionID: "abc", At: time.Unix(1515000000, 0), Password: pass("en")}
	for _, short := range []string{"", "kort", "elleve-tegn", "æøåæøåæøåæø"} { // the last is 22 bytes
		wantFault(t, vault.CheckPassphrase(path, pass(short)), fault.Usage, "vault.short")
		wantFault(t, vault.Put(path, pass(short), e), fault.Usage, "vault.short")
	}
	if vault.Exists(path) {
		t.Error("a vault was made all the same")
	}
	if err := vault.Put(path, pass("tolv-tegn-åå"), e); err != nil || !vault.Exists(path) {
		t.Fatalf("%v", err)
	}
	// One that is there has the passphrase it has.
	wantFault(t, vault.Put(path, pass("kort"), e), fault.Integrity, "vault.wrong")
	if info, err := os.Stat(path + ".lock"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock's mode is %v, %v", info.Mode(), err)
	}
}
