package filsluse_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
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
	now := func() time.Time { return d.now }
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
