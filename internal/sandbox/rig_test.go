package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/finding"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
	"iplos/internal/secret"
)

const feedbackPassword = "prøve-passord-1234"

func january() time.Time { return time.Date(2018, 1, 5, 10, 0, 0, 0, time.UTC) }

func start(t testing.TB, opts sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = t.TempDir()
	}
	opts.Now = january
	giveKeys(t, opts.Dir)
	s, err := sandbox.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// madeKeys are key pairs made once: RSA generation takes a while.
var madeKeys = sync.OnceValues(func() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, name := range []string{"register", "pseudonymiser"} {
		p, err := keyfile.Generate(keyfile.GenerateOptions{
			CommonName: name, Bits: 2048, NotBefore: january().AddDate(0, -1, 0), NotAfter: january().AddDate(1, 0, 0),
		})
		if err != nil {
			return nil, err
		}
		files[name+".cer"], files[name+"-private.pem"] = p.CertificatePEM, p.PrivatePEM
	}
	return files, nil
})

func giveKeys(t testing.TB, dir string) {
	t.Helper()
	files, err := madeKeys()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// client trusts the sandbox's authority.
func client(t testing.TB, s *sandbox.Sandbox) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(s.Info().CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	jar, _ := cookiejar.New(nil)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: tr}
}

func readKey(t testing.TB, path string) *keyfile.Key {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keyfile.Parse(data, path)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// seal makes a package for the sandbox's first account.
func seal(t testing.TB, s *sandbox.Sandbox, path string, kind container.Kind, g *synth.Generator) *crypt.Sealed {
	t.Helper()
	recipient := func(file string, role keyfile.Role) crypt.Recipient {
		return crypt.Recipient{Role: role, Key: readKey(t, file)}
	}
	a := s.Info().Accounts[0]
	sealer, err := crypt.NewSealer(t.Context(), crypt.Options{
		Path: path, Package: kind, PartSize: 20_000, Profile: g.Profile(), DataYear: g.Options().Year,
		Municipality: a.Municipality, District: a.District, OrganisationNumber: a.OrganisationNumber,
		Contact:          crypt.Contact{Name: "Prøve", Email: "iplos@kommune.example", Phone: "00000000"},
		FeedbackPassword: secret.FromString(feedbackPassword), Tool: "test",
		Recipients: []crypt.Recipient{
			recipient(s.Info().RegisterKey, keyfile.Register), recipient(s.Info().PseudonymiserKey, keyfile.Pseudonymiser),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sealer.Abort()
	if err := sealer.Header(g.Header()); err != nil {
		t.Fatal(err)
	}
	for p := range g.Persons() {
		if err := sealer.Person(p); err != nil {
			t.Fatal(err)
		}
	}
	sealed, err := sealer.Seal(finding.Input{SHA256: strings.Repeat("0", 64), Bytes: 1})
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func generator(t testing.TB, o synth.Options) *synth.Generator {
	t.Helper()
	g, err := synth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
