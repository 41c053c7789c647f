package feedback_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/feedback"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPullAfterAKill begins with what a killed run, or somebody else, left of
// a file of the server's. The ledger knows nothing.
func TestPullAfterAKill(t *testing.T) {
	const archive, manifest, second = "a.zip", "a.zip.iplos.json", "a (2).zip"
	cases := []struct {
		name      string
		scenario  string
		change    func(t *testing.T, path string)
		all       bool
		want      string
		downloads int // beside the first
		verified  bool
	}{
		{"before the ledger", "", func(*testing.T, string) {}, false, archive, 0, true},
		{"before the ledger, no hash", "feedback-no-hash", func(*testing.T, string) {}, false, archive, 0, false},
		{"before the ledger, hash in the header", "feedback-no-hash feedback-digest", func(*testing.T, string) {}, false, archive, 0, true},
		{"before the name", "", func(t *testing.T, path string) { os.Remove(path) }, false, archive, 1, true},
		{"carried away, and all", "", func(t *testing.T, path string) { os.Remove(path) }, true, archive, 1, true},
		{"by a browser", "", func(t *testing.T, path string) { os.Remove(feedback.ManifestPath(path)) }, false, archive, 0, true},
		{"by a browser, no hash", "feedback-no-hash", func(t *testing.T, path string) { os.Remove(feedback.ManifestPath(path)) }, false, second, 1, false},
		{"all", "", func(*testing.T, string) {}, true, second, 1, true},
		{"changed", "", func(t *testing.T, path string) { write(t, path, "FIRE") }, false, second, 1, true},
		{"changed, no hash", "feedback-no-hash", func(t *testing.T, path string) { write(t, path, "FIRE") }, false, second, 1, false},
		{"half", "", func(t *testing.T, path string) { write(t, path, "fi") }, false, second, 1, true},
		{"a folder", "", func(t *testing.T, path string) { os.Remove(path); os.Mkdir(path, 0o700) }, false, second, 1, true},
		{"another's manifest", "", func(t *testing.T, path string) { swap(t, path, `"file_id": "`, `"file_id": "9`) }, false, second, 1, true},
		{"another server's manifest", "", func(t *testing.T, path string) { swap(t, path, `"from": "`, `"from": "x`) }, false, second, 1, true},
		{"a torn manifest", "", func(t *testing.T, path string) { write(t, feedback.ManifestPath(path), "{") }, false, second, 1, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, strings.Fields(c.scenario)...)
			r.put(t, archive, []byte("fire"))
			if _, err := r.pull(t, nil); err != nil {
				t.Fatal(err)
			}
			c.change(t, filepath.Join(r.to, archive))
			r.state = t.TempDir()
			got, err := r.pull(t, func(o *feedback.PullOptions) { o.All = c.all })
			if err != nil || len(got.Files) != 1 || got.Files[0].Name != c.want || got.Files[0].Verified != c.verified || got.Files[0].Kept != (c.downloads == 0) {
				t.Fatalf("%+v, %v", got, err)
			}
			if n := r.count("download"); n != 1+c.downloads {
				t.Errorf("%d downloads", n)
			}
			if m, err := feedback.ReadManifest(got.Files[0].Path); err != nil || m == nil || m.SHA256 != got.Files[0].SHA256 || m.Name != c.want || m.FileID != got.Files[0].ID {
				t.Errorf("%+v, %v", m, err)
			}
			if c.want == archive && !slices.Equal(r.files(t), []string{archive, manifest}) {
				t.Errorf("files %q", r.files(t))
			}
			if again, err := r.pull(t, nil); err != nil || again.Known != 1 {
				t.Errorf("the next pull: %+v, %v", again, err)
			}
		})
	}
}

// swap changes a manifest.
func swap(t *testing.T, archive, from, to string) {
	t.Helper()
	data, err := os.ReadFile(feedback.ManifestPath(archive))
	if err != nil || !strings.Contains(string(data), from) {
		t.Fatal(err, string(data))
	}
	write(t, feedback.ManifestPath(archive), strings.Replace(string(data), from, to, 1))
}

// A file that comes while ours is fetched stays, without a manifest of ours.
func TestPullLateFile(t *testing.T) {
	r := start(t)
	r.put(t, "a.zip", []byte("fire"))
	path := filepath.Join(r.to, "a.zip")
	_, err := r.pull(t, func(o *feedback.PullOptions) {
		o.Progress = func(string, int64, int64) { write(t, path, "en annens") }
	})
	data, _ := os.ReadFile(path)
	if err == nil || string(data) != "en annens" || !slices.Equal(r.files(t), []string{"a.zip"}) {
		t.Errorf("%v, %q, files %q", err, data, r.files(t))
	}
}

