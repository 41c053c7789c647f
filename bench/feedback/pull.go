package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"iplos/bench/rig"
	"iplos/internal/feedback"
	"iplos/internal/feedback/moveit"
	"iplos/internal/httpx"
	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
)

const username = "postmottak@eksempel.kommune.no"

// served is what the server says of itself.
type served struct{ URL, CA, File, Token string }

// pull lets everybody fetch one file from a server on this machine.
func pull(ctx context.Context, b *rig.Bench) error {
	ctx, stop := context.WithCancel(ctx)
	server := exec.CommandContext(ctx, b.Self, "serve", b.Work, strconv.Itoa(b.Size))
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		stop()
		return err
	}
	if err := server.Start(); err != nil {
		stop()
		return err
	}
	defer func() { stop(); _ = server.Wait() }() // it ends by being stopped
	var s served
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s)
	}
	if err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	curl := fmt.Sprintf("curl -sSf --cacert %s -H 'Authorization: Bearer %s' -o ut %s/api/v1/files/%s/download", s.CA, s.Token, s.URL, s.File)
	peer := func(name, line string) *rig.Program {
		return &rig.Program{Name: name, Argv: rig.Shell(line + " && sync ut"), Dir: b.Work, Makes: "ut"}
	}
	ours := &rig.Program{Name: "iplos", Argv: b.Child("pull", s.URL, s.CA, "ut"), Dir: b.Work, Makes: "ut"}
	plain := peer("curl", curl)
	same := peer("curl, then both digests by openssl", curl+" && openssl dgst -sha1 ut && openssl dgst -sha256 ut")
	if err := rig.InTurn(ctx, b.Rounds, ours, plain, same); err != nil {
		return err
	}
	b.Against("", int64(b.Size)<<20, ours, plain, same)
	return nil
}

// serve is the child that has the file, until it is ended: folder, MiB. It
// says on one line where it is, and gives curl a token.
func serve(ctx context.Context, out io.Writer, args []string) error {
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	server, err := filsluse.New(filsluse.Options{
		Dir: filepath.Join(args[0], "filsluse"), Now: time.Now, Trail: trail.New(time.Now),
		Accounts: []filsluse.Account{{Username: username, Password: secret.FromString(password)}},
	})
	if err != nil {
		return err
	}
	defer server.Close()
	s := served{CA: filepath.Join(args[0], "ca.pem")}
	if s.File, err = server.Put(username, "stor.zip", io.LimitReader(rand.Reader, size<<20)); err != nil {
		return err
	}
	web := httptest.NewTLSServer(server)
	defer web.Close()
	s.URL = web.URL
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	if err := os.WriteFile(s.CA, cert, 0o600); err != nil {
		return err
	}
	if s.Token, err = signIn(ctx, web); err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(s); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// signIn gets a token outside what is measured.
func signIn(ctx context.Context, web *httptest.Server) (string, error) {
	form := url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, web.URL+"/api/v1/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := web.Client().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("signing in: %s", resp.Status)
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.Token, err
}

// pullFile is the child that fetches: address, CA, folder.
func pullFile(ctx context.Context, _ io.Writer, args []string) error {
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
	_, err = feedback.Pull(ctx, feedback.PullOptions{Source: c, StateDir: filepath.Join(args[2], "tilstand"), To: filepath.Join(args[2], "filer")})
	return err
}
