package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"iplos/internal/sandbox"
)

var tokenField = regexp.MustCompile(`name="_token" value="([^"]+)"`)

func page(t testing.TB, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// login logs in to the plain pages and returns the upload form's token.
func login(t testing.TB, s *sandbox.Sandbox, c *http.Client) string {
	t.Helper()
	return loginAs(t, s, c, s.Info().Accounts[0])
}

func loginAs(t testing.TB, s *sandbox.Sandbox, c *http.Client, a sandbox.Account) string {
	t.Helper()
	base := s.Info().SendemodulURL
	pin, err := a.PIN()
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Get(base)
	text := page(t, res, err)
	res, err = c.PostForm(base+"logginn", url.Values{
		"_token": {tokenField.FindStringSubmatch(text)[1]}, "komnr": {a.Municipality}, "bydel": {a.District},
		"orgnr": {a.OrganisationNumber}, "pin": {string(pin.Reveal())},
	})
	m := tokenField.FindStringSubmatch(page(t, res, err))
	if m == nil {
		t.Fatal("no upload form after login")
	}
	return m[1]
}

func upload(t testing.TB, s *sandbox.Sandbox, c *http.Client, token, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("_token", token)
	w, _ := m.CreateFormFile("fil", filepath.Base(path))
	_, _ = w.Write(data)
	_ = m.Close()
	res, err := c.Post(s.Info().SendemodulURL+"send", m.FormDataContentType(), &body)
	return page(t, res, err)
}

// fetchFirst gets the first file by the REST API.
func fetchFirst(t *testing.T, s *sandbox.Sandbox, c *http.Client) []byte {
	t.Helper()
	a := s.Info().Accounts[0]
	password, err := a.Password()
	if err != nil {
		t.Fatal(err)
	}
	api := s.Info().FilsluseURL + "api/v1/"
	res, err := c.PostForm(api+"token", url.Values{
		"grant_type": {"password"}, "username": {a.Mailbox}, "password": {string(password.Reveal())},
	})
	var token struct {
		AccessToken string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(page(t, res, err)), &token)
	get := func(path string) string {
		req, _ := http.NewRequest(http.MethodGet, api+path, nil)
		req.Header.Set("Authorization", "Bearer "+token.AccessToken)
		res, err := c.Do(req)
		return page(t, res, err)
	}
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(get("files")), &list); err != nil || len(list.Items) == 0 {
		t.Fatalf("files: %+v, %v", list, err)
	}
	return []byte(get("files/" + list.Items[0].ID + "/download"))
}
