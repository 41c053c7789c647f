package submit

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/text/encoding"

	"iplos/internal/fault"
	"iplos/internal/httpx"
)

// maxRedirects is how many a browser of the time followed.
const maxRedirects = 10

// browser keeps the cookies of one run, in memory only, and stays on one
// host.
type browser struct {
	client *http.Client
	start  *url.URL
}

func newBrowser(j *job) (*browser, error) {
	opts := j.opts.HTTP
	opts.MaxResponse = maxPage
	client, err := httpx.New(opts)
	if err != nil {
		return nil, err
	}
	// The only error of New is a bad list of public suffixes, and none is
	// given.
	client.Jar, _ = cookiejar.New(nil)
	// Redirects are followed by hand: what they mean depends on the step.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{client: client, start: j.start}, nil
}

// statusError is an answer that is no page to go on with.
type statusError struct{ page *page }

func (e *statusError) Error() string { return http.StatusText(e.page.status) }

func (b *browser) get(ctx context.Context, u *url.URL) (*page, error) {
	req, err := b.request(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, err
	}
	return b.follow(ctx, req, 0)
}

// post sends a form that holds no file. A redirect that keeps the method is
// followed with the same fields: on the same host that is what it asks for.
func (b *browser) post(ctx context.Context, u *url.URL, from *page, fields []field) (*page, error) {
	req, err := b.request(ctx, http.MethodPost, u, strings.NewReader(encodeFields(fields, from.enc)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Referer", shown(from.url))
	return b.follow(ctx, req, 0)
}

func (b *browser) request(ctx context.Context, method string, u *url.URL, body io.Reader) (*http.Request, error) {
	if err := httpx.CheckSameHost(b.start, u); err != nil {
		return nil, err
	}
	clean := *u
	clean.Fragment, clean.RawFragment = "", ""
	req, err := http.NewRequestWithContext(ctx, method, clean.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
	req.Header.Set("Accept-Language", "nb,no;q=0.9,nn;q=0.8,en;q=0.5")
	return req, nil
}

// follow sends the request and what it is redirected to, and reads the page.
// A status of 400 or more is a *statusError with the page.
func (b *browser) follow(ctx context.Context, req *http.Request, hops int) (*page, error) {
	resp, err := b.client.Do(req) //nolint:bodyclose // httpx.ReadBody closes it on each way out
	if err != nil {
		return nil, err
	}
	if next, err := redirected(resp); next != nil || err != nil {
		_, _ = httpx.ReadBody(resp, maxPage) // it says nothing more than the address
		if err != nil {
			return nil, err
		}
		if hops >= maxRedirects {
			return nil, &httpx.RedirectError{From: req.URL.Host}
		}
		again, err := b.redirectedRequest(ctx, req, resp.StatusCode, next)
		if err != nil {
			return nil, err
		}
		return b.follow(ctx, again, hops+1)
	}
	p, err := readPage(resp)
	if err != nil {
		return nil, err
	}
	if p.status >= 400 {
		return nil, &statusError{p}
	}
	if p.refresh != nil && len(p.forms) == 0 && hops < maxRedirects {
		next, err := b.request(ctx, http.MethodGet, p.refresh, nil)
		if err != nil {
			return nil, err
		}
		return b.follow(ctx, next, hops+1)
	}
	return p, nil
}

func (b *browser) redirectedRequest(ctx context.Context, req *http.Request, status int, next *url.URL) (*http.Request, error) {
	keeps := status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
	if !keeps || req.Method != http.MethodPost {
		return b.request(ctx, http.MethodGet, next, nil)
	}
	if req.GetBody == nil {
		return nil, &httpx.RedirectError{From: req.URL.Host, Host: next.Host}
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again, err := b.request(ctx, http.MethodPost, next, body)
	if err == nil {
		again.ContentLength, again.GetBody = req.ContentLength, req.GetBody
		again.Header.Set("Content-Type", req.Header.Get("Content-Type"))
	}
	return again, err
}

// redirected returns where a response leads, nil when it is no redirect.
func redirected(resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		next, err := resp.Location()
		if err != nil {
			return nil, &httpx.RedirectError{From: resp.Request.URL.Host}
		}
		return next, nil
	default:
		return nil, nil //nolint:nilnil // no redirect and no error
	}
}

func readPage(resp *http.Response) (*page, error) {
	body, err := httpx.ReadBody(resp, maxPage)
	if err != nil {
		return nil, err
	}
	return parsePage(resp.Request.URL, resp.StatusCode, resp.Header.Get("Content-Type"), body), nil
}

// encodeFields is url-encoding in the page's own character set, as browsers
// do it.
func encodeFields(fields []field, enc encoding.Encoding) string {
	var b strings.Builder
	for _, f := range fields {
		if f.file {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(inCharset(f.name, enc)) + "=" + url.QueryEscape(inCharset(f.value, enc)))
	}
	return b.String()
}

func inCharset(s string, enc encoding.Encoding) string {
	if enc == nil {
		return s
	}
	out, err := encoding.HTMLEscapeUnsupported(enc.NewEncoder()).String(s)
	if err != nil {
		return s
	}
	return out
}

// beforeUpload turns an error of a step that carries no file into the fault
// it is: network when the other side was not reached or failed itself,
// refused when it said no.
func (j *job) beforeUpload(err error) error {
	if s, ok := errors.AsType[*statusError](err); ok {
		args := []any{"status", s.page.status, "text", j.tell(s.page), "host", j.start.Host}
		if s.page.status >= 500 {
			return fault.New(fault.Network, "submit.status.server", args...)
		}
		if j.closed(s.page) {
			return fault.New(fault.Refused, "submit.closed", args...)
		}
		return fault.New(fault.Refused, "submit.status", args...)
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return httpx.Fault(err)
}

// text is a page's text as it may be kept, one line a segment: bounded, and
// without the PIN should the page repeat it. What is bounded first could hold
// half of it.
func (j *job) text(p *page) string {
	return bound(j.redact(strings.Join(p.segments, "\n")), maxText)
}

// said is what a page says that matters to a person, tell the same as the
// argument of a text.
func (j *job) said(p *page) string {
	return boundWords(j.redact(p.telling(j.lexicon(), j.known)), maxSaid)
}

func (j *job) tell(p *page) string { return cmp.Or(j.said(p), "–") }

func (j *job) lexicon() *lexicon {
	if j.lex == nil {
		j.lex = newLexicon()
	}
	return j.lex
}

func (j *job) redact(s string) string {
	if pin := string(j.opts.Login.PIN.Reveal()); pin != "" {
		s = strings.ReplaceAll(s, pin, "[…]")
	}
	return s
}
