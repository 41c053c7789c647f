package submit_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"iplos/internal/httpx"
	"iplos/internal/secret"
	"iplos/internal/submit"
)

const testPIN = "73810462"

func testOptionsLogin() submit.Login {
	return submit.Login{Municipality: "0403", District: "00", OrgNumber: "800000009", PIN: secret.FromString(testPIN)}
}

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}

func testOptions(t testing.TB, web *httptest.Server, path string) submit.Options {
	t.Helper()
	opts := submit.Options{
		URL:   web.URL + path,
		Login: testOptionsLogin(),
	}
	if web.TLS != nil {
		ca := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
		opts.HTTP = httpx.Options{CAFile: ca}
	}
	return opts
}

func consignment(t testing.TB, size int, names ...string) submit.Consignment {
	t.Helper()
	c := submit.Consignment{ID: "a1", Year: 2017}
	dir := t.TempDir()
	for i, name := range names {
		data := make([]byte, size+i)
		for k := range data {
			data[k] = byte(k * (i + 3))
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		c.Files = append(c.Files, submit.File{Name: name, Path: path, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
	}
	return c
}

// recorder stands for the journal.
type recorder struct {
	began []string
	ended []submit.FileResult
	fail  error
}

func (r *recorder) Uploading(files []submit.File, _ string) error {
	for _, f := range files {
		r.began = append(r.began, f.Name)
	}
	return r.fail
}

func (r *recorder) Ended(f submit.FileResult, _ string) error {
	r.ended = append(r.ended, f)
	return nil
}

func (r *recorder) check(t *testing.T, names []string, state submit.State) {
	t.Helper()
	var ended []string
	for _, f := range r.ended {
		if f.State != state {
			t.Errorf("journal: %s is %q", f.Name, f.State)
		}
		ended = append(ended, f.Name)
	}
	if !slices.Equal(r.began, names) || !slices.Equal(ended, names) {
		t.Errorf("journal: began %v, ended %v, want %v", r.began, ended, names)
	}
}

// checkTruth: what began has ended, and with the state the run returned.
func (r *recorder) checkTruth(t *testing.T, out *submit.Outcome) {
	t.Helper()
	if len(r.began) != len(r.ended) {
		t.Errorf("journal: began %v, ended %v", r.began, r.ended)
	}
	for _, e := range r.ended {
		for _, f := range out.Files {
			if f.Name == e.Name && f.State != e.State {
				t.Errorf("journal says %q of %s, the outcome %q", e.State, e.Name, f.State)
			}
		}
	}
}

var errJournal = errors.New("disk full")
