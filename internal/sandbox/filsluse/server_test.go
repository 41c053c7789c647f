package filsluse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
)

const (
	user     = "postmottak@kommune.example"
	password = "sommer+2018&æ"
)

// router finds operations in the vendor's document, repaired as the notes on
// it say; read once.
var router = sync.OnceValues(func() (routers.Router, error) {
	data, err := os.ReadFile("testdata/moveit-openapi.json")
	if err != nil {
		return nil, err
	}
	var old openapi2.T
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, err
	}
	doc, err := openapi2conv.ToV3(&old)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

type double struct {
	*httptest.Server
	s     *filsluse.Server
	trail *trail.Trail
	now   time.Time
	token string
	// undeclared answers are those the document does not have, yet clients
	// meet.
	undeclared bool
}

func start(t *testing.T, uses ...scenario.Use) *double {
	t.Helper()
	d := &double{now: time.Date(2018, 2, 8, 14, 48, 8, 0, time.UTC)}
	var mu sync.Mutex
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return d.now }
	d.trail = trail.New(now)
	var err error
	d.s, err = filsluse.New(filsluse.Options{
		Dir: t.TempDir(), Now: now, Trail: d.trail, Scenarios: uses,
		Accounts: []filsluse.Account{{Username: user, Password: secret.FromString(password), FullName: "Prøve"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Server = httptest.NewTLSServer(d.s)
	d.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(func() { d.s.Close(); d.Close(); d.assertNoSecret(t) })
	return d
}

// assertNoSecret searches the trail.
func (d *double) assertNoSecret(t *testing.T) {
	t.Helper()
	for _, e := range d.trail.Entries() {
		text := e.Who + e.Object + e.Detail
		if strings.Contains(text, password) || (d.token != "" && strings.Contains(text, d.token)) {
			t.Errorf("a secret in the trail: %+v", e)
		}
	}
}

type answer struct {
	code int
	head http.Header
	body []byte
	err  error
}

func (a answer) has(t *testing.T, path string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("answer %d %q: %v", a.code, a.body, err)
	}
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, _ := strconv.Atoi(key)
			if i >= len(x) {
				return nil
			}
			v = x[i]
		}
	}
	return v
}

// do makes a request and holds the answer against the document.
func (d *double) do(t *testing.T, method, path string, body io.Reader, contentType string) answer {
	t.Helper()
	req, err := http.NewRequest(method, d.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token)
	}
	res, err := d.Client().Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	a := answer{res.StatusCode, res.Header, data, err}
	if err == nil && !d.undeclared {
		conform(t, req, a)
	}
	return a
}

func conform(t *testing.T, req *http.Request, a answer) {
	t.Helper()
	r, err := router()
	if err != nil {
		t.Fatal(err)
	}
	plain := req.Clone(req.Context())
	plain.URL.Scheme, plain.URL.Host = "", ""
	route, params, err := r.FindRoute(plain)
	if err != nil {
		t.Errorf("%s %s is not in the document: %v", req.Method, req.URL.Path, err)
		return
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: plain, PathParams: params, Route: route},
		Status:                 a.code, Header: a.head,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	in.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(req.Context(), in); err != nil {
		t.Errorf("%s %s answered %d %.200q, against the document: %v", req.Method, req.URL.Path, a.code, a.body, err)
	}
}

