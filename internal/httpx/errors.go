package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"syscall"

	"iplos/internal/fault"
)

// Class says what sort of failure stopped a request.
type Class string

// The classes of failure.
const (
	// DNS: the name has no address, or the name server did not answer.
	DNS Class = "dns"
	// Refused: nothing listens there, or a firewall says no.
	Refused Class = "refused"
	// Unreachable: there is no road to the address.
	Unreachable Class = "unreachable"
	// Timeout: no connection, handshake or response in time.
	Timeout Class = "timeout"
	// TLS: the certificate or the handshake is no good.
	TLS Class = "tls"
	// Proxy: the proxy could not or would not connect.
	Proxy Class = "proxy"
	// Cut: the connection was closed before its time.
	Cut Class = "cut"
	// Stalled: the connection stayed open and carried next to nothing.
	Stalled Class = "stalled"
	// Protocol: what came was not HTTP.
	Protocol Class = "protocol"
	// TooLarge: the response was larger than allowed.
	TooLarge Class = "too-large"
	// Canceled: the caller gave up.
	Canceled Class = "canceled"
	// Other is anything else.
	Other Class = "other"
)

// The errors the package makes itself.
var (
	// ErrStalled is the cause of class Stalled.
	ErrStalled = errors.New("connection stalled")
	// ErrTooLarge is the cause of class TooLarge.
	ErrTooLarge    = errors.New("response too large")
	errNotLoopback = errors.New("not a loopback address")
)

type proxyError struct{ status int }

func (e *proxyError) Error() string {
	return fmt.Sprintf("proxy answered %d %s", e.status, http.StatusText(e.status))
}

// Error is a request that failed, without a response or with half of one.
type Error struct {
	Class Class
	// Host is the request's host, with its port where it has one.
	Host string
	// Err is the cause; it holds no address with its query.
	Err error
}

func (e *Error) Error() string {
	return fmt.Sprintf("talking to %q: %s: %v", e.Host, e.Class, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of the failure; "" for nil.
func ClassOf(err error) Class {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return classify(err)
}

// classify looks for the most telling error in the chain. The order matters:
// a proxy's refusal also is a connection refused, and a name server's timeout
// a timeout.
func classify(err error) Class {
	switch {
	case errors.Is(err, ErrStalled):
		return Stalled
	case errors.Is(err, ErrTooLarge):
		return TooLarge
	case isProxy(err):
		return Proxy
	case isType[*net.DNSError](err):
		return DNS
	case isErrno(err, syscall.ECONNREFUSED, 10061):
		return Refused
	case isErrno(err, syscall.EHOSTUNREACH, 10065), isErrno(err, syscall.ENETUNREACH, 10051), errors.Is(err, errNotLoopback):
		return Unreachable
	case isTLS(err):
		return TLS
	case errors.Is(err, context.Canceled):
		return Canceled
	case isTimeout(err):
		return Timeout
	case isCut(err):
		return Cut
	case notHTTP(err.Error()):
		return Protocol
	default:
		return Other
	}
}

// notHTTP tells from the standard library's words, its errors having no type,
// that the other side does not speak HTTP. The last is what it says when the
// other side spoke before it was asked.
func notHTTP(text string) bool {
	for _, words := range []string{"malformed HTTP", "server gave HTTP response to HTTPS client", "readLoopPeekFailLocked: %!w(<nil>)"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isProxy(err error) bool {
	if isType[*proxyError](err) {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "proxyconnect" || op.Op == "socks connect")
}

// isErrno also knows Windows' own numbers: syscall's names are invented there.
func isErrno(err error, unix syscall.Errno, windows uintptr) bool {
	if errors.Is(err, unix) {
		return true
	}
	no, ok := errors.AsType[syscall.Errno](err)
	return ok && runtime.GOOS == "windows" && uintptr(no) == windows
}

func isTLS(err error) bool {
	if isType[*tls.CertificateVerificationError](err) || isType[tls.RecordHeaderError](err) || isType[tls.AlertError](err) {
		return true
	}
	if isType[x509.UnknownAuthorityError](err) || isType[x509.HostnameError](err) || isType[x509.CertificateInvalidError](err) {
		return true
	}
	// crypto/tls gives most handshake failures no type, only this prefix; an
	// alert from the other side is an OpError with "remote error".
	text := err.Error()
	return strings.Contains(text, "tls: ") || strings.Contains(text, "remote error: tls")
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		isErrno(err, syscall.ECONNRESET, 10054) || isErrno(err, syscall.ECONNABORTED, 10053) || isErrno(err, syscall.EPIPE, 10058) ||
		strings.Contains(err.Error(), "server closed idle connection") || strings.Contains(err.Error(), "unexpected EOF")
}

// Fault turns a failed request into what the user is told: kind network, or
// interrupted when the caller gave up, refused for a redirect that was not
// followed.
func Fault(err error) *fault.Error {
	if r, ok := errors.AsType[*RedirectError](err); ok {
		if r.Host == "" {
			return fault.Wrap(r, fault.Refused, "http.redirects", "host", r.From)
		}
		return fault.Wrap(r, fault.Refused, "http.redirect", "host", r.From, "to", r.Host)
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Class: classify(err), Err: err}
	}
	// The *Error and not the url.Error around it, whose text has the query.
	return fault.Wrap(e, kindOf(e.Class), textID(e.Class), "host", e.Host, "cause", e.Err)
}

func kindOf(c Class) fault.Kind {
	if c == Canceled {
		return fault.Interrupted
	}
	return fault.Network
}

func textID(c Class) string {
	switch c {
	case DNS:
		return "http.dns"
	case Refused:
		return "http.refused"
	case Unreachable:
		return "http.unreachable"
	case Timeout:
		return "http.timeout"
	case TLS:
		return "http.tls"
	case Proxy:
		return "http.proxy"
	case Cut:
		return "http.cut"
	case Stalled:
		return "http.stalled"
	case Protocol:
		return "http.protocol"
	case TooLarge:
		return "http.too_large"
	case Canceled:
		return "http.canceled"
	default:
		return "http.other"
	}
}
