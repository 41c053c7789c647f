package filsluse

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"iplos/internal/secret"
)

// otpCode is the code that the sandbox "mails": a person who practises must
// be able to go on.
const otpCode = "246 810"

const genericRefusal = "Invalid username/password or not allowed to sign on from this location."

// tokenHint is the vendor's quick check: a small JSON object means that the
// API listens.
func (s *Server) tokenHint(w http.ResponseWriter, r *http.Request) {
	s.note(r, "check", "", "", true, "")
	reply(w, http.StatusMethodNotAllowed, message{"The requested resource does not support http method 'GET'."})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil || !formEncoded(r) {
		s.note(r, "token", "", "", false, "no form")
		reply(w, http.StatusBadRequest, tokenError{Error: "unsupported_grant_type"})
		return
	}
	if len(r.URL.RawQuery) > 0 {
		// Credentials in an address end up in logs.
		s.note(r, "token-in-address", "", "", false, "")
	}
	switch form := r.PostForm; form.Get("grant_type") {
	case "password":
		s.passwordGrant(w, r, form)
	case "refresh_token":
		s.refreshGrant(w, r, form)
	case "otp":
		s.otpGrant(w, r, form)
	default:
		s.note(r, "token", "", "", false, "unsupported grant")
		reply(w, http.StatusBadRequest, tokenError{Error: "unsupported_grant_type"})
	}
}

func formEncoded(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

func (s *Server) passwordGrant(w http.ResponseWriter, r *http.Request, form url.Values) {
	a, ok := s.gate.check(r, form.Get("username"), form.Get("password"))
	if !ok || s.on.Has(Locked) {
		s.note(r, "password-grant", s.known(form.Get("username")), "", false, "refused")
		reply(w, http.StatusBadRequest, tokenError{Error: "invalid_grant", Description: genericRefusal})
		return
	}
	s.note(r, "password-grant", a.Username, "", true, "")
	s.goOn(w, r, a, form)
}

// known names only accounts we have: a password typed where the name belongs
// must not end up in the trail.
func (s *Server) known(username string) string {
	for _, a := range s.gate.accounts {
		if a.Username == username {
			return username
		}
	}
	return ""
}

// goOn asks for what stands between a right password and a token.
func (s *Server) goOn(w http.ResponseWriter, r *http.Request, a *account, form url.Values) {
	switch {
	case s.on.Has(MFASetup):
		reply(w, http.StatusPreconditionFailed, tokenError{Error: "mfa_setup_required", Description: "Multi-factor authentication must be set up."})
		return
	case s.on.Has(MFAEmail), s.on.Has(MFAApp):
		reply(w, http.StatusUnauthorized, tokenError{
			Error: "mfa_required", Code: 2028, Description: "Multi-factor authentication required.", MFAToken: s.gate.hold(a),
			Methods: &mfaMethods{App: s.on.Has(MFAApp), Email: s.on.Has(MFAEmail)},
		})
		return
	}
	s.afterMFA(w, r, a, form)
}

func (s *Server) afterMFA(w http.ResponseWriter, r *http.Request, a *account, form url.Values) {
	if s.on.Has(MustChange) && !s.changePassword(r, a, form) {
		reply(w, http.StatusBadRequest, tokenError{
			Error: "password_change_required", Code: 3988, Description: "Password change required.", MFAToken: s.gate.hold(a),
			User: &signonUser{orgID},
			Requirements: &passwordRequirements{
				MinimumLength: 6, UsernameMatch: "MustNotResemble", LettersNumbers: true,
			},
		})
		return
	}
	if form.Get("accept_security_notice") == "true" {
		s.gate.accept(a)
	}
	if s.on.Has(Notice) && !s.gate.state(a).accepted {
		reply(w, http.StatusBadRequest, tokenError{
			Error: "accept_security_notice_required", Code: 3985, Description: "Security notice acceptance required.",
			MFAToken: s.gate.hold(a), User: &signonUser{orgID},
		})
		return
	}
	s.issue(w, a)
}

// changePassword takes the new password, once for each account.
func (s *Server) changePassword(r *http.Request, a *account, form url.Values) bool {
	if s.gate.state(a).renewed {
		return true
	}
	password := form.Get("new_password")
	if password == "" || !s.gate.setPassword(a, password) {
		return false
	}
	s.note(r, "password-changed", a.Username, "", true, "")
	s.opts.PasswordChanged(a.Username, secret.FromString(password))
	return true
}

func (s *Server) issue(w http.ResponseWriter, a *account) {
	life := defaultLife
	if u, ok := s.on.Take(ShortToken); ok {
		life = time.Duration(u.N) * time.Second
	}
	reply(w, http.StatusOK, s.gate.issue(a, life))
}

func (s *Server) refreshGrant(w http.ResponseWriter, r *http.Request, form url.Values) {
	a, ok := s.gate.renew(form.Get("refresh_token"))
	if !ok || s.on.Has(DeadRefresh) {
		s.note(r, "refresh-grant", "", "", false, "refused")
		reply(w, http.StatusBadRequest, tokenError{Error: "invalid_grant", Description: "Refresh token is not valid."})
		return
	}
	s.note(r, "refresh-grant", a.Username, "", true, "")
	s.issue(w, a)
}

func (s *Server) otpGrant(w http.ResponseWriter, r *http.Request, form url.Values) {
	a, ok := s.gate.held(form.Get("mfa_access_token"))
	if !ok || strings.ReplaceAll(form.Get("otp"), " ", "") != strings.ReplaceAll(otpCode, " ", "") {
		s.note(r, "otp-grant", "", "", false, "refused")
		reply(w, http.StatusBadRequest, tokenError{Error: "invalid_grant", Description: genericRefusal})
		return
	}
	s.gate.release(form.Get("mfa_access_token"))
	s.note(r, "otp-grant", a.Username, "", true, "")
	s.afterMFA(w, r, a, form)
}

func (s *Server) sendOTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	_ = r.ParseForm() // an empty form has no token
	a, ok := s.gate.held(r.PostForm.Get("mfa_access_token"))
	if !ok {
		s.note(r, "otp-mail", "", "", false, "")
		reply(w, http.StatusUnauthorized, message{"Access token is not valid."})
		return
	}
	s.note(r, "otp-mail", a.Username, "", true, "")
	m := otpModel{}
	name, domain, _ := strings.Cut(a.Username, "@")
	m.User.MaskedEmail = name[:1] + "*****@" + domain
	reply(w, http.StatusOK, m)
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	_ = r.ParseForm() // an empty form has no token
	a, ok := s.gate.revoke(r.PostForm.Get("token"))
	if !ok {
		s.note(r, "revoke", "", "", false, "")
		reply(w, http.StatusUnauthorized, message{"Token is not valid."})
		return
	}
	s.note(r, "revoke", a.Username, "", true, "")
	reply(w, http.StatusOK, message{"Token was revoked."})
}

func (s *Server) info(w http.ResponseWriter, r *http.Request) {
	s.note(r, "info", "", "", true, "")
	m := orgModel{
		ID: "4711", Name: "Filsluse (øvelse)", ShortName: "filsluse", Language: "no", Locale: "nb-NO",
		NoticeRequired: "NotRequired", TechName: "iplos sandbox", TechEmail: "iplos@kommune.example",
		PasswordRequest: true, BaseURL: "https://" + r.Host, SSO: "Optional",
	}
	if s.on.Has(Notice) {
		m.NoticeRequired = "WhenNew"
		m.Notice, m.NoticeStamp = s.p.T("sandbox.filsluse.notice"), "2018-01-01T00:00:00"
	}
	reply(w, http.StatusOK, m)
}
