package feedback_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/feedback"
)

func TestDelete(t *testing.T) {
	cases := []struct {
		scenario, want string
		asked          int // deletions that reached the server
	}{
		{"", "<nil>", 1},
		{"feedback-delete-403", "feedback.delete.forbidden", 0}, // the folder says so
		{"feedback-delete-404", "<nil>", 1},
		{"feedback-delete-405", "feedback.delete.failed", 1},
		{"feedback-delete-500", "feedback.delete.failed", 1},
		{"feedback-delete-cut", "<nil>", 1},
		{"feedback-digest", "<nil>", 1},
	}
	for _, c := range cases {
		t.Run(c.scenario, func(t *testing.T) {
			var scenarios []string
			if c.scenario != "" {
				scenarios = []string{c.scenario}
			}
			r := start(t, scenarios...)
			file := r.put(t, "a.zip", []byte("innhold"))
			client := r.signedIn(t)
			if _, err := feedback.MayDelete(r.state, client.URL(), file); id(err) != "feedback.delete.notpulled" {
				t.Errorf("may delete before the pull: %v", err)
			}
			if err := feedback.DeletePulled(t.Context(), client, r.state, file); id(err) != "feedback.delete.notpulled" {
				t.Errorf("before the pull: %v", err)
			}
			if _, err := feedback.Pull(t.Context(), feedback.PullOptions{Source: client, StateDir: r.state, To: r.to}); err != nil {
				t.Fatal(err)
			}
			e, err := feedback.MayDelete(r.state, client.URL(), file)
			if err != nil || e.Name != "a.zip" || !e.Here() {
				t.Errorf("may delete after the pull: %+v, %v", e, err)
			}
			if err := feedback.DeletePulled(t.Context(), client, r.state, file); id(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if n := r.count("delete"); n != c.asked {
				t.Errorf("%d deletions, want %d", n, c.asked)
			}
			e, _ = ledger(t, r).Find(r.url, file)
			if e.Deleted != (c.want == "<nil>") {
				t.Errorf("the ledger says %+v", e)
			}
			if c.want == "<nil>" {
				if err := feedback.DeletePulled(t.Context(), client, r.state, file); err != nil {
					t.Errorf("deleting what is gone: %v", err)
				}
			}
		})
	}
}

func ledger(t *testing.T, r *rig) *feedback.Ledger {
	t.Helper()
	l, err := feedback.OpenLedger(r.state)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestHere: a file that was carried away, or that another took the place of,
// is not here.
func TestHere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	e := feedback.LedgerEntry{Path: path, Bytes: 3}
	if e.Here() {
		t.Error("here before it came")
	}
	for content, want := range map[string]bool{"abc": true, "abcd": false} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if e.Here() != want {
			t.Errorf("%q: %t", content, e.Here())
		}
	}
}

// TestDeleteComparesFirst: nothing is deleted that is not, now, the file that
// was fetched; and what the ledger believes is deleted is looked for.
func TestDeleteComparesFirst(t *testing.T) {
	const sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d" // of "abc"
	details := func(size int, hash string) string {
		return fmt.Sprintf(`{"id":"1","name":"a.zip","size":%d,"hash":%q,"folderID":7}`, size, hash)
	}
	cases := []struct {
		name, details, folder string
		entry                 feedback.LedgerEntry
		want                  string
		kind                  fault.Kind
		deletes               int
	}{
		{"as fetched", details(3, sha1), `{"permission":{"canDeleteFiles":true}}`, feedback.LedgerEntry{}, "<nil>", "", 1},
		{"another hash", details(3, strings.Repeat("0", 40)), "", feedback.LedgerEntry{}, "feedback.delete.changed", fault.Refused, 0},
		{"another size", details(4, sha1), "", feedback.LedgerEntry{}, "feedback.delete.changed", fault.Refused, 0},
		{"another size, no hash", details(4, ""), "", feedback.LedgerEntry{}, "feedback.delete.changed", fault.Refused, 0},
		{"no hash", details(3, ""), "", feedback.LedgerEntry{}, "feedback.delete.nohash", fault.Refused, 0},
		{"a hash of no known form", details(3, "md5"), "", feedback.LedgerEntry{}, "feedback.delete.nohash", fault.Refused, 0},
		{"may not", details(3, sha1), `{"permission":{"canDeleteFiles":false}}`, feedback.LedgerEntry{}, "feedback.delete.forbidden", fault.Refused, 0},
		{"the folder says nothing", details(3, sha1), `{"permission":{}}`, feedback.LedgerEntry{}, "<nil>", "", 1},
		{"the folder is closed", details(3, sha1), "", feedback.LedgerEntry{}, "<nil>", "", 1},
		{"deleted, says the ledger", details(3, sha1), "", feedback.LedgerEntry{Deleted: true}, "<nil>", "", 1},
		{"gone", "", "", feedback.LedgerEntry{}, "<nil>", "", 0},
		{"unverified", details(3, sha1), "", feedback.LedgerEntry{Name: "unverified"}, "feedback.delete.unverified", fault.Refused, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := start(t)
			deletes := 0
			mux := http.NewServeMux()
			mux.HandleFunc("GET /api/v1/files/1", orNone(c.details))
			mux.HandleFunc("GET /api/v1/folders/7", orNone(c.folder))
			mux.HandleFunc("DELETE /api/v1/files/1", func(w http.ResponseWriter, _ *http.Request) {
				deletes++
				w.WriteHeader(http.StatusNoContent)
			})
			mux.HandleFunc("POST /api/v1/token", orNone(`{"access_token":"t","expires_in":1000}`))
			web := httptest.NewServer(mux)
			t.Cleanup(web.Close)
			r.url = web.URL
			e := c.entry
			e.Host, e.ID, e.Bytes, e.SHA1, e.Verified = web.URL, "1", 3, sha1, e.Name != "unverified"
			writeLedger(t, r, e)
			err := feedback.DeletePulled(t.Context(), r.signedIn(t), r.state, "1")
			if id(err) != c.want || fault.KindOf(err) != c.kind || deletes != c.deletes {
				t.Errorf("%v with %d deletions, want %s with %d", err, deletes, c.want, c.deletes)
			}
			if e, _ := ledger(t, r).Find(web.URL, "1"); e.Deleted != (c.want == "<nil>") {
				t.Errorf("the ledger says %+v", e)
			}
		})
	}
}

// orNone answers with JSON, or with the API's own 404.
func orNone(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if body == "" {
			w.WriteHeader(http.StatusNotFound)
			body = `{"title":"Not found"}`
		}
		fmt.Fprint(w, body)
	}
}

func writeLedger(t *testing.T, r *rig, e feedback.LedgerEntry) {
	t.Helper()
	data, err := json.Marshal([]feedback.LedgerEntry{e})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.state, "filsluse-ledger.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
