package moveit

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// token is what the server gave for the password.
type token struct {
	access, refresh string
	got             time.Time
	lasts           time.Duration
}

type tokenAnswer struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Expires int    `json:"expires_in"`
}

// The token endpoint's error codes (the product's API description, 2025.1).
const (
	codeMFA            = 2028
	codeNotice         = 3985
	codePasswordChange = 3988
)

// SignIn sends the password, once in the client's life: fifteen bad attempts
// in five minutes lock the whole address out, for every municipality behind
// it. What the server rejects is remembered and not sent again.
func (c *Client) SignIn(ctx context.Context, username string, password secret.Value) error {
	if c.tried {
		return fault.New(fault.Internal, "feedback.login.twice")
	}
	if username == "" || password.IsZero() {
		return fault.New(fault.Usage, "feedback.login.missing")
	}
	if err := c.checkMemory(username, password); err != nil {
		return err
	}
	c.tried = true
	form := url.Values{"grant_type": {"password"}, "username": {username}, "password": {string(password.Reveal())}}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	a, err := c.post(ctx, "token", form)
	switch {
	case err != nil:
		return err
	case a.status != http.StatusOK:
		return c.loginRefusal(ctx, a, username, password)
	default:
		return c.accept(a)
	}
}

func (c *Client) checkMemory(username string, password secret.Value) error {
	if c.opts.Rejected == nil {
		return nil
	}
	where, err := c.opts.Rejected.Known(c.base.Host, username, password)
	if err != nil {
		return err
	}
	if where != "" {
		return fault.New(fault.Refused, "feedback.login.remembered", "file", where, "url", c.URL())
	}
	return nil
}

// accept keeps the token of a good answer.
func (c *Client) accept(a answer) error {
	var t tokenAnswer
	if err := a.decode(&t); err != nil {
		return err
	}
	if t.Access == "" {
		return fault.New(fault.Refused, "feedback.answer", "url", a.url)
	}
	c.token = token{access: t.Access, refresh: t.Refresh, got: c.opts.Now(), lasts: time.Duration(t.Expires) * time.Second}
	return nil
}

// post sends a form without a token.
func (c *Client) post(ctx context.Context, path string, form url.Values) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint(path, nil), strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	return c.exchange(req)
}

// loginRefusal gives each state of an account its own fault. The error's name
// decides, its number when there is no name; its text is in the server's
// language and decides nothing. Only invalid_grant says no to the password
// (the product's API description): what else comes may be of the moment, or of
// something on the way, and a good password must not be kept back for it.
func (c *Client) loginRefusal(ctx context.Context, a answer, username string, password secret.Value) error {
	b := readError(a)
	cause, url, status := a.statusError(b), c.URL(), fmt.Sprint(a.status)
	if f := c.accountState(ctx, a, b); f != nil {
		return f
	}
	switch {
	case a.status == http.StatusTooManyRequests:
		return fault.Wrap(cause, fault.Network, "feedback.busy", "status", status)
	case a.status >= 500:
		return fault.Wrap(cause, fault.Network, "feedback.server", "status", status, "said", cmp.Or(cause.Said, http.StatusText(a.status)), "url", url)
	case b.Error == "invalid_grant":
		c.remember(username, password)
		return fault.Wrap(cause, fault.Refused, "feedback.login.refused", "url", url)
	case b.html || a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed:
		return fault.Wrap(cause, fault.Refused, "feedback.api.absent", "status", status, "url", url)
	case b.Error == "unauthorized_client" || a.status == http.StatusForbidden:
		return fault.Wrap(cause, fault.Refused, "feedback.login.forbidden", "url", url)
	default:
		return fault.Wrap(cause, fault.Refused, "feedback.login.unclear", "status", status, "url", url)
	}
}

// accountState tells what stands between a right password and a token; nil
// when it is something else.
func (c *Client) accountState(ctx context.Context, a answer, b errorBody) error {
	cause, url := a.statusError(b), c.URL()
	is := func(name string, code int) bool { return b.Error == name || b.Error == "" && b.ErrorCode == code }
	switch {
	case is("password_change_required", codePasswordChange):
		return fault.Wrap(cause, fault.Refused, "feedback.login.change", "minimum", max(b.Requirements.MinimumLength, 6), "url", url)
	case is("accept_security_notice_required", codeNotice):
		return fault.Wrap(cause, fault.Refused, "feedback.login.notice", "notice", c.notice(ctx), "url", url)
	case is("mfa_required", codeMFA) && b.Methods.App && !b.Methods.Email:
		return fault.Wrap(cause, fault.Refused, "feedback.login.mfa.app", "url", url)
	case is("mfa_required", codeMFA):
		return fault.Wrap(cause, fault.Refused, "feedback.login.mfa.email", "url", url)
	case a.status == http.StatusPreconditionFailed:
		return fault.Wrap(cause, fault.Refused, "feedback.login.mfa.setup", "url", url)
	default:
		return nil
	}
}

// remember keeps a rejected credential from being sent again. What the user
// must see is the rejection, also when this does not work.
func (c *Client) remember(username string, password secret.Value) {
	if c.opts.Rejected == nil {
		return
	}
	if err := c.opts.Rejected.Add(c.base.Host, username, password); err != nil {
		c.opts.Warn("feedback.login.forgotten")
	}
}

// notice fetches the text to be accepted; without it the page has it.
func (c *Client) notice(ctx context.Context) string {
	org, err := c.Info(ctx)
	if err != nil {
		return "–"
	}
	if line := (errorBody{Detail: org.SecurityNotice}).line(); line != "" {
		return line
	}
	return "–"
}

// freshen renews a token past half its life. One that cannot be renewed is
// used until it ends.
func (c *Client) freshen(ctx context.Context) error {
	if c.token.access == "" {
		return fault.New(fault.Internal, "feedback.login.none")
	}
	age := c.opts.Now().Sub(c.token.got)
	if c.token.lasts <= 0 || age < c.token.lasts/2 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if c.token.refresh != "" && age < c.token.lasts {
		a, err := c.post(ctx, "token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.token.refresh}})
		if err != nil {
			return err
		}
		if a.status == http.StatusOK {
			return c.accept(a)
		}
		c.token.refresh = "" // the old token may still do
	}
	if age >= c.token.lasts {
		return fault.New(fault.Refused, "feedback.session.expired")
	}
	return nil
}

// SignOut ends the session, as well as it can: its failure changes nothing
// for the user, and the token ends by itself. It works after the context has
// ended.
func (c *Client) SignOut(ctx context.Context) {
	if c.token.access == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTimeout)
	defer cancel()
	form := url.Values{"token": {c.token.access}}
	c.token = token{}
	_, _ = c.post(ctx, "token/revoke", form) // see above
}

// Info is what the server tells everybody about the organisation.
func (c *Client) Info(ctx context.Context) (Org, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.endpoint("info", nil), nil)
	if err != nil {
		return Org{}, fmt.Errorf("making a request: %w", err)
	}
	a, err := c.exchange(req)
	if err != nil {
		return Org{}, err
	}
	if a.status != http.StatusOK {
		return Org{}, refusal(a)
	}
	var org Org
	err = a.decode(&org)
	return org, err
}
