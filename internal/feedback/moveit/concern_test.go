package moveit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"iplos/internal/feedback/moveit"
	"iplos/internal/secret"
)

func TestConcern(t *testing.T) {
	for name, tc := range map[string]struct {
		self, id string
		status   int
	}{
		"change": {`{"username":"a","forceChangePassword":true}`, "feedback.concern.change", 200},
		"well":   {`{"username":"a","forceChangePassword":false}`, "", 200},
		"silent": {`{"username":"a"}`, "", 200},
		"fails":  {`{"forceChangePassword":true}`, "", 500},
		"a page": {`<html>`, "", 200},
	} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/token") {
				fmt.Fprint(w, `{"access_token":"t","expires_in":1200}`)
				return
			}
			w.WriteHeader(tc.status)
			fmt.Fprint(w, tc.self)
		}))
		c, err := moveit.New(moveit.Options{BaseURL: web.URL, HTTP: web.Client()})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SignIn(t.Context(), "a", secret.FromString("b")); err != nil {
			t.Fatal(err)
		}
		if id, args := c.Concern(t.Context()); id != tc.id || (id != "") != (len(args) > 0) {
			t.Errorf("%s: %q %v", name, id, args)
		}
		web.CloseClientConnections()
		web.Close()
	}
}