// A file on the server may be called as another's manifest.
func TestPullManifestsName(t *testing.T) {
	r := start(t)
	r.put(t, "a.zip", []byte("1"))
	r.put(t, "a.zip.iplos.json", []byte("2"))
	r.put(t, "b.zip.iplos.json", []byte("3"))
	r.put(t, "C.zip.iplos.json", []byte("5")) // comes before c.zip
	r.put(t, "c.zip", []byte("6"))
	if got, err := r.pull(t, nil); err != nil || len(got.Files) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	r.put(t, "b.zip", []byte("4"))
	got, err := r.pull(t, nil)
	if err != nil || len(got.Files) != 1 || got.Files[0].Name != "b (2).zip" {
		t.Errorf("%+v, %v", got, err)
	}
	want := []string{
		"C.zip.iplos.json", "C.zip.iplos.json.iplos.json",
		"a.zip", "a.zip.iplos (2).json", "a.zip.iplos (2).json.iplos.json", "a.zip.iplos.json",
		"b (2).zip", "b (2).zip.iplos.json", "b.zip.iplos.json", "b.zip.iplos.json.iplos.json",
		"c (2).zip", "c (2).zip.iplos.json",
	}
	if files := r.files(t); !slices.Equal(files, want) {
		t.Errorf("files %q", files)
	}
}

// A file from the server that reads like our manifest of another is not
// written over.
func TestPullFalseManifest(t *testing.T) {
	r := start(t)
	file := r.put(t, "a.zip", []byte("fire"))
	r.before = func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path == "/api/v1/files/"+file {
			respond(500, "{}")(w)
		}
		return req.URL.Path == "/api/v1/files/"+file
	}
	text := fmt.Sprintf(`{"from":%q,"file_id":%q,"sha256":"00"}`, r.url, file)
	r.put(t, "a.zip.iplos.json", []byte(text))
	if got, _ := r.pull(t, nil); len(got.Files) != 1 {
		t.Fatalf("%+v", got)
	}
	r.before = nil
	got, err := r.pull(t, nil)
	data, _ := os.ReadFile(filepath.Join(r.to, "a.zip.iplos.json"))
	if err != nil || got.Files[0].Name != "a (2).zip" || string(data) != text {
		t.Errorf("%+v, %v, %s", got, err, data)
	}
}

func TestCheckFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "fil")
	write(t, file, "")
	closed := filepath.Join(dir, "lukket")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		dir: "<nil>", filepath.Join(dir, "ny", "under"): "<nil>", file: "feedback.folder", filepath.Join(file, "under"): "feedback.folder",
	}
	if probe, err := os.CreateTemp(closed, ""); err != nil { // not for the superuser, nor on Windows
		cases[closed], cases[filepath.Join(closed, "ny")] = "feedback.folder", "feedback.folder"
	} else {
		probe.Close()
		os.Remove(probe.Name())
	}
	for folder, want := range cases {
		if err := feedback.CheckFolder(folder); id(err) != want || err != nil && fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v, want %s", folder, err, want)
		}
	}
	if left := mustList(t, dir); !slices.Equal(left, []string{"fil", "lukket"}) {
		t.Errorf("left %q", left)
	}
}

// What killed runs left goes after a day; a folder, and what may be at work,
// stays.
func TestPullSweeps(t *testing.T) {
	r := start(t)
	old := r.now.Add(-25 * time.Hour)
	if err := os.MkdirAll(filepath.Join(r.to, ".iplos-3.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".iplos-1.tmp", ".iplos-2.tmp", "gammel.tmp"} {
		write(t, filepath.Join(r.to, name), "halv")
	}
	for _, name := range []string{".iplos-1.tmp", ".iplos-3.tmp", "gammel.tmp"} {
		if err := os.Chtimes(filepath.Join(r.to, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.pull(t, nil); err != nil {
		t.Fatal(err)
	}
	if files := r.files(t); !slices.Equal(files, []string{".iplos-2.tmp", ".iplos-3.tmp", "gammel.tmp"}) {
		t.Errorf("files %q", files)
	}
}

func TestManifestNeedsAHash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	write(t, feedback.ManifestPath(path), `{"name":"a.zip","bytes":4}`)
	if _, err := feedback.ReadManifest(path); id(err) != "feedback.manifest.bad" {
		t.Error(err)
	}
}
