package moveit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"iplos/internal/fault"
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

	html bool
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
	return b
}

// StatusError is the cause of a fault that a status gave.
type StatusError struct {
	Status int
	// Said is the server's own line, cleaned.
	Said string
	// HTML tells that a page came instead of the API's answer.
	HTML bool
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("server answered %d: %q", e.Status, e.Said)
}

// refusal turns a status other than 2xx of a call with a token into a fault.
func refusal(a answer) error {
	b := readError(a)
	cause := &StatusError{Status: a.status, Said: b.line(), HTML: b.html}
	said := cmp.Or(cause.Said, http.StatusText(a.status))
	switch status := fmt.Sprint(a.status); {
	case a.status == http.StatusUnauthorized:
		return fault.Wrap(cause, fault.Refused, "feedback.session", "said", said)
	case a.status >= 500:
		return fault.Wrap(cause, fault.Network, "feedback.server", "status", status, "said", said)
	case b.html:
		return fault.Wrap(cause, fault.Refused, "feedback.blocked", "status", status)
	case a.status == http.StatusForbidden:
		return fault.Wrap(cause, fault.Refused, "feedback.forbidden", "said", said)
	case a.status == http.StatusNotFound:
		return fault.Wrap(cause, fault.Refused, "feedback.gone", "said", said)
	default:
		return fault.Wrap(cause, fault.Refused, "feedback.refused", "status", status, "said", said)
	}
}
