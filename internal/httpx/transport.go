package httpx

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// transport stands around net/http's own: user agent, stall watchdog, size
// limit, log line and error class.
type transport struct {
	base *http.Transport
	opts Options
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach through.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// RoundTrip sends one request.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	out := req.Clone(ctx)
	if out.Header.Get("User-Agent") == "" {
		out.Header.Set("User-Agent", t.opts.UserAgent)
	}
	var sent *sentBody
	if req.Body != nil && req.Body != http.NoBody {
		sent = &sentBody{body: req.Body, dog: t.watch(cancel)}
		out.Body = sent
		// The wrapped body cannot be rewound; without this the transport
		// could read the caller's own past the watchdog.
		out.GetBody = nil
	}
	begin := time.Now()
	resp, err := t.base.RoundTrip(out)
	if sent != nil {
		sent.dog.stop()
	}
	if err != nil {
		err = t.fail(ctx, req, err)
		cancel(nil)
		t.log(req, 0, begin, err)
		return nil, err
	}
	t.log(req, resp.StatusCode, begin, nil)
	resp.Body = t.receive(ctx, cancel, req, resp)
	return resp, nil
}

func (t *transport) watch(cancel context.CancelCauseFunc) *watchdog {
	return &watchdog{timeout: t.opts.StallTimeout, least: t.opts.StallBytes, bark: func() { cancel(ErrStalled) }}
}

func (t *transport) receive(ctx context.Context, cancel context.CancelCauseFunc, req *http.Request, resp *http.Response) io.ReadCloser {
	return &receivedBody{
		body:  resp.Body,
		dog:   t.watch(cancel),
		left:  t.opts.MaxResponse,
		limit: t.opts.MaxResponse > 0,
		end:   func() { cancel(nil) },
		fail:  func(err error) error { return t.fail(ctx, req, err) },
	}
}

func (t *transport) fail(ctx context.Context, req *http.Request, err error) *Error {
	if cause := context.Cause(ctx); errors.Is(cause, ErrStalled) {
		err = ErrStalled
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text would show the address with its query
	}
	return &Error{Class: classify(err), Host: req.URL.Host, Err: err}
}

// log writes one line for a request: never the query, a header or a body.
func (t *transport) log(req *http.Request, status int, begin time.Time, err error) {
	e := t.opts.Logger.Debug().
		Str("method", req.Method).
		Str("host", req.URL.Host).
		Str("path", LogPath(req.URL)).
		Int64("ms", time.Since(begin).Milliseconds())
	if err != nil {
		e.Str("class", string(ClassOf(err))).Msg("request failed")
		return
	}
	e.Int("status", status).Msg("request")
}

// LogPath is the address's path as it may be logged: without the session ids
// that Java servers put behind a semicolon.
func LogPath(u *url.URL) string {
	path, _, _ := strings.Cut(u.EscapedPath(), ";")
	return path
}

// ReadBody reads a response's whole body of at most limit bytes, and closes
// it. A longer one is an *Error of class TooLarge, with the first bytes.
func ReadBody(resp *http.Response, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	err = errors.Join(err, resp.Body.Close())
	if err == nil && int64(len(data)) > limit {
		host := ""
		if resp.Request != nil {
			host = resp.Request.URL.Host
		}
		return data[:limit], &Error{Class: TooLarge, Host: host, Err: ErrTooLarge}
	}
	return data, err
}
