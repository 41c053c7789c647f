package feedback_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"iplos/internal/fault"
	"iplos/internal/feedback"
)

func httpClient() *http.Client { return &http.Client{} }

func TestPull(t *testing.T) {
	r := start(t)
	content := bytes.Repeat([]byte("kryptert"), 100_000)
	r.put(t, "IPLOS blå.zip", content)
	var last int64
	got, err := r.pull(t, func(o *feedback.PullOptions) {
		o.Progress = func(_ string, done, total int64) {
			if done < last || total != int64(len(content)) {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		}
	})
	if err != nil || len(got.Files) != 1 || !got.Files[0].Verified || last != int64(len(content)) {
		t.Fatalf("%+v, %v, progress %d", got, err, last)
	}
	data, err := os.ReadFile(filepath.Join(r.to, "IPLOS blå.zip"))
	if err != nil || !bytes.Equal(data, content) {
		t.Error("the content differs", err)
	}
	m, err := feedback.ReadManifest(got.Files[0].Path)
	if err != nil || m.Bytes != int64(len(content)) || m.SHA256 != got.Files[0].SHA256 || m.From != r.url || m.FileID == "" {
		t.Errorf("%+v, %v", m, err)
	}
	if r.count("password-grant") != 1 || r.count("revoke") != 1 || r.count("delete") != 0 {
		t.Errorf("trail: %v", r.trail.Entries())
	}
	again, err := r.pull(t, nil)
	if err != nil || len(again.Files) != 0 || again.Known != 1 {
		t.Errorf("the second pull: %+v, %v", again, err)
	}
	all, err := r.pull(t, func(o *feedback.PullOptions) { o.All = true })
	if err != nil || len(all.Files) != 1 || all.Files[0].Name != "IPLOS blå (2).zip" {
		t.Errorf("--all: %+v, %v", all, err)
	}
	if n := r.count("download"); n != 2 || r.count("mark") != 2 {
		t.Errorf("%d downloads, %d marked as read", n, r.count("mark"))
	}
	r.noSecrets(t)
}

func TestPullVariants(t *testing.T) {
	cases := []struct {
		scenario string
		want     string // "" is a file in place
		verified bool
	}{
		{"feedback-chunked", "", true},
		{"feedback-gzip", "", true},
		{"feedback-hash-upper", "", true},
		{"feedback-hash-base64", "", true},
		{"feedback-digest", "", true},
		{"feedback-no-hash", "", false},
		{"feedback-redirect-same", "", true},
		{"feedback-unknown-fields", "", true},
		{"feedback-null-stamps", "", true},
		{"feedback-download-cut=50*2", "", true}, // the third attempt is whole
		{"feedback-stall=10*1", "", true},
		{"feedback-download-cut=50", "feedback.pull.broken", false},
		{"feedback-wrong-bytes", "feedback.pull.hash", false},
		{"feedback-digest-wrong", "feedback.pull.hash", false},
		{"feedback-download-html", "feedback.blocked", false},
		{"feedback-redirect-host", "feedback.redirect", false},
		{"feedback-redirect-http", "feedback.redirect", false},
		{"feedback-dlp", "feedback.pull.blocked", false},
	}
	for _, c := range cases {
		t.Run(c.scenario, func(t *testing.T) {
			t.Parallel()
			r := start(t, c.scenario)
			file := r.put(t, "a.zip", bytes.Repeat([]byte("x"), 2000))
			got, err := r.pull(t, nil)
			if c.want != "" {
				if id(err) != "feedback.pull.failed" || len(got.Failed) != 1 || got.Failed[0].Err.ID != c.want || len(r.files(t)) != 0 || len(got.Files) != 0 {
					t.Errorf("%v, files %q", err, r.files(t))
				}
				r.notDeleted(t, file, "feedback.delete.notpulled")
				return
			}
			if err != nil || len(got.Files) != 1 || got.Files[0].Verified != c.verified || got.Files[0].Bytes != 2000 {
				t.Fatalf("%+v, %v", got, err)
			}
			if !c.verified {
				r.notDeleted(t, file, "feedback.delete.unverified")
			}
			if files := r.files(t); !slices.Equal(files, []string{"a.zip", "a.zip.iplos.json"}) {
				t.Errorf("files %q", files)
			}
			r.noSecrets(t)
		})
	}
}

func TestPullHostileNames(t *testing.T) {
	r := start(t, "feedback-names")
	got, err := r.pull(t, nil)
	if err != nil || len(got.Files) < 10 {
		t.Fatalf("%+v, %v", got, err)
	}
	folded := map[string]bool{}
	for _, name := range r.files(t) {
		key := strings.ToLower(name)
		if folded[key] {
			t.Errorf("%q differs from another by case only", name)
		}
		folded[key] = true
		if len(name) > 255 || !utf8.ValidString(name) || strings.ContainsAny(name, `<>:"/\|?*`) || strings.HasPrefix(strings.ToUpper(name), "CON.") {
			t.Errorf("the name %q", name)
		}
	}
	for _, f := range got.Files {
		if m, err := feedback.ReadManifest(f.Path); err != nil || m == nil || m.Name != f.Name || m.OriginalName == f.Name {
			t.Errorf("%+v, %v", m, err)
		} else if strings.HasPrefix(f.Name, "_CON") && m.OriginalName != "CON.zip" {
			t.Errorf("what was %q on the server?", f.Name)
		}
	}
	if len(folded) != 2*len(got.Files) {
		t.Errorf("%d files for %d downloads", len(folded), len(got.Files))
	}
	if parent := filepath.Dir(r.to); len(mustList(t, parent)) != 1 {
		t.Errorf("files outside the folder: %q", mustList(t, parent))
	}
}

func mustList(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestPullSince(t *testing.T) {
	r := start(t)
	r.now = time.Date(2018, 2, 8, 12, 0, 0, 0, time.UTC)
	r.put(t, "gammel.zip", []byte("1"))
	r.now = time.Date(2018, 3, 1, 12, 0, 0, 0, time.UTC)
	r.put(t, "ny.zip", []byte("2"))
	for _, c := range []struct {
		month, day          int
		files, known, older int
	}{
		{3, 2, 0, 0, 2},
		{2, 9, 1, 0, 1},
		{3, 1, 0, 1, 1}, // the day itself counts
		{2, 8, 1, 1, 0},
		{3, 2, 0, 2, 0}, // what was fetched before is not said to be unfetched
	} {
		got, err := r.pull(t, func(o *feedback.PullOptions) {
			o.Since = time.Date(2018, time.Month(c.month), c.day, 23, 0, 0, 0, time.UTC)
		})
		if err != nil || len(got.Files) != c.files || got.Known != c.known || got.Older != c.older {
			t.Errorf("since %d.%d.: %+v, %v", c.day, c.month, got, err)
		}
	}
}

func TestPullIsLocked(t *testing.T) {
	r := start(t)
	r.put(t, "a.zip", []byte("1"))
	_, err := r.pull(t, func(o *feedback.PullOptions) {
		o.Progress = func(string, int64, int64) {
			second := *o
			second.Progress = nil
			if _, err := feedback.Pull(t.Context(), second); id(err) != "feedback.locked" || fault.KindOf(err) != fault.Locked {
				t.Errorf("a second run: %v", err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPullCancelled(t *testing.T) {
	r := start(t)
	r.put(t, "a.zip", make([]byte, 4<<20))
	c := r.signedIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := feedback.Pull(ctx, feedback.PullOptions{
		Source: c, StateDir: r.state, To: r.to,
		Progress: func(string, int64, int64) { cancel() },
	})
	if !errors.Is(err, context.Canceled) || len(r.files(t)) != 0 {
		t.Errorf("%v, files %q", err, r.files(t))
	}
	c.SignOut(ctx)
	if r.count("revoke") != 1 {
		t.Error("the token was not revoked after the interruption")
	}
}
