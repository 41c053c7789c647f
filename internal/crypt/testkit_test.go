package crypt_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/finding"
	"iplos/internal/sandbox/synth"
	"iplos/internal/secret"
)

const (
	testPassword = "hemmelig-\"passord\"-æøå"
	testPartSize = 4000
)

// pairs are the receivers' keys, those of the committed vectors: generating
// takes a while.
var pairs = sync.OnceValue(func() [3]*keyfile.Pair {
	var out [3]*keyfile.Pair
	for i, name := range keyNames() {
		p := &keyfile.Pair{}
		var err error
		if p.CertificatePEM, err = os.ReadFile(filepath.Join(vectors, name+".crt")); err != nil {
			panic(err)
		}
		if p.PrivatePEM, err = os.ReadFile(filepath.Join(vectors, name+".key")); err != nil {
			panic(err)
		}
		if p.Key, err = keyfile.Parse(p.CertificatePEM, name); err != nil {
			panic(err)
		}
		if p.Private, err = keyfile.ParsePrivate(p.PrivatePEM, name); err != nil {
			panic(err)
		}
		out[i] = p
	}
	return out
})

func keyNames() []string { return []string{"register", "pseudonymiser", "stranger"} }

func register() *keyfile.Pair      { return pairs()[0] }
func pseudonymiser() *keyfile.Pair { return pairs()[1] }
func stranger() *keyfile.Pair      { return pairs()[2] }

func twoRecipients() []crypt.Recipient {
	return []crypt.Recipient{
		{Role: keyfile.Register, Key: register().Key},
		{Role: keyfile.Pseudonymiser, Key: pseudonymiser().Key},
	}
}

func bothKeys() []*rsa.PrivateKey {
	return keys(register(), pseudonymiser())
}

func municipality(t testing.TB, year, persons int) *synth.Generator {
	t.Helper()
	g, err := synth.New(synth.Options{Persons: persons, Year: year, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func options(path string, g *synth.Generator) crypt.Options {
	return crypt.Options{
		Path: path, Suite: cms.GCM, PartSize: testPartSize, Recipients: twoRecipients(),
		Profile: g.Profile(), DataYear: g.Options().Year, Municipality: "0403", District: "00",
		OrganisationNumber: synth.OrgNumber(1),
		Contact:            crypt.Contact{Name: "Kari", Email: "kari@kommune.example", Phone: "00000000"},
		FeedbackPassword:   secret.FromString(testPassword), Tool: "iplos test",
	}
}

// seal seals a municipality and returns what was said of it.
func seal(t testing.TB, opts crypt.Options, g *synth.Generator) *crypt.Sealed {
	t.Helper()
	sealed, err := trySeal(t, opts, g)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func trySeal(t testing.TB, opts crypt.Options, g *synth.Generator) (*crypt.Sealed, error) {
	t.Helper()
	s, err := crypt.NewSealer(t.Context(), opts)
	if err != nil {
		return nil, err
	}
	defer s.Abort()
	if err := s.Header(g.Header()); err != nil {
		return nil, err
	}
	for p := range g.Persons() {
		if err := s.Person(p); err != nil {
			return nil, err
		}
	}
	return s.Seal(source())
}

func message(t testing.TB, g *synth.Generator) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := g.WriteMessage(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func keys(pairs ...*keyfile.Pair) []*rsa.PrivateKey {
	var out []*rsa.PrivateKey
	for _, p := range pairs {
		out = append(out, p.Private)
	}
	return out
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func source() finding.Input { return finding.Input{SHA256: "00", Bytes: 7} }

// gunzipped returns what a gzip holds, or the bytes themselves.
func gunzipped(data []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return data
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return data
	}
	return out
}
