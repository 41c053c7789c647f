package feedback_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/secret"
)

// TestMemory: host, user name and password make a credential, and every
// municipality of the state folder shares what is known of it.
func TestMemory(t *testing.T) {
	state := t.TempDir()
	m := feedback.NewRejected(state, filepath.Join(state, "municipalities", "0403"))
	if err := m.Add("filsluse.ssb.no", "a@b.no", secret.FromString("feil-1")); err != nil {
		t.Fatal(err)
	}
	if err := m.Add("filsluse.ssb.no", "c@d.no", secret.FromString("feil-2")); err != nil {
		t.Fatal(err)
	}
	other := feedback.NewRejected(state, filepath.Join(state, "municipalities", "0301"))
	for _, c := range []struct {
		host, username, password string
		known                    bool
	}{
		{"filsluse.ssb.no", "a@b.no", "feil-1", true},
		{"filsluse.ssb.no", "A@B.no", "feil-1", true},
		{"Filsluse.SSB.no", "a@b.no", "feil-1", true},
		{"filsluse.ssb.no", "c@d.no", "feil-2", true}, // the second beside the first
		{"filsluse.ssb.no", "a@b.no", "Feil-1", false},
		{"filsluse.ssb.no", "a@b.no", "feil-2", false},
		{"annen.ssb.no", "a@b.no", "feil-1", false},
	} {
		where, err := other.Known(c.host, c.username, secret.FromString(c.password))
		if err != nil || (where == filepath.Join(state, "filsluse-rejected.json")) != c.known {
			t.Errorf("%+v: %q, %v", c, where, err)
		}
	}
}

// TestMemoryHasRoom: the oldest go when there are too many; the last is there.
func TestMemoryHasRoom(t *testing.T) {
	state := t.TempDir()
	file := filepath.Join(state, "filsluse-rejected.json")
	var hashes [][]byte
	for i := range 64 {
		hashes = append(hashes, fmt.Appendf(nil, "%032d", i))
	}
	writeRejected(t, file, []byte("0123456789abcdef"), hashes)
	m := feedback.NewRejected(state, state)
	if err := m.Add("h", "u", secret.FromString("p")); err != nil {
		t.Fatal(err)
	}
	if where, err := m.Known("h", "u", secret.FromString("p")); where != file || err != nil {
		t.Errorf("%q, %v", where, err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var now struct{ Hashes [][]byte }
	if err := json.Unmarshal(data, &now); err != nil || len(now.Hashes) != 64 || string(now.Hashes[0]) != fmt.Sprintf("%032d", 1) {
		t.Errorf("%d hashes, %v", len(now.Hashes), err)
	}
}

// TestMemoryAtOnce: runs for several municipalities lose nothing of each
// other's.
func TestMemoryAtOnce(t *testing.T) {
	state := t.TempDir()
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			if err := feedback.NewRejected(state, state).Add("h", fmt.Sprint(i), secret.FromString("p")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i := range 4 {
		if where, err := feedback.NewRejected(state, state).Known("h", fmt.Sprint(i), secret.FromString("p")); where == "" || err != nil {
			t.Errorf("%d was forgotten: %v", i, err)
		}
	}
}

// TestOlderMemory reads what an earlier version left in a municipality's own
// folder, with the user name as it was typed.
func TestOlderMemory(t *testing.T) {
	state, older := t.TempDir(), t.TempDir()
	file, salt := filepath.Join(older, "filsluse-rejected.json"), []byte("0123456789abcdef")
	writeRejected(t, file, salt, [][]byte{argon2.IDKey([]byte("h\x00A@b.no\x00p"), salt, 2, 19<<10, 1, 32)})
	m := feedback.NewRejected(state, older)
	if where, err := m.Known("h", "A@b.no", secret.FromString("p")); where != file || err != nil {
		t.Errorf("%q, %v", where, err)
	}
	if where, err := m.Known("h", "A@b.no", secret.FromString("q")); where != "" || err != nil {
		t.Errorf("another password: %q, %v", where, err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Known("h", "A@b.no", secret.FromString("p")); id(err) != "feedback.state.file" || fault.KindOf(err) != fault.Usage {
		t.Errorf("a damaged memory: %v", err)
	}
}

func writeRejected(t *testing.T, path string, salt []byte, hashes [][]byte) {
	t.Helper()
	data, err := json.Marshal(map[string]any{"salt": salt, "hashes": hashes})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
