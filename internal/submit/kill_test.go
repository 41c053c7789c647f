package submit_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/httpx"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// book keeps a run's events in a real journal.
type book struct{ j *journal.Journal }

func (b book) entry(t journal.Type, f submit.File) journal.Entry {
	return journal.Entry{Type: t, Submission: "a1", Year: 2017, District: "00", Rehearsal: true, File: f.Name, Bytes: f.Bytes, SHA256: f.SHA256}
}

func (b book) Uploading(files []submit.File, _ string) error {
	for _, f := range files {
		if err := b.j.Append(b.entry(journal.Uploading, f)); err != nil {
			return err
		}
	}
	return nil
}

func (b book) Ended(r submit.FileResult, _ string) error {
	types := map[submit.State]journal.Type{submit.NotSent: journal.NotSent, submit.Uploaded: journal.Uploaded, submit.Unknown: journal.Unknown, submit.Refused: journal.Refused}
	return b.j.Append(b.entry(types[r.State], r.File))
}

// TestKilledWhileUploading kills a real process in the middle of an upload,
// and after the server has it all. The journal says that it is not known, the
// next run asks before it sends, and the server never gets it twice.
func TestKilledWhileUploading(t *testing.T) {
	if dir := os.Getenv("SUBMIT_KILL_DIR"); dir != "" {
		sendAndDie(t, dir)
		return
	}
	for _, whole := range []bool{false, true} {
		s := startSite(t)
		reached, hold := make(chan struct{}), make(chan struct{})
		s.upload = func(_ http.ResponseWriter, r *http.Request) {
			if whole {
				s.store(r)
			} else {
				_, _ = io.CopyN(io.Discard, r.Body, 1000)
			}
			close(reached)
			<-hold
		}
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileUploading$")
		opts := s.options()
		cmd.Env = append(os.Environ(), "SUBMIT_KILL_DIR="+dir, "SUBMIT_URL="+opts.URL, "SUBMIT_CA="+opts.HTTP.CAFile)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-reached:
		case <-time.After(20 * time.Second):
			t.Error("the upload did not begin")
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		close(hold)
		resume(t, s, dir, whole)
	}
}

func sendAndDie(t *testing.T, dir string) {
	t.Helper()
	j, err := journal.Open(dir, journal.Options{Municipality: "0403"})
	if err != nil {
		t.Fatal(err)
	}
	opts := submit.Options{URL: os.Getenv("SUBMIT_URL"), Login: testOptionsLogin(), HTTP: httpx.Options{CAFile: os.Getenv("SUBMIT_CA")}, Events: book{j}}
	_, err = submit.Send(t.Context(), opts, killConsignment(t, dir))
	t.Fatalf("was not killed: %v", err)
}

func killConsignment(t *testing.T, dir string) submit.Consignment {
	t.Helper()
	path := filepath.Join(dir, "iplos-0403-00-2017-a1.tar")
	if err := os.WriteFile(path, make([]byte, 500_000), 0o600); err != nil {
		t.Fatal(err)
	}
	return submit.Consignment{ID: "a1", Year: 2017, Files: []submit.File{{Name: filepath.Base(path), Path: path, Bytes: 500_000}}}
}

func resume(t *testing.T, s *site, dir string, whole bool) {
	t.Helper()
	j, err := journal.Open(dir, journal.Options{Municipality: "0403"})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	subs := j.Submissions()
	if len(subs) != 1 || subs[0].State != journal.StateUnknown {
		t.Fatalf("after the kill: %+v", subs)
	}
	uploads := s.uploads
	cons := killConsignment(t, dir)
	cons.Files[0].Doubt = true
	opts := s.options()
	opts.Events = book{j}
	if whole {
		s.inside += "<ul><li>iplos-0403-00-2017-a1.tar</li></ul>"
	}
	_, err = submit.Send(t.Context(), opts, cons)
	want, state := fault.Unknown, journal.StateUnknown
	if whole {
		want, state = "", journal.StateUploaded
	}
	if fault.KindOf(err) != want || s.uploads != uploads || j.Submissions()[0].State != state {
		t.Errorf("whole %v: next run: %v, %d uploads more, journal %q", whole, err, s.uploads-uploads, j.Submissions()[0].State)
	}
}
