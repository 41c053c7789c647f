package sandbox_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iplos/internal/crypt/container"
	"iplos/internal/fault"
	"iplos/internal/leaktest"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
)

func TestPackageInSeveralUploads(t *testing.T) {
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir})
	folder := filepath.Join(t.TempDir(), "package")
	seal(t, s, folder, container.Folder, generator(t, synth.Options{Persons: 300}))
	c := client(t, s)
	token := login(t, s, c)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 5 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for i, e := range entries {
		if i == 2 { // go on in another sandbox on the same folder
			if _, err := s.Settled(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = start(t, sandbox.Options{Dir: dir})
			c = client(t, s)
			token = login(t, s, c)
		}
		upload(t, s, c, token, filepath.Join(folder, e.Name()))
	}
	out, err := s.Settled(t.Context())
	if err != nil || len(out) != 1 || out[0].Persons != 300 {
		t.Fatalf("%+v, %v", out, err)
	}
}

func TestForeignPackageIsRefusedByMail(t *testing.T) {
	s := start(t, sandbox.Options{})
	other, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Now: january}) // with keys of its own
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, other, path, container.Tar, generator(t, synth.Options{Persons: 20}))
	c := client(t, s)
	upload(t, s, c, login(t, s, c), path)
	out, err := s.Settled(t.Context())
	if err == nil || len(out) != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	mails, _ := filepath.Glob(filepath.Join(s.Info().Receipts, "*.eml"))
	if len(mails) != 1 {
		t.Fatalf("mails: %q", mails)
	}
	if len(s.Trail()) == 0 {
		t.Error("nothing in the trail")
	}
}

func TestForAnotherMunicipalityIsRefused(t *testing.T) {
	s := start(t, sandbox.Options{More: []string{"0301-01"}})
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, s, path, container.Tar, generator(t, synth.Options{Persons: 20}))
	c := client(t, s)
	upload(t, s, c, loginAs(t, s, c, s.Info().Accounts[1]), path)
	if out, err := s.Settled(t.Context()); err == nil || len(out) != 0 {
		t.Errorf("0301-01 delivered for 0403-00: %+v", out)
	}
	if n := len(s.Names(s.Info().Accounts[0].Mailbox)); n != 0 {
		t.Errorf("%d files of feedback", n)
	}
}

func TestRestartGoesOn(t *testing.T) {
	dir := t.TempDir()
	first := start(t, sandbox.Options{Dir: dir})
	before := first.Info()
	pin, _ := before.Accounts[0].PIN()
	path := filepath.Join(t.TempDir(), "iplos.tar")
	seal(t, first, path, container.Tar, generator(t, synth.Options{Persons: 20}))
	c := client(t, first)
	upload(t, first, c, login(t, first, c), path)
	if _, err := first.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, sandbox.Options{Dir: dir})
	if out, err := second.Settled(t.Context()); err != nil || len(out) != 0 || len(second.Names(before.Accounts[0].Mailbox)) != 1 {
		t.Errorf("dealt with again after a restart: %+v, %v", out, err)
	}
	again, _ := second.Info().Accounts[0].PIN()
	if second.Info().SendemodulURL != before.SendemodulURL || second.Info().FilsluseURL != before.FilsluseURL || !pin.Equal(again) {
		t.Errorf("before %+v\nafter %+v", before, second.Info())
	}
}

// Keys that have run out are made anew: a practice folder lives from one
// year's window to the next.
func TestKeysThatHaveRunOut(t *testing.T) {
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir})
	path := s.Info().RegisterKey
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	first := readKey(t, path)
	for _, c := range []struct {
		years int
		kept  bool
	}{{0, true}, {2, false}} {
		now := january().AddDate(c.years, 0, 0)
		s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: dir, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if k := readKey(t, path); (k.SPKISHA256() == first.SPKISHA256()) != c.kept || now.After(k.NotAfter()) {
			t.Errorf("after %d years: a key until %s, kept %t", c.years, k.NotAfter(), !c.kept)
		}
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, addr := range []string{l.Addr().String(), "0.0.0.0:0", "nonsense"} {
		dir := t.TempDir()
		giveKeys(t, dir)
		_, err := sandbox.Start(t.Context(), sandbox.Options{Dir: dir, Addr: addr})
		if fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestScenariosAreChecked(t *testing.T) {
	for _, text := range []string{"no-such", "upload-status=x", "pages=none", "upload-cut=-1"} {
		_, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Scenarios: []string{text}})
		if fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", text, err)
		}
	}
	seen := map[string]bool{}
	for _, k := range sandbox.Scenarios() {
		if seen[string(k.Name)] {
			t.Errorf("%s stands twice", k.Name)
		}
		seen[string(k.Name)] = true
	}
}

func TestEveryScenarioStarts(t *testing.T) {
	dir := t.TempDir() // keys are made once
	for _, k := range sandbox.Scenarios() {
		s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{string(k.Name)}})
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
}

func TestTLSScenarios(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{"feedback-unknown-ca": "unknown authority", "feedback-old-tls": "protocol version"} {
		s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{name}})
		_, err := client(t, s).Get(s.Info().FilsluseURL)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		res, err := client(t, s).Get(s.Info().SendemodulURL)
		page(t, res, err)
		s.Close()
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	dir := t.TempDir()
	start(t, sandbox.Options{Dir: dir}).Close()
	leaktest.Check(t)
	s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{"silent"}})
	c := client(t, s)
	login(t, s, c)
	s.Close()
	c.CloseIdleConnections()
}
