package feedback_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/feedback/moveit"
	"iplos/internal/secret"
)

func TestAccountStates(t *testing.T) {
	cases := []struct{ scenario, want string }{
		{"feedback-locked", "feedback.login.refused"},
		{"feedback-must-change", "feedback.login.change"},
		{"feedback-notice", "feedback.login.notice"},
		{"feedback-mfa-email", "feedback.login.mfa.email"},
		{"feedback-mfa-app", "feedback.login.mfa.app"},
		{"feedback-mfa-setup", "feedback.login.mfa.setup"},
		{"feedback-api-off", "feedback.api.absent"},
	}
	for _, c := range cases {
		t.Run(c.scenario, func(t *testing.T) {
			r := start(t, c.scenario)
			err := r.client(t).SignIn(t.Context(), username, secret.FromString(login))
			if id(err) != c.want || fault.KindOf(err) != fault.Refused {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if n := r.count("password-grant"); n > 1 {
				t.Errorf("%d password grants", n)
			}
			r.noSecrets(t, err.Error())
		})
	}
	r := start(t, "feedback-unavailable")
	err := r.client(t).SignIn(t.Context(), username, secret.FromString(login))
	if id(err) != "feedback.server" || fault.KindOf(err) != fault.Network {
		t.Error(err)
	}
	if f, ok := errors.AsType[*fault.Error](err); !ok || slices.Contains(f.Args, any("")) {
		t.Errorf("an empty word in %+v", f) // a server that says nothing else has its status
	}
}

func TestNotPermitted(t *testing.T) {
	r := start(t, "feedback-not-permitted")
	if _, err := r.pull(t, nil); id(err) != "feedback.forbidden" || fault.KindOf(err) != fault.Refused {
		t.Error(err)
	}
}

// TestRejectedIsRemembered sends a wrong password once, never twice, also in
// another run; a changed one is sent.
func TestRejectedIsRemembered(t *testing.T) {
	r := start(t)
	wrong := secret.FromString("Kanari-feil-1")
	if err := r.client(t).SignIn(t.Context(), username, wrong); id(err) != "feedback.login.refused" {
		t.Fatal(err)
	}
	for range 3 {
		err := r.client(t).SignIn(t.Context(), username, wrong)
		if id(err) != "feedback.login.remembered" || fault.KindOf(err) != fault.Refused {
			t.Fatal(err)
		}
	}
	if n := r.count("password-grant"); n != 1 {
		t.Errorf("%d password grants, want 1", n)
	}
	r.signedIn(t)
	if n := r.count("password-grant"); n != 2 {
		t.Errorf("%d password grants, want 2", n)
	}
	r.noSecrets(t)
}

func TestOneGrantPerClient(t *testing.T) {
	r := start(t)
	c := r.signedIn(t)
	if err := c.SignIn(t.Context(), username, secret.FromString(login)); id(err) != "feedback.login.twice" {
		t.Error(err)
	}
	if n := r.count("password-grant"); n != 1 {
		t.Errorf("%d password grants", n)
	}
	c.SignOut(t.Context())
	if n := r.count("revoke"); n != 1 {
		t.Errorf("%d revocations", n)
	}
}

func TestRefreshAtHalfLife(t *testing.T) {
	r := start(t, "feedback-short-token=100")
	c := r.signedIn(t)
	r.now = r.now.Add(49 * time.Second)
	if _, err := c.Files(t.Context()); err != nil || r.count("refresh-grant") != 0 {
		t.Errorf("before half-life: %v, %d refreshes", err, r.count("refresh-grant"))
	}
	r.now = r.now.Add(2 * time.Second)
	if _, err := c.Files(t.Context()); err != nil || r.count("refresh-grant") != 1 {
		t.Errorf("past half-life: %v, %d refreshes", err, r.count("refresh-grant"))
	}
	r.now = r.now.Add(101 * time.Second)
	if _, err := c.Files(t.Context()); id(err) != "feedback.session.expired" {
		t.Errorf("past the end: %v", err)
	}
	if n := r.count("password-grant"); n != 1 {
		t.Errorf("%d password grants", n)
	}
}

func TestDeadTokens(t *testing.T) {
	r := start(t, "feedback-short-token=100", "feedback-dead-refresh")
	c := r.signedIn(t)
	r.now = r.now.Add(60 * time.Second)
	for range 2 {
		if _, err := c.Files(t.Context()); err != nil {
			t.Error(err) // the old token still does
		}
	}
	if n := r.count("refresh-grant"); n != 1 {
		t.Errorf("%d refreshes of a dead token", n)
	}
	r = start(t, "feedback-dead-token")
	if _, err := r.signedIn(t).Files(t.Context()); id(err) != "feedback.session" {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	cases := []struct {
		scenario, want string
		kind           fault.Kind
	}{
		{"", "<nil>", ""},
		{"feedback-api-off", "feedback.api.absent", fault.Refused},
		{"feedback-unavailable", "feedback.check.down", fault.Network},
	}
	for _, c := range cases {
		var scenarios []string
		if c.scenario != "" {
			scenarios = []string{c.scenario}
		}
		r := start(t, scenarios...)
		_, err := r.client(t).Check(t.Context())
		if id(err) != c.want || fault.KindOf(err) != c.kind {
			t.Errorf("%q: %v", c.scenario, err)
		}
		if r.count("password-grant") != 0 {
			t.Error("a password was sent")
		}
	}
}

func TestAllowedHosts(t *testing.T) {
	for url, want := range map[string]string{
		"https://filsluse.ssb.no": "<nil>", "https://filsluse.ssb.no/": "<nil>", "https://127.0.0.1:8443": "<nil>", "http://localhost:80": "<nil>",
		"https://intern.kommune.no": "<nil>", "https://filsluse.ssb.no.example.com": "feedback.host", "https://ssb.no": "feedback.host",
		"http://filsluse.ssb.no": "feedback.url", "filsluse.ssb.no": "feedback.url", "https://a:b@filsluse.ssb.no": "feedback.url",
		"https://filsluse.ssb.no?x=1": "feedback.url", "": "feedback.url", "://": "feedback.url",
	} {
		r := moveit.Options{BaseURL: url, HTTP: httpClient(), AllowedHosts: []string{"intern.kommune.no"}}
		if _, err := moveit.New(r); id(err) != want {
			t.Errorf("%q: %v, want %s", url, err, want)
		}
	}
}

func TestMissingCredential(t *testing.T) {
	r := start(t)
	if err := r.client(t).SignIn(t.Context(), username, secret.Value{}); id(err) != "feedback.login.missing" {
		t.Error(err)
	}
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		scenarios []string
		want      int
	}{
		{nil, 0},
		{[]string{"feedback-empty-pages"}, 0},
		{[]string{"feedback-files=1", "feedback-unknown-fields", "feedback-null-stamps"}, 1},
		{[]string{"feedback-files=26", "feedback-no-home", "feedback-long-ids"}, 26},
		{[]string{"feedback-files=201", "feedback-zero-ids", "feedback-file-appears"}, 202},
		{[]string{"feedback-files=202", "feedback-file-vanishes"}, 202}, // the one that went was seen too
	} {
		r := start(t, c.scenarios...)
		files, err := r.signedIn(t).Files(t.Context())
		if err != nil || len(files) != c.want {
			t.Errorf("%v: %d files, %v", c.scenarios, len(files), err)
		}
		seen := map[string]bool{}
		for _, f := range files {
			if seen[f.ID] {
				t.Errorf("%v: %q twice", c.scenarios, f.ID)
			}
			seen[f.ID] = true
		}
	}
}

func TestFolderRules(t *testing.T) {
	r := start(t, "feedback-files=1")
	c := r.signedIn(t)
	user, err := c.Self(t.Context())
	if err != nil || user.Username != username {
		t.Fatal(user, err)
	}
	folder, err := c.Folder(t.Context(), user.HomeFolderID)
	if err != nil || folder.Permission.Delete == nil || folder.KeepsFiles() {
		t.Fatal(folder, err)
	}
	day, ok := folder.Disappears("2018-02-08T14:48:08")
	if !ok || day.Format("2006-01-02") != "2018-04-09" {
		t.Error(day, ok)
	}
	files, err := c.FolderFiles(t.Context(), user.HomeFolderID)
	if err != nil || len(files) != 1 {
		t.Error(files, err)
	}
}
