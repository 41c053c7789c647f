package filsluse_test

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/scenario"
)

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
