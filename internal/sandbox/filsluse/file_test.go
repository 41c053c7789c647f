package filsluse_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/scenario"
)

func TestListsOfEverySize(t *testing.T) {
	for _, n := range []int64{0, 1, 25, 26, 200, 201} {
		d := start(t, scenario.Use{Name: filsluse.Files, N: n})
		d.login(t)
		seen := map[any]bool{}
		pages := int(d.get(t, "/api/v1/files").has(t, "paging.totalPages").(float64))
		if want := (int(n) + 24) / 25; pages != want {
			t.Errorf("%d files: %d pages", n, pages)
		}
		for p := 1; p <= pages; p++ {
			a := d.get(t, "/api/v1/files?page="+strconv.Itoa(p))
			for _, item := range a.has(t, "items").([]any) {
				seen[item.(map[string]any)["id"]] = true
			}
		}
		if len(seen) != int(n) {
			t.Errorf("%d files: saw %d", n, len(seen))
		}
	}
	d := start(t, scenario.Use{Name: filsluse.EmptyPages})
	d.login(t)
	if a := d.get(t, "/api/v1/files"); a.has(t, "paging.totalPages") != 1.0 {
		t.Errorf("%s", a.body)
	}
}

func TestListQuirks(t *testing.T) {
	items := func(d *double, page string) []any {
		return d.get(t, "/api/v1/files?page="+page).has(t, "items").([]any)
	}
	grown := start(t, scenario.Use{Name: filsluse.Files, N: 25}, scenario.Use{Name: filsluse.FileAppears, Times: 1})
	grown.login(t)
	if a, b := items(grown, "1"), items(grown, "2"); len(a) != 25 || len(b) != 1 {
		t.Errorf("a file that appears: %d and %d", len(a), len(b))
	}
	shrunk := start(t, scenario.Use{Name: filsluse.Files, N: 26}, scenario.Use{Name: filsluse.FileVanishes, Times: 1})
	shrunk.login(t)
	if a, b := items(shrunk, "1"), items(shrunk, "2"); len(a) != 25 || len(b) != 0 {
		t.Errorf("a file that vanishes: %d and %d", len(a), len(b))
	}
	d := start(t, scenario.Use{Name: filsluse.UnknownFields}, scenario.Use{Name: filsluse.LongIDs})
	d.put(t, "a.zip", "a")
	d.login(t)
	a := d.get(t, "/api/v1/files")
	if id, _ := a.has(t, "items.0.id").(string); len(id) != 11 || a.has(t, "items.0.retentionHint.days") != 60.0 {
		t.Errorf("%s", a.body)
	}
	zero := start(t, scenario.Use{Name: filsluse.ZeroIDs})
	id := zero.put(t, "a.zip", "a")
	zero.login(t)
	if a := zero.get(t, "/api/v1/files/"+id); !strings.HasPrefix(id, "00") || a.code != 200 {
		t.Errorf("%q: %d", id, a.code)
	}
	null := start(t, scenario.Use{Name: filsluse.NullStamps})
	null.login(t)
	if a := null.get(t, "/api/v1/users/self"); a.has(t, "lastLoginStamp") != nil {
		t.Errorf("%s", a.body)
	}
}

