package moveit

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// canned is a server that signs anybody in and then answers every request
// with the same.
func canned(t testing.TB, status int, contentType, body string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") && r.Method == http.MethodPost {
			fmt.Fprint(w, `{"access_token":"t","token_type":"bearer","expires_in":1000,"refresh_token":"r"}`)
			return
		}
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	c, err := New(Options{BaseURL: server.URL, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SignIn(t.Context(), "a@b.no", secret.FromString("p")); err != nil {
		t.Fatal(err)
	}
	return c
}

func idOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.ID
	}
	return fmt.Sprint(err)
}

func TestErrorShapes(t *testing.T) {
	const problem = "application/problem+json"
	cases := []struct {
		status            int
		kind, body        string
		want, said        string
		wantKind          fault.Kind
		contentTypeIsHTML bool
	}{
		{403, problem, `{"title":"T","detail":"Access denied","errorCode":2310}`, "feedback.forbidden", "Access denied", fault.Refused, false},
		{400, problem, `{"error":"invalid_request","error_description":"Bad\r\nthing"}`, "feedback.refused", "Bad thing", fault.Refused, false},
		{401, problem, `{"message":"Authorization has been denied"}`, "feedback.session", "Authorization has been denied", fault.Refused, false},
		{422, problem, `{"title":"Only title","errors":[{"field":"page"}]}`, "feedback.refused", "Only title", fault.Refused, false},
		{404, problem, `{"error":"gone"}`, "feedback.gone", "gone", fault.Refused, false},
		{500, problem, `{"detail":"oops"}`, "feedback.server", "oops", fault.Network, false},
		{403, "text/html", "<html>WAF</html>", "feedback.blocked", "", fault.Refused, true},
		{405, "", "<HTML>no</HTML>", "feedback.blocked", "", fault.Refused, true},
		{403, "", "", "feedback.forbidden", "", fault.Refused, false},
		{403, problem, `{"detail":12}`, "feedback.forbidden", "", fault.Refused, false},
		{400, problem, `{"detail":"` + strings.Repeat("x", 100_000) + `"}`, "feedback.refused", "", fault.Refused, false},
		{200, "text/html", "<html>login</html>", "feedback.api.absent", "", fault.Refused, false},
		{200, problem, "ikke json", "feedback.answer", "", fault.Refused, false},
		{200, problem, `{"items":[]}`, "feedback.answer", "", fault.Refused, false},
		{200, problem, `{"items":[{"id":7}],"paging":{}}`, "feedback.answer", "", fault.Refused, false},
	}
	for _, c := range cases {
		_, err := canned(t, c.status, c.kind, c.body).FolderFiles(t.Context(), 1)
		if idOf(err) != c.want || fault.KindOf(err) != c.wantKind {
			t.Errorf("%d %.40q: %v, want %s", c.status, c.body, err, c.want)
		}
		s, ok := errors.AsType[*StatusError](err)
		if ok && (s.HTML != c.contentTypeIsHTML || s.Said != c.said || len(s.Error()) > 1000) {
			t.Errorf("%d %.40q: %+v", c.status, c.body, s)
		}
	}
}

// TestEndlessList has a server that always has one more page.
func TestEndlessList(t *testing.T) {
	c := canned(t, 200, "", `{"items":[{"id":"1","name":"a"}],"paging":{"page":1,"perPage":1,"totalItems":9,"totalPages":2000000000}}`)
	if _, err := c.FolderFiles(t.Context(), 1); idOf(err) != "feedback.endless" {
		t.Error(err)
	}
}

func TestDetailsOfAnother(t *testing.T) {
	if _, err := canned(t, 200, "", `{"id":"2","name":"a"}`).Details(t.Context(), "1"); idOf(err) != "feedback.answer" {
		t.Error(err)
	}
}

// TestIDsStayInTheirPlace has an id that would leave its path.
func TestIDsStayInTheirPlace(t *testing.T) {
	for id, want := range map[string]string{"1/../../x": "files/1%2F..%2F..%2Fx", "007": "files/007", "a?b": "files/a%3Fb"} {
		if got := filePath(id); got != want {
			t.Errorf("%q: %q", id, got)
		}
	}
}

func TestNoTokenWithoutSignIn(t *testing.T) {
	c, err := New(Options{BaseURL: "https://filsluse.ssb.no", HTTP: &http.Client{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Files(t.Context()); idOf(err) != "feedback.login.none" {
		t.Error(err)
	}
	c.SignOut(t.Context()) // connects to nothing
}

// FuzzAnswer gives the decoders whatever a server may send.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{"items":[{"id":"1","name":"a.zip","size":3,"isNew":true}],"paging":{"page":1,"totalPages":1,"totalItems":1}}`,
		`{"access_token":"t","expires_in":-5}`, `{"error":"mfa_required","error_code":2028,"mfa_supported_methods":{"is_mfa_email_enabled":true}}`,
		`{"error":"password_change_required","password_requirements":{"minimum_length":6}}`, `<html>`, `[]`, `null`, `{"detail":null}`, "",
	} {
		f.Add(400, s)
		f.Add(200, s)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := answer{status: status, header: http.Header{}, data: []byte(body)}
		if line := readError(a).line(); strings.ContainsAny(line, "\r\n\x1b") || len([]rune(line)) > 201 {
			t.Errorf("the line %q", line)
		}
		if refusal(a) == nil {
			t.Error("no refusal")
		}
		var file File
		_ = a.decode(&file)
		_, _ = Folder{CleanType: "AfterCleanTime", CleanDays: 3}.Disappears(body)
		c := &Client{opts: Options{Now: time.Now}}
		if err := c.accept(a); err == nil && c.token.access == "" {
			t.Error("a token without a token")
		}
	})
}
