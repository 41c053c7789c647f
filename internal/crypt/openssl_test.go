package crypt_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/peertest"
)

// receiving returns the receiver's own commands: those of docs/envelope.md.
func receiving(t *testing.T) string {
	t.Helper()
	_, rest, _ := strings.Cut(string(read(t, "../../docs/envelope.md")), "\n## Opening one\n")
	_, rest, _ = strings.Cut(rest, "\n```sh\n")
	commands, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("docs/envelope.md does not say how to open a package")
	}
	return commands
}

func TestReceiverWithNothingOfOurs(t *testing.T) {
	for _, program := range []string{"openssl", "sha256sum", "gunzip", "bash"} {
		peertest.Need(t, program)
	}
	commands := receiving(t)
	for _, suite := range cms.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pakke")
			g := municipality(t, 2017, 40)
			opts := options(dir, g)
			opts.Suite, opts.PartSize = suite, 4000
			seal(t, opts, g)
			for name, pem := range map[string][]byte{"ssb.key": register().PrivatePEM, "tpf.key": pseudonymiser().PrivatePEM} {
				if err := os.WriteFile(filepath.Join(dir, name), pem, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", commands)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			checkReceived(t, dir, g.Options().Persons)
		})
	}
}

func checkReceived(t *testing.T, dir string, persons int) {
	t.Helper()
	ours := filepath.Join(t.TempDir(), "ours.xml")
	copyPackage(t, dir, filepath.Dir(ours)+"/p")
	_, err := crypt.Open(t.Context(), filepath.Dir(ours)+"/p", crypt.OpenOptions{
		Keys: keys(register()), Message: ours,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, ours), read(t, dir, "iplos.xml")) {
		t.Error("openssl and iplos open different messages")
	}
	if n := bytes.Count(read(t, dir, "identities.csv"), []byte(",fnr,")); n < persons*9/10 {
		t.Errorf("%d identities of %d persons", n, persons)
	}
	if !bytes.Contains(read(t, dir, "manifest.json"), []byte(`"format": "iplos-envelope/1"`)) {
		t.Error("no manifest")
	}
}

// copyPackage copies the sealed files, not what was made beside them.
func copyPackage(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		base := filepath.Base(n)
		if filepath.Ext(base) == ".p7m" || base == "SHA256SUMS" {
			if err := os.WriteFile(filepath.Join(to, base), read(t, n), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