func TestDownloads(t *testing.T) {
	tests := []struct {
		use        scenario.Name
		n          int64
		code       int
		broken     bool
		same       bool // the right bytes came
		head, want string
	}{
		{use: filsluse.Chunked, code: 200, same: true, head: "Content-Length"},
		{use: filsluse.DownloadCut, n: 5, code: 200, broken: true},
		{use: filsluse.WrongBytes, code: 200, head: "Content-Length", want: "1000"},
		{use: filsluse.Digest, code: 200, same: true, head: "Digest", want: "SHA=" + base64SHA1},
		{use: filsluse.DigestWrong, code: 200, same: true, head: "Digest", want: "SHA=AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		{use: filsluse.DownloadHTML, code: 200, head: "Content-Type", want: "text/html; charset=utf-8"},
		{use: filsluse.RedirectSame, code: 302},
		{use: filsluse.RedirectHost, code: 302},
		{use: filsluse.RedirectPlain, code: 302},
		{use: filsluse.DLP, code: 403},
		{use: filsluse.Gzip, code: 200, head: "Content-Encoding", want: "gzip"},
	}
	content := strings.Repeat("x", 1000)
	for _, tt := range tests {
		t.Run(string(tt.use), func(t *testing.T) {
			d := start(t, scenario.Use{Name: tt.use, N: tt.n})
			d.Client().Transport.(*http.Transport).DisableCompression = true
			id := d.put(t, "a.zip", content)
			d.login(t)
			d.undeclared = tt.code == 302 || tt.use == filsluse.DownloadHTML
			a := d.get(t, "/api/v1/files/"+id+"/download")
			if a.code != tt.code || (a.err != nil) != tt.broken || (string(a.body) == content) != tt.same {
				t.Errorf("answer %d, %d bytes, %v", a.code, len(a.body), a.err)
			}
			if a.head.Get(tt.head) != tt.want && tt.head != "" {
				t.Errorf("%s: %q", tt.head, a.head.Get(tt.head))
			}
		})
	}
}

// base64SHA1 is the SHA-1 of a thousand x, in base64.
const base64SHA1 = "w++mkPo/3S4lJoU+7WcFOOoSdjg="

func TestHashForms(t *testing.T) {
	for use, want := range map[scenario.Name]string{
		"": "c3efa690fa3fdd2e2526853eed670538ea127638", filsluse.NoHash: "",
		filsluse.HashUpper: "C3EFA690FA3FDD2E2526853EED670538EA127638", filsluse.HashBase64: base64SHA1,
	} {
		d := start(t, scenario.Use{Name: use})
		id := d.put(t, "a.zip", strings.Repeat("x", 1000))
		d.login(t)
		if a := d.get(t, "/api/v1/files/"+id); a.has(t, "hash") != want {
			t.Errorf("%s: %v", use, a.has(t, "hash"))
		}
	}
}

func TestRedirectShowsALeakedToken(t *testing.T) {
	d := start(t, scenario.Use{Name: filsluse.RedirectHost})
	id := d.put(t, "a.zip", "a")
	d.login(t)
	d.undeclared = true
	to := d.get(t, "/api/v1/files/"+id+"/download").head.Get("Location")
	req, _ := http.NewRequest(http.MethodGet, to, nil)
	req.URL.Host = strings.TrimPrefix(d.URL, "https://") // the same machine
	req.Header.Set("Authorization", "Bearer "+d.token)
	if _, err := d.Client().Do(req); err != nil {
		t.Fatal(err)
	}
	last := d.trail.Entries()[len(d.trail.Entries())-1]
	if last.Event != "elsewhere" || last.Detail != "with a token" {
		t.Errorf("%+v", last)
	}
}

func TestStallEndsWithTheSandbox(t *testing.T) {
	d := start(t, scenario.Use{Name: filsluse.Stall, N: 10})
	id := d.put(t, "a.zip", strings.Repeat("x", 1000))
	d.login(t)
	d.Client().Timeout = 200 * time.Millisecond
	if a := d.get(t, "/api/v1/files/"+id+"/download"); a.err == nil || len(a.body) > 10 {
		t.Errorf("%d bytes, %v", len(a.body), a.err)
	}
}

func TestDeletion(t *testing.T) {
	tests := []struct {
		use   scenario.Name
		times int
		codes []int // 0: the line was cut
		left  int
	}{
		{filsluse.Delete403, 0, []int{403, 403}, 1},
		{filsluse.Delete404, 0, []int{404, 404}, 0},
		{filsluse.Delete405, 0, []int{405, 405}, 1},
		{filsluse.Delete500, 1, []int{500, 204}, 0},
		{filsluse.DeleteCut, 0, []int{0, 404}, 0},
	}
	for _, tt := range tests {
		t.Run(string(tt.use), func(t *testing.T) {
			d := start(t, scenario.Use{Name: tt.use, Times: tt.times})
			id := d.put(t, "a.zip", "a")
			d.login(t)
			for _, want := range tt.codes {
				d.undeclared = want == 404 || want == 405
				if a := d.do(t, http.MethodDelete, "/api/v1/files/"+id, nil, ""); a.code != want {
					t.Errorf("answer %d, want %d", a.code, want)
				}
			}
			if n := len(d.s.Names(user)); n != tt.left {
				t.Errorf("%d files left", n)
			}
		})
	}
}

func TestHostileNames(t *testing.T) {
	d := start(t, scenario.Use{Name: filsluse.HostileNames})
	d.login(t)
	a := d.get(t, "/api/v1/files?perPage=200")
	if n := len(a.has(t, "items").([]any)); n != 12 || !bytes.Contains(a.body, []byte(`..\\x.zip`)) {
		t.Errorf("%d files: %s", n, a.body)
	}
}

func TestOthersFilesAreNotThere(t *testing.T) {
	d := start(t)
	id, err := d.s.Put("somebody@else.example", "a.zip", strings.NewReader("a"))
	if err != nil {
		t.Fatal(err)
	}
	d.login(t)
	d.undeclared = true
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		if a := d.do(t, method, "/api/v1/files/"+id, nil, ""); a.code != 404 {
			t.Errorf("%s: %d", method, a.code)
		}
	}
	if a := d.get(t, "/api/v1/folders/1"); a.code != 403 {
		t.Errorf("folder: %d", a.code)
	}
}
