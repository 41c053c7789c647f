package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"

	"iplos/bench/rig"
	"iplos/internal/feedback"
	"iplos/internal/secret"
)

// openArchive is the child that opens: archive, folder.
func openArchive(ctx context.Context, _ io.Writer, args []string) error {
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
func open(ctx context.Context, b *rig.Bench, method string) error {
	seven, err := sevenZip()
	if err != nil {
		return err
	}
	// Children do what takes memory: a process starts its account with what
	// the one that started it had.
	list, archive := b.Path("liste.csv"), b.Path(method+".zip")
	if err := rig.Do(ctx, b.Child("list", strconv.Itoa(b.Size), list)...); err != nil {
		return err
	}
	if err := rig.Do(ctx, seven, "a", "-tzip", "-mem=AES256", "-mm="+method, "-mx=3", "-p"+password, archive, list); err != nil {
		return err
	}
	if err := os.Remove(list); err != nil {
		return err
	}
	peer := func(name, line string) *rig.Program {
		return &rig.Program{Name: name, Argv: rig.Shell("mkdir ut; " + line + " && sync ut/liste.csv"), Dir: b.Work, Makes: "ut"}
	}
	ours := &rig.Program{Name: "iplos", Argv: b.Child("open", archive, "ut"), Dir: b.Work, Makes: "ut"}
	peers := []*rig.Program{peer("7z x", seven+" x -y -p"+password+" -out "+archive+" >ut/log")}
	if bsdtar, err := exec.LookPath("bsdtar"); err == nil {
		peers = append(peers, peer("bsdtar -x", bsdtar+" -x --passphrase "+password+" -C ut -f "+archive))
	}
	if err := rig.InTurn(ctx, b.Rounds, append([]*rig.Program{ours}, peers...)...); err != nil {
		return err
	}
	b.Against(" "+method+" |", int64(b.Size)<<20, ours, peers...)
	return os.Remove(archive)
}

// writeList is the child that writes an error list of made-up rows, which
// packs as such lists do: MiB, path.
func writeList(_ context.Context, _ io.Writer, args []string) (err error) {
	size, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	f, err := os.Create(args[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := rand.New(rand.NewPCG(1, 2))
	w := bufio.NewWriterSize(f, 1<<20)
	for n := int64(0); n < size<<20; {
		k, err := fmt.Fprintf(w, "0403;00;ORG-MISSING;mangel;TJENESTE;tjInstOrgnr;%d;%d;%d;Organisasjonsnummer mangler for tjenesten\r\n",
			r.IntN(400_000), r.IntN(3_000_000), r.IntN(9_000_000))
		if err != nil {
			return err
		}
		n += int64(k)
	}
	return w.Flush()
}
