package crypt_test

import (
	"bytes"
	"crypto/rsa"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
)

// The vectors are random, so they are written once and then only read:
//
//	go test ./internal/crypt -run Vectors -write-vectors
var writeVectors = flag.Bool("write-vectors", false, "write new test vectors")

const vectors = "testdata/vectors"

// vector is a committed package; docs/envelope.md lists them.
type vector struct {
	name        string
	suite       cms.Suite
	compression parts.Compression
	kind        container.Kind
	year        int
}

func allVectors() []vector {
	return []vector{
		{"gcm-gzip", cms.GCM, parts.Gzip, container.Folder, 2017},
		{"gcm-none", cms.GCM, parts.None, container.Folder, 2017},
		{"cbc-gzip", cms.CBC, parts.Gzip, container.Folder, 2017},
		{"gcm-gzip-2018.tar", cms.GCM, parts.Gzip, container.Tar, 2018},
	}
}

func TestVectors(t *testing.T) {
	if *writeVectors {
		makeVectors(t)
	}
	var private []*rsa.PrivateKey
	for _, r := range keyfile.Roles() {
		k, err := keyfile.ParsePrivate(read(t, vectors, string(r)+".key"), string(r))
		if err != nil {
			t.Fatal(err)
		}
		private = append(private, k)
	}
	for _, v := range allVectors() {
		dir := t.TempDir()
		msg, ids := filepath.Join(dir, "m.xml"), filepath.Join(dir, "i.csv")
		opened, err := crypt.Open(t.Context(), filepath.Join(vectors, v.name), crypt.OpenOptions{Keys: private, Message: msg, Identities: ids})
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		if want := read(t, vectors, fmt.Sprintf("message-%d.xml", v.year)); !bytes.Equal(read(t, msg), want) {
			t.Errorf("%s: another message", v.name)
		}
		if string(opened.Manifest.FeedbackPassword.Reveal()) != testPassword || len(opened.Manifest.Parts) < 1 {
			t.Errorf("%s: manifest %+v", v.name, opened.Manifest)
		}
	}
}

func makeVectors(t *testing.T) {
	if err := os.RemoveAll(vectors); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(vectors, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(vectors, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range keyNames() {
		p, err := keyfile.Generate(keyfile.GenerateOptions{
			CommonName: "Prøvenøkkel " + r, Bits: 2048,
			NotBefore: time.Date(2017, 12, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2117, 12, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			t.Fatal(err)
		}
		write(r+".crt", p.CertificatePEM)
		write(r+".key", p.PrivatePEM)
	}
	for _, v := range allVectors() {
		g := municipality(t, v.year, 4)
		write(fmt.Sprintf("message-%d.xml", v.year), message(t, g))
		opts := options(filepath.Join(vectors, v.name), g)
		opts.Suite, opts.Compression, opts.Package, opts.PartSize = v.suite, v.compression, v.kind, 1000
		seal(t, opts, g)
	}
}
