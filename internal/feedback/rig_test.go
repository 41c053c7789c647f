package feedback_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/feedback/moveit"
	"iplos/internal/httpx"
	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
)

const (
	username = "postmottak@eksempel.kommune.no"
	login    = "Kanari+&=æ-7"
)

// rig is a Filsluse of the test's own, with a clock that the test moves.
type rig struct {
	server *filsluse.Server
	url    string
	ca     string
	trail  *trail.Trail
	state  string
	older  string // a municipality's own folder
	to     string
	log    *bytes.Buffer
	now    time.Time
	web    *httptest.Server
	// before answers in the server's place where it returns true.
	before func(http.ResponseWriter, *http.Request) bool
}

func start(t *testing.T, scenarios ...string) *rig {
	t.Helper()
	r := &rig{state: t.TempDir(), older: t.TempDir(), to: filepath.Join(t.TempDir(), "ut"), log: &bytes.Buffer{}, now: time.Now()}
	clock := func() time.Time { return r.now }
	r.trail = trail.New(clock)
	var uses []scenario.Use
	for _, s := range scenarios {
		u, err := scenario.Parse(s, filsluse.Scenarios())
		if err != nil {
			t.Fatal(err)
		}
		uses = append(uses, u)
	}
	server, err := filsluse.New(filsluse.Options{
		Dir: t.TempDir(), Scenarios: uses, Now: clock, Trail: r.trail,
		Accounts: []filsluse.Account{{Username: username, Password: secret.FromString(login)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.server = server
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.before == nil || !r.before(w, req) {
			server.ServeHTTP(w, req)
		}
	}))
	t.Cleanup(func() { server.Close(); web.CloseClientConnections(); web.Close() })
	r.web, r.url = web, web.URL
	r.ca = filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	if err := os.WriteFile(r.ca, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) client(t *testing.T) *moveit.Client {
	t.Helper()
	h, err := httpx.New(httpx.Options{CAFile: r.ca, Logger: zerolog.New(r.log).Level(zerolog.TraceLevel), StallTimeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	c, err := moveit.New(moveit.Options{BaseURL: r.url, HTTP: h, Rejected: feedback.NewRejected(r.state, r.older), Now: func() time.Time { return r.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return c
}

// signedIn returns a client with a token, which the test's end revokes.
func (r *rig) signedIn(t *testing.T) *moveit.Client {
	t.Helper()
	c := r.client(t)
	if err := c.SignIn(t.Context(), username, secret.FromString(login)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *rig) put(t *testing.T, name string, content []byte) string {
	t.Helper()
	id, err := r.server.Put(username, name, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (r *rig) pull(t *testing.T, change func(*feedback.PullOptions)) (*feedback.PullResult, error) {
	t.Helper()
	c := r.signedIn(t)
	defer c.SignOut(t.Context())
	opts := feedback.PullOptions{Source: c, StateDir: r.state, To: r.to, Now: func() time.Time { return r.now }}
	if change != nil {
		change(&opts)
	}
	return feedback.Pull(t.Context(), opts)
}

// notDeleted asks for a deletion, which must be refused before the server
// hears of it.
func (r *rig) notDeleted(t *testing.T, file, want string) {
	t.Helper()
	c := r.signedIn(t)
	defer c.SignOut(t.Context())
	if err := feedback.DeletePulled(t.Context(), c, r.state, file); id(err) != want {
		t.Errorf("deleting: %v, want %s", err, want)
	}
	if n := r.count("delete"); n != 0 {
		t.Errorf("%d deletions", n)
	}
}

// files lists what the target folder holds.
func (r *rig) files(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(r.to)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (r *rig) count(event string) int { return r.trail.Count("filsluse", event) }

func id(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.ID
	}
	return fmt.Sprint(err)
}

// noSecrets searches all that a run may leave for the password.
func (r *rig) noSecrets(t *testing.T, extra ...string) {
	t.Helper()
	places := append(extra, r.log.String(), fmt.Sprint(r.trail.Entries()))
	for _, dir := range []string{r.state, r.to} {
		filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				data, _ := os.ReadFile(path)
				places = append(places, path, string(data))
			}
			return nil
		})
	}
	for _, p := range places {
		if strings.Contains(p, login) || strings.Contains(p, "Kanari") {
			t.Errorf("the password stands in %.200q", p)
		}
	}
}
