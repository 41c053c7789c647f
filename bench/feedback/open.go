package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"iplos/internal/feedback"
	"iplos/internal/secret"
)

// children are the processes that are measured.
func children() map[string]func(context.Context, []string) error {
	return map[string]func(context.Context, []string) error{"open": openArchive, "pull": pullFile}
}

func openArchive(ctx context.Context, args []string) error {
	_, err := feedback.Open(ctx, feedback.OpenOptions{
		Archive: args[0], To: args[1],
		Passwords: func(context.Context) ([]secret.Value, error) {
			return []secret.Value{secret.FromString(password)}, nil
		},
	})
	return err
}

// sevenZip is 7-Zip under the name the machine gives it.
func sevenZip() (string, error) {
	if path, err := exec.LookPath("7z"); err == nil {
		return path, nil
	}
	return exec.LookPath("7zz")
}

// open packs a list of the size with 7-Zip and lets everybody unpack it.
func (b *bench) open(ctx context.Context, method string) error {
	seven, err := sevenZip()
	if err != nil {
		return err
	}
	list := filepath.Join(b.work, "liste.csv")
	if err := writeList(list, int64(b.size)<<20); err != nil {
		return err
	}
	archive := filepath.Join(b.work, method+".zip")
	pack := exec.CommandContext(ctx, seven, "a", "-tzip", "-mem=AES256", "-mm="+method, "-mx=3", "-p"+password, archive, list)
	if out, err := pack.CombinedOutput(); err != nil {
		return fmt.Errorf("packing: %w: %s", err, out)
	}
	defer os.Remove(archive) //nolint:errcheck // a benchmark leaves only its figures
	if err := os.Remove(list); err != nil {
		return err
	}
	contenders := []contender{
		{"iplos", func(dir string) *exec.Cmd {
			return exec.CommandContext(ctx, b.self, "open", archive, filepath.Join(dir, "ut"))
		}},
		{"7z x", func(dir string) *exec.Cmd {
			return exec.CommandContext(ctx, seven, "x", "-y", "-p"+password, "-o"+dir, archive)
		}},
	}
	if bsdtar, err := exec.LookPath("bsdtar"); err == nil {
		contenders = append(contenders, contender{"bsdtar -x", func(dir string) *exec.Cmd {
			return exec.CommandContext(ctx, bsdtar, "-x", "--passphrase", password, "-C", dir, "-f", archive)
		}})
	}
	return b.race(fmt.Sprintf("open %d MiB, %s", b.size, method), contenders)
}

// writeList writes an error list of made-up rows: it packs as such lists do.
func writeList(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // a benchmark leaves only its figures
	r := rand.New(rand.NewPCG(1, 2))
	w := bufio.NewWriterSize(f, 1<<20)
	for n := int64(0); n < size; {
		k, err := fmt.Fprintf(w, "0403;00;ORG-MISSING;mangel;TJENESTE;tjInstOrgnr;%d;%d;%d;Organisasjonsnummer mangler for tjenesten\r\n",
			r.IntN(400_000), r.IntN(3_000_000), r.IntN(9_000_000))
		if err != nil {
			return err
		}
		n += int64(k)
	}
	return w.Flush()
}