func (d *double) form(t *testing.T, path string, pairs ...string) answer {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return d.do(t, http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

func (d *double) get(t *testing.T, path string) answer {
	t.Helper()
	return d.do(t, http.MethodGet, path, nil, "")
}

func (d *double) grant(t *testing.T, extra ...string) answer {
	t.Helper()
	return d.form(t, "/api/v1/token", append([]string{"grant_type", "password", "username", user, "password", password}, extra...)...)
}

func (d *double) login(t *testing.T) {
	t.Helper()
	a := d.grant(t)
	if a.code != 200 {
		t.Fatalf("login: %d %s", a.code, a.body)
	}
	d.token, _ = a.has(t, "access_token").(string)
}

func (d *double) put(t *testing.T, name, content string) string {
	t.Helper()
	id, err := d.s.Put(user, name, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestThirteenOperations(t *testing.T) {
	d := start(t)
	id := d.put(t, "IPLOS.zip", "the archive")
	if a := d.get(t, "/api/v1/info?orgId=-1"); a.has(t, "allowPassChangeRequests") != true {
		t.Errorf("info: %s", a.body)
	}
	d.login(t)
	self := d.get(t, "/api/v1/users/self")
	home := strconv.FormatFloat(self.has(t, "homeFolderID").(float64), 'f', 0, 64)
	if self.has(t, "username") != user || home == "0" {
		t.Errorf("self: %s", self.body)
	}
	if a := d.get(t, "/api/v1/folders/"+home); a.has(t, "permission.canDeleteFiles") != true || a.has(t, "cleanTimeDays") != 60.0 {
		t.Errorf("folder: %s", a.body)
	}
	for _, list := range []string{"/api/v1/files", "/api/v1/folders/" + home + "/files?perPage=200"} {
		if a := d.get(t, list); a.has(t, "items.0.id") != id || a.has(t, "items.0.isNew") != true || a.has(t, "items.0.hash") != nil {
			t.Errorf("%s: %s", list, a.body)
		}
	}
	const sum = "93d65d8ef8809119364826b7442c1a49710afa43"
	details := d.get(t, "/api/v1/files/"+id)
	if details.has(t, "hash") != sum || details.has(t, "uploadStamp") != "2018-02-08T14:48:08" {
		t.Errorf("details: %s", details.body)
	}
	if a := d.get(t, "/api/v1/files/"+id+"/download"); string(a.body) != "the archive" || a.head.Get("Content-Length") != "11" {
		t.Errorf("download: %q %v", a.body, a.head)
	}
	a := d.get(t, "/api/v1/folders/"+home+"/files/"+id+"/download")
	if a.code != http.StatusFound || a.head.Get("Location") != "/api/v1/files/"+id+"/download" {
		t.Errorf("folder download: %d %v", a.code, a.head)
	}
	patch := d.do(t, http.MethodPatch, "/api/v1/files/"+id, strings.NewReader(`{"isNew": false}`), "application/json")
	if patch.has(t, "isNew") != false || patch.has(t, "downloadCount") != 1.0 {
		t.Errorf("patch: %s", patch.body)
	}
	if a := d.get(t, "/api/v1/files?newOnly=true"); a.has(t, "paging.totalItems") != 0.0 {
		t.Errorf("new only: %s", a.body)
	}
	if a := d.do(t, http.MethodDelete, "/api/v1/files/"+id, nil, ""); a.code != http.StatusNoContent || len(a.body) != 0 {
		t.Errorf("delete: %d %q", a.code, a.body)
	}
	if a := d.form(t, "/api/v1/token/revoke", "token", d.token); a.code != 200 {
		t.Errorf("revoke: %d", a.code)
	}
	d.undeclared = true
	if a := d.get(t, "/api/v1/users/self"); a.code != 401 || a.has(t, "message") == nil {
		t.Errorf("after revoke: %d %s", a.code, a.body)
	}
	if n := d.trail.Count("filsluse", "password-grant"); n != 1 {
		t.Errorf("%d password grants in the trail", n)
	}
}

func TestAccounts(t *testing.T) {
	on := func(n scenario.Name) scenario.Use { return scenario.Use{Name: n} }
	t.Run("refused", func(t *testing.T) {
		d := start(t)
		a := d.form(t, "/api/v1/token", "grant_type", "password", "username", user, "password", "wrong")
		b := d.form(t, "/api/v1/token", "grant_type", "password", "username", "nobody", "password", password)
		if a.code != 400 || !bytes.Equal(a.body, b.body) || a.has(t, "error") != "invalid_grant" {
			t.Errorf("%s and %s", a.body, b.body)
		}
	})
	t.Run("mfa", func(t *testing.T) {
		d := start(t, on(filsluse.MFAEmail))
		a := d.grant(t)
		if a.code != 401 || a.has(t, "error") != "mfa_required" || a.has(t, "mfa_supported_methods.is_mfa_email_enabled") != true {
			t.Fatalf("%d %s", a.code, a.body)
		}
		half := a.has(t, "mfa_access_token").(string)
		if m := d.form(t, "/api/v1/token/otp", "mfa_access_token", half); m.has(t, "user.masked_email") != "p*****@kommune.example" {
			t.Errorf("otp: %s", m.body)
		}
		if bad := d.form(t, "/api/v1/token", "grant_type", "otp", "mfa_access_token", half, "otp", "000000"); bad.code != 400 {
			t.Errorf("wrong code: %d", bad.code)
		}
		if ok := d.form(t, "/api/v1/token", "grant_type", "otp", "mfa_access_token", half, "otp", "246 810"); ok.code != 200 {
			t.Errorf("right code: %d %s", ok.code, ok.body)
		}
	})
	t.Run("setup", func(t *testing.T) {
		if a := start(t, on(filsluse.MFASetup)).grant(t); a.code != 412 {
			t.Errorf("%d", a.code)
		}
	})
	t.Run("change", func(t *testing.T) {
		d := start(t, on(filsluse.MustChange))
		a := d.grant(t)
		if a.code != 400 || a.has(t, "error_code") != 3988.0 || a.has(t, "password_requirements.minimum_length") != 6.0 {
			t.Fatalf("%s", a.body)
		}
		if weak := d.grant(t, "new_password", "postmottak1"); weak.code != 400 {
			t.Errorf("a password like the user name: %d", weak.code)
		}
		if ok := d.grant(t, "new_password", "nytt-passord-9"); ok.code != 200 {
			t.Errorf("new password: %s", ok.body)
		}
		if old := d.grant(t); old.code != 400 || old.has(t, "error") != "invalid_grant" {
			t.Errorf("the old password still works: %s", old.body)
		}
	})
	t.Run("notice", func(t *testing.T) {
		d := start(t, on(filsluse.Notice))
		if a := d.grant(t); a.has(t, "error_code") != 3985.0 || d.get(t, "/api/v1/info").has(t, "securityNotice") == "" {
			t.Errorf("%s", a.body)
		}
		if a := d.grant(t, "accept_security_notice", "true"); a.code != 200 {
			t.Errorf("accepted: %s", a.body)
		}
	})
	t.Run("not permitted", func(t *testing.T) {
		d := start(t, on(filsluse.NotPermitted))
		d.login(t)
		if a := d.get(t, "/api/v1/users/self"); a.code != 403 {
			t.Errorf("%d", a.code)
		}
	})
	t.Run("no home", func(t *testing.T) {
		d := start(t, on(filsluse.NoHome))
		d.login(t)
		if a := d.get(t, "/api/v1/users/self"); a.has(t, "homeFolderID") != 0.0 {
			t.Errorf("%s", a.body)
		}
	})
	t.Run("locked", func(t *testing.T) {
		if a := start(t, on(filsluse.Locked)).grant(t); a.code != 400 || a.has(t, "error") != "invalid_grant" {
			t.Errorf("%s", a.body)
		}
	})
}

func TestLockout(t *testing.T) {
	d := start(t)
	for i := range 15 {
		d.form(t, "/api/v1/token", "grant_type", "password", "username", "u"+strconv.Itoa(i), "password", "wrong")
	}
	if a := d.grant(t); a.code != 400 {
		t.Error("the address is not locked after fifteen attempts")
	}
	d.now = d.now.Add(5 * time.Minute)
	if a := d.grant(t); a.code != 200 {
		t.Errorf("still locked after five minutes: %s", a.body)
	}
	for range 10 {
		d.form(t, "/api/v1/token", "grant_type", "password", "username", user, "password", "wrong")
	}
	d.now = d.now.Add(6 * time.Minute) // the address is free, the user is not
	if a := d.grant(t); a.code != 400 {
		t.Error("the user is not locked after ten attempts")
	}
	d.now = d.now.Add(5 * time.Minute)
	if a := d.grant(t); a.code != 200 {
		t.Errorf("the user is still locked: %s", a.body)
	}
}

func TestTokens(t *testing.T) {
	d := start(t, scenario.Use{Name: filsluse.ShortToken, N: 2})
	a := d.grant(t)
	d.token = a.has(t, "access_token").(string)
	if a.has(t, "expires_in") != 2.0 || len(d.token) != 278 {
		t.Errorf("%s", a.body)
	}
	refresh := a.has(t, "refresh_token").(string)
	d.now = d.now.Add(3 * time.Second)
	d.undeclared = true
	if b := d.get(t, "/api/v1/files"); b.code != 401 {
		t.Errorf("an old token: %d", b.code)
	}
	b := d.form(t, "/api/v1/token", "grant_type", "refresh_token", "refresh_token", refresh)
	d.token, _ = b.has(t, "access_token").(string)
	if c := d.get(t, "/api/v1/files"); c.code != 200 {
		t.Errorf("a renewed token: %d", c.code)
	}
	if c := d.form(t, "/api/v1/token", "grant_type", "refresh_token", "refresh_token", refresh); c.code != 400 {
		t.Errorf("a refresh token used twice: %d", c.code)
	}
	dead := start(t, scenario.Use{Name: filsluse.DeadRefresh})
	refresh = dead.grant(t).has(t, "refresh_token").(string)
	if c := dead.form(t, "/api/v1/token", "grant_type", "refresh_token", "refresh_token", refresh); c.code != 400 {
		t.Errorf("dead refresh: %d", c.code)
	}
	none := start(t, scenario.Use{Name: filsluse.DeadToken})
	none.login(t)
	none.undeclared = true
	if c := none.get(t, "/api/v1/files"); c.code != 401 {
		t.Errorf("dead token: %d", c.code)
	}
}

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

func TestServiceOff(t *testing.T) {
	for use, code := range map[scenario.Name]int{filsluse.APIOff: 200, filsluse.Unavailable: 503} {
		d := start(t, scenario.Use{Name: use})
		d.undeclared = true
		for _, path := range []string{"/api/v1/token", "/api/v1/files"} {
			a := d.get(t, path)
			if a.code != code || !bytes.Contains(bytes.ToLower(a.body), []byte("<html")) {
				t.Errorf("%s %s: %d %s", use, path, a.code, a.body)
			}
		}
	}
}

func TestQuickCheckAnswersJSON(t *testing.T) {
	d := start(t)
	d.undeclared = true
	a := d.get(t, "/api/v1/token")
	if a.code != 405 || a.has(t, "message") == nil {
		t.Errorf("%d %s", a.code, a.body)
	}
}

func TestParametersAreChecked(t *testing.T) {
	d := start(t)
	d.login(t)
	d.undeclared = true
	for _, query := range []string{"page=0", "perPage=-1", "page=x", "sortField=colour", "sinceDate=yesterday"} {
		if a := d.get(t, "/api/v1/files?"+query); a.code != 422 || a.has(t, "errors.0.field") == nil {
			t.Errorf("%s: %d %s", query, a.code, a.body)
		}
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

func TestWebPages(t *testing.T) {
	d := start(t)
	d.put(t, "<b>IPLOS</b>.zip", "the archive")
	c := d.Client()
	c.Jar, _ = cookiejar.New(nil)
	c.CheckRedirect = nil
	read := func(res *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		data, _ := io.ReadAll(res.Body)
		return string(data)
	}
	if text := read(c.PostForm(d.URL+"/human.aspx", url.Values{"username": {user}, "password": {"wrong"}})); !strings.Contains(text, "avvist") {
		t.Error(text)
	}
	text := read(c.PostForm(d.URL+"/human.aspx", url.Values{"username": {user}, "password": {password}}))
	if !strings.Contains(text, "&lt;b&gt;IPLOS") || strings.Contains(text, "<b>IPLOS") {
		t.Fatal(text)
	}
	_, rest, _ := strings.Cut(text, `href="/file/`)
	id, _, _ := strings.Cut(rest, `"`)
	if got := read(c.Get(d.URL + "/file/" + id)); got != "the archive" {
		t.Errorf("download: %q", got)
	}
	if read(c.PostForm(d.URL+"/delete/"+id, url.Values{"csrf": {"forged"}})); len(d.s.Names(user)) != 1 {
		t.Error("deleted with a forged token")
	}
	_, rest, _ = strings.Cut(text, `name="csrf" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	if read(c.PostForm(d.URL+"/delete/"+id, url.Values{"csrf": {token}})); len(d.s.Names(user)) != 0 {
		t.Error("not deleted")
	}
	if read(c.PostForm(d.URL+"/logout", url.Values{"csrf": {token}})); strings.Contains(read(c.Get(d.URL+"/")), user) {
		t.Error("still logged in after log-out")
	}
}

// The document must be able to reject: the shape of the vendor's own stale
// example is one it must not take.
func TestDocumentRejectsTheStaleShape(t *testing.T) {
	r, err := router()
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, "/api/v1/files", nil)
	route, params, err := r.FindRoute(req)
	if err != nil {
		t.Fatal(err)
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 200, Header: http.Header{"Content-Type": {"application/json"}},
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	in.SetBodyBytes([]byte(`{"items":[{"id":"1","name":"a","fileSize":1}],"paging":{"currentPage":1,"itemsPerPage":25}}`))
	if err := openapi3filter.ValidateResponse(context.Background(), in); err == nil {
		t.Error("accepted")
	}
}
