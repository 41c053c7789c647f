package main

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"os"

	"iplos/bench/rig"
	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
	"iplos/internal/finding"
	"iplos/internal/record"
)

// children are the processes that are measured.
func children() map[string]rig.Child {
	return map[string]rig.Child{
		"message": makeMessage, "seal": sealBytes, "package": sealMessage, "open": openPackage,
	}
}

func makeMessage(_ context.Context, _ io.Writer, args []string) error {
	return rig.Message(args[0], args[1])
}

func readKey(path string) (*keyfile.Key, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return keyfile.Parse(data, path)
}

// sealBytes seals a file's bytes as they are: what OpenSSL and age do.
func sealBytes(ctx context.Context, _ io.Writer, args []string) error {
	key, err := readKey(args[2])
	if err != nil {
		return err
	}
	in, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read from
	out, err := container.Create(args[3], container.Options{})
	if err != nil {
		return err
	}
	defer out.Abort()
	w, err := parts.NewWriter(ctx, out, parts.Options{
		Suite: cms.GCM, Recipients: []cms.Recipient{cms.RecipientOf(key.Certificate, key.Public)},
		Compression: parts.Compression(args[0]),
	})
	if err != nil {
		return err
	}
	defer w.Abort()
	if _, err := w.ReadFrom(in); err != nil {
		return err
	}
	if _, err := w.Close(); err != nil {
		return err
	}
	_, err = out.Commit()
	return err
}

// sealMessage reads a message and seals it whole, identities apart.
func sealMessage(ctx context.Context, _ io.Writer, args []string) error {
	key, err := readKey(args[2])
	if err != nil {
		return err
	}
	other, err := readKey(args[4])
	if err != nil {
		return err
	}
	in, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read from
	r := record.NewReader(in, record.ReaderOptions{})
	header, profile, err := r.Header()
	if err != nil {
		return err
	}
	s, err := crypt.NewSealer(ctx, crypt.Options{
		Path: args[3], Profile: profile, Compression: parts.Compression(args[0]), DataYear: 2017,
		Recipients: []crypt.Recipient{{Role: keyfile.Register, Key: key}, {Role: keyfile.Pseudonymiser, Key: other}},
	})
	if err != nil {
		return err
	}
	defer s.Abort()
	if err := s.Header(header); err != nil {
		return err
	}
	for p, err := range r.Persons() {
		if err != nil {
			return err
		}
		if err := s.Person(p); err != nil {
			return err
		}
	}
	_, err = s.Seal(finding.Input{})
	return err
}

// openPackage opens a package, verified and with its identities.
func openPackage(ctx context.Context, _ io.Writer, args []string) error {
	data, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	key, err := keyfile.ParsePrivate(data, args[1])
	if err != nil {
		return err
	}
	opened, err := crypt.Open(ctx, args[0], crypt.OpenOptions{Keys: []*rsa.PrivateKey{key}, Message: args[2]})
	if err != nil {
		return err
	}
	if opened.Manifest.Message.Persons == 0 {
		return fmt.Errorf("no persons")
	}
	return nil
}
