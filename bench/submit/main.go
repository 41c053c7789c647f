// Command submit measures uploading a file over TLS on this machine against
// curl with the same bytes, and prints rows of a Markdown table.
//
//	go run ./bench/submit -size 1024 -rounds 5 -dir /dev/shm
//
// Ours is a whole delivery: start page, login, upload, log-out. A package from
// an earlier run is read once more before anything is sent, to compare its
// hash; that row is for information. curl makes the one upload request. Every round runs each once, in turn; the medians are compared.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"iplos/internal/httpx"
	"iplos/internal/secret"
	"iplos/internal/submit"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench/submit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 6 && args[0] == "send" {
		return send(ctx, args[1:])
	}
	flags := flag.NewFlagSet("submit", flag.ContinueOnError)
	size := flags.Int("size", 1024, "size of the file in MiB")
	rounds := flags.Int("rounds", 5, "rounds; medians are shown")
	dir := flags.String("dir", "/dev/shm", "where the file lies: tmpfs or disk")
	if err := flags.Parse(args); err != nil {
		return err
	}
	work, err := os.MkdirTemp(*dir, "iplos-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a benchmark leaves only its figures
	return measure(ctx, work, *size, *rounds, out)
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

type program struct {
	name    string
	command []string
	wall    []time.Duration
	cpu     []time.Duration
	peakKiB int64
}

func measure(ctx context.Context, work string, size, rounds int, out io.Writer) error {
	curl, err := exec.LookPath("curl")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	file := filepath.Join(work, "pakke.tar")
	sum, err := fill(file, int64(size)<<20)
	if err != nil {
		return err
	}
	server := httptest.NewTLSServer(http.HandlerFunc(site))
	defer server.Close()
	ca := filepath.Join(work, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		return err
	}
	ps := []*program{
		{name: "iplos submit", command: []string{self, "send", server.URL, ca, file, strconv.Itoa(size), ""}},
		{name: "iplos submit --package, hash checked first", command: []string{self, "send", server.URL, ca, file, strconv.Itoa(size), sum}},
		{name: "curl", command: []string{curl, "-sSf", "--http1.1", "--cacert", ca, "-o", os.DevNull, "-F", "fil=@" + file, server.URL + "/last"}},
	}
	for range rounds {
		for _, p := range ps {
			if err := p.run(ctx); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(out, "| work | program | wall s | CPU s | peak MiB | ours against it |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|")
	ours := median(ps[0].wall)
	for _, p := range ps {
		wall := median(p.wall)
		fmt.Fprintf(out, "| upload %d MiB over loopback TLS | %s | %.2f | %.2f | %d | %.2f |\n",
			size, p.name, wall.Seconds(), median(p.cpu).Seconds(), p.peakKiB>>10, wall.Seconds()/ours.Seconds())
	}
	return nil
}

func (p *program) run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	cmd.Stderr = os.Stderr
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("running %s: %w", p.name, err)
	}
	p.wall = append(p.wall, time.Since(begin))
	p.cpu = append(p.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	p.peakKiB = max(p.peakKiB, peakKiB(cmd.ProcessState))
	return nil
}

func median(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[len(d)/2]
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

// send is the child that delivers: address, CA, file, MiB, hash.
func send(ctx context.Context, args []string) error {
	size, err := strconv.ParseInt(args[3], 10, 64)
	if err != nil {
		return err
	}
	_, err = submit.Send(ctx, submit.Options{
		URL:   args[0],
		HTTP:  httpx.Options{CAFile: args[1]},
		Login: submit.Login{Municipality: "0403", District: "00", OrgNumber: "800000009", PIN: secret.FromString("1234")},
	}, submit.Consignment{Year: 2017, Files: []submit.File{{Name: filepath.Base(args[2]), Path: args[2], Bytes: size << 20, SHA256: args[4]}}})
	return err
}
