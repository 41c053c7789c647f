package moveit

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"iplos/internal/fault"
	"iplos/internal/httpx"
)

// errorBody holds every shape an error has been seen in: the API's own, the
// token endpoint's, and the bare message of a dead session. HTML is the
// fifth, and has none of the fields.
type errorBody struct {
	Title       string `json:"title"`
	Detail      string `json:"detail"`
	Description string `json:"error_description"`
	Error       string `json:"error"`
	Message     string `json:"message"`
	ErrorCode   int    `json:"error_code"`

	Requirements struct {
		MinimumLength  int  `json:"minimum_length"`
		LettersNumbers bool `json:"require_letters_numbers"`
	} `json:"password_requirements"`
	Methods struct {
		App   bool `json:"is_mfa_authenticator_enabled"`
		Email bool `json:"is_mfa_email_enabled"`
	} `json:"mfa_supported_methods"`

	html, object bool
}

// line is the server's own words: one line, in the order clients have found
// useful.
func (b errorBody) line() string {
	s := cmp.Or(b.Detail, b.Description, b.Message, b.Title, b.Error)
	const longest = 200
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return s
}

// readError reads an error's body. What cannot be read says nothing.
func readError(a answer) errorBody {
	var b errorBody
	if err := json.Unmarshal(a.data, &b); err != nil {
		return errorBody{html: a.html()}
	}
	b.object = bytes.HasPrefix(bytes.TrimSpace(a.data), []byte("{"))
	return b
}

// StatusError is the cause of a fault that a status gave.
type StatusError struct {
	Status int
	// Said is the server's own line, cleaned.
	Said string
	// HTML tells that a page came instead of the API's answer, Object that a
	// JSON object came, as the API's errors are.
	HTML, Object bool
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("server answered %d: %q", e.Status, e.Said)
}

func (a answer) statusError(b errorBody) *StatusError {
	return &StatusError{Status: a.status, Said: b.line(), HTML: b.html, Object: b.object}
}

// IsGone tells that the API has no such file. The 404 of a firewall, a page
// or nothing at all, says nothing of the file.
func IsGone(err error) bool {
	s, ok := errors.AsType[*StatusError](err)
	return ok && s.Status == http.StatusNotFound && s.Object
}

func statusOf(err error) int {
	if s, ok := errors.AsType[*StatusError](err); ok {
		return s.Status
	}
	return 0
}

// refusal turns a status that was not asked for, of a call with a token, into
// a fault.
func refusal(a answer) error {
	b := readError(a)
	cause := a.statusError(b)
	said := cmp.Or(cause.Said, http.StatusText(a.status))
	switch status := fmt.Sprint(a.status); {
	case a.status == http.StatusUnauthorized:
		return fault.Wrap(cause, fault.Refused, "feedback.session", "said", said)
	case a.status == http.StatusTooManyRequests:
		return fault.Wrap(cause, fault.Network, "feedback.busy", "status", status)
	case a.status >= 500:
		return fault.Wrap(cause, fault.Network, "feedback.server", "status", status, "said", said, "url", a.url)
	case b.html:
		return fault.Wrap(cause, fault.Refused, "feedback.blocked", "status", status, "url", a.url)
	case a.status == http.StatusForbidden:
		return fault.Wrap(cause, fault.Refused, "feedback.forbidden", "said", said, "url", a.url)
	case a.status == http.StatusNotFound:
		return fault.Wrap(cause, fault.Refused, "feedback.gone", "said", said)
	default:
		return fault.Wrap(cause, fault.Refused, "feedback.refused", "status", status, "said", said, "url", a.url)
	}
}

// transportFault turns a failed exchange into a fault; a redirect that was
// refused is one too. Filsluse is on the internet: what to look into is not
// what it is for the Sendemodul.
func transportFault(err error) error {
	if err == nil {
		return nil
	}
	if r, ok := errors.AsType[*httpx.RedirectError](err); ok {
		return fault.New(fault.Refused, "feedback.redirect", "host", r.Host)
	}
	f := httpx.Fault(err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	switch httpx.ClassOf(err) {
	case httpx.DNS:
		f.ID = "feedback.net.dns"
	case httpx.Refused, httpx.Unreachable, httpx.Timeout, httpx.Other:
		f.ID = "feedback.net.closed"
	case httpx.TLS:
		f.ID = "feedback.net.tls"
		if certificate {
			f.ID = "feedback.net.certificate"
		}
	case httpx.Proxy:
		f.ID = "feedback.net.proxy"
	case httpx.Cut, httpx.Stalled:
		f.ID = "feedback.net.cut"
	case httpx.Protocol, httpx.TooLarge, httpx.Canceled:
		// The same for every server.
	}
	return f
}
