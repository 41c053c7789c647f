package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"iplos/internal/feedback"
	"iplos/internal/feedback/moveit"
	"iplos/internal/httpx"
	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
)

const username = "postmottak@eksempel.kommune.no"

func pullFile(ctx context.Context, args []string) error {
	h, err := httpx.New(httpx.Options{CAFile: args[1]})
	if err != nil {
		return err
	}
	c, err := moveit.New(moveit.Options{BaseURL: args[0], HTTP: h})
	if err != nil {
		return err
	}
	if err := c.SignIn(ctx, username, secret.FromString(password)); err != nil {
		return err
	}
	defer c.SignOut(ctx)
	_, err = feedback.Pull(ctx, feedback.PullOptions{Source: c, StateDir: filepath.Join(args[2], "tilstand"), To: filepath.Join(args[2], "ut")})
	return err
}

// pull serves one file over TLS on this machine and lets everybody fetch it.
func (b *bench) pull(ctx context.Context) error {
	curl, err := exec.LookPath("curl")
	if err != nil {
		return err
	}
	now := time.Now
	server, err := filsluse.New(filsluse.Options{
		Dir: filepath.Join(b.work, "filsluse"), Now: now, Trail: trail.New(now),
		Accounts: []filsluse.Account{{Username: username, Password: secret.FromString(password)}},
	})
	if err != nil {
		return err
	}
	defer server.Close()
	id, err := server.Put(username, "stor.zip", io.LimitReader(rand.Reader, int64(b.size)<<20))
	if err != nil {
		return err
	}
	address, ca, stop, err := b.serve(server)
	if err != nil {
		return err
	}
	defer stop()
	token, err := signIn(ctx, address, ca)
	if err != nil {
		return err
	}
	return b.race(fmt.Sprintf("fetch %d MiB over TLS", b.size), []contender{
		{"iplos, hashed and verified", func(dir string) *exec.Cmd {
			return exec.CommandContext(ctx, b.self, "pull", address, ca, dir)
		}},
		{"curl", func(dir string) *exec.Cmd {
			return exec.CommandContext(ctx, curl, "-sSf", "--cacert", ca, "-H", "Authorization: Bearer "+token,
				"-o", filepath.Join(dir, "ut.zip"), address+"/api/v1/files/"+id+"/download")
		}},
	})
}

func (b *bench) serve(handler http.Handler) (address, ca string, stop func(), err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", "", nil, err
	}
	ca = filepath.Join(b.work, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return "", "", nil, err
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		return "", "", nil, err
	}
	s := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go s.Serve(l) //nolint:errcheck // ends with stop
	return "https://" + l.Addr().String(), ca, func() { _ = s.Close() }, nil
}

// signIn gets curl a token, outside what is measured.
func signIn(ctx context.Context, address, ca string) (string, error) {
	h, err := httpx.New(httpx.Options{CAFile: ca})
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/api/v1/token", strings.NewReader(form))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := h.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // a benchmark leaves only its figures
	var answer struct {
		Token string `json:"access_token"`
	}
	data, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(data)).Decode(&answer)
	}
	return answer.Token, err
}
