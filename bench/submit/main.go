// Command submit measures uploading a file over TLS on this machine against
// curl with the same bytes, and prints rows of a Markdown table.
//
//	go run ./bench/submit -size 1024 -rounds 5 -dir /dev/shm
//
// Ours is a whole delivery: start page, login, upload, log-out. A package from
// an earlier run is read once more before anything is sent, to compare its
// hash; that row is for information. curl makes the one upload request.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"

	"iplos/bench/rig"
	"iplos/internal/httpx"
	"iplos/internal/secret"
	"iplos/internal/submit"
)

func main() { rig.Main("submit", "/dev/shm", map[string]rig.Child{"send": send}, measure) }

func measure(ctx context.Context, b *rig.Bench) error {
	file, ca := b.Path("pakke.tar"), b.Path("ca.pem")
	bytes := int64(b.Size) << 20
	sum, err := fill(file, bytes)
	if err != nil {
		return err
	}
	server := httptest.NewTLSServer(http.HandlerFunc(site))
	defer server.Close()
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		return err
	}
	child := func(name, sum string) *rig.Program {
		return &rig.Program{Name: name, Argv: b.Child("send", server.URL, ca, file, strconv.FormatInt(bytes, 10), sum)}
	}
	ours, checked := child("iplos submit", ""), child("iplos submit --package, hash checked first", sum)
	curl := &rig.Program{Name: "curl", Argv: []string{"curl", "-sSf", "--http1.1", "--cacert", ca, "-o", os.DevNull, "-F", "fil=@" + file, server.URL + "/last"}}
	if err := rig.InTurn(ctx, b.Rounds, ours, checked, curl); err != nil {
		return err
	}
	fmt.Fprintf(b.Out, "Uploading %.0f MB over TLS on this machine.\n\n", rig.MB(bytes))
	b.AgainstHead("", 0)
	b.Against("", bytes, ours, checked, curl)
	return nil
}

// site is a Sendemodul that reads what it gets and throws it away.
func site(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch r.URL.Path {
	case "/":
		_, _ = io.WriteString(w, `<form method="post" action="inn"><input name="komnr"><input name="bydel"><input name="orgnr"><input name="pin"><button>Logg inn</button></form>`)
	case "/inn":
		_, _ = io.WriteString(w, `<form method="post" action="last" enctype="multipart/form-data"><input type="file" name="fil"><button>Send</button></form><a href="ut">Logg ut</a>`)
	case "/last":
		if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{r.Body}, make([]byte, 256<<10)); err == nil {
			_, _ = io.WriteString(w, "<p>Filen er mottatt</p>")
		}
	}
}

func fill(path string, size int64) (string, error) {
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(f, h), rand.Reader, size); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), f.Close()
}

// send is the child that delivers: address, CA, file, bytes, hash.
func send(ctx context.Context, _ io.Writer, args []string) error {
	size, err := strconv.ParseInt(args[3], 10, 64)
	if err != nil {
		return err
	}
	_, err = submit.Send(ctx, submit.Options{
		URL:   args[0],
		HTTP:  httpx.Options{CAFile: args[1]},
		Login: submit.Login{Municipality: "0403", District: "00", OrgNumber: "800000009", PIN: secret.FromString("1234")},
	}, submit.Consignment{Year: 2017, Files: []submit.File{{Name: filepath.Base(args[2]), Path: args[2], Bytes: size, SHA256: args[4]}}})
	return err
}
