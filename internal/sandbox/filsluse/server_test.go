package filsluse_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"

	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/scenario"
)

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
