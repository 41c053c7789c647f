package netcheck

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

const (
	// maxPage is how much of a page is read to recognise it.
	maxPage = 256 << 10
	// maxRedirects on the same host is more than a login page needs.
	maxRedirects = 4
	// maxSkew is how far a clock may be off before certificates and
	// deadlines suffer.
	maxSkew = 5 * time.Minute
)

// probeHTTP fetches the service's page over the connection the other steps
// found good, and tells whether it is the service that answers.
func probeHTTP(ctx context.Context, s *session) outcome {
	var o outcome
	got, err := s.fetch(ctx)
	if moved, ok := errors.AsType[*redirected](err); ok {
		o.say("netcheck.http.redirect", "status", fmt.Sprint(moved.status), "to", moved.to)
		o.advise("netcheck.http.portal.advice", "host", s.url.Hostname())
		return o
	}
	if err != nil {
		if isTimeout(err) {
			o.say("netcheck.http.timeout")
		} else {
			o.say("netcheck.http.error", "cause", oneLine(err))
		}
		o.advise("netcheck.http.error.advice", "host", s.url.Hostname())
		return o
	}
	s.compareClock(&o, got.date)
	status := fmt.Sprint(got.status)
	title := pageTitle(got.text)
	switch {
	case got.status == http.StatusProxyAuthRequired:
		o.say("netcheck.http.proxyauth")
		o.advise("netcheck.tls.proxy.advice", "host", s.url.Hostname())
	case got.status >= 500:
		o.say("netcheck.http.down", "status", status)
		o.advise("netcheck.http.down.advice")
	case got.status >= 400:
		o.say("netcheck.http.refused", "status", status)
		o.advise("netcheck.http.refused.advice")
	case !s.opts.Target.recognises(got.text, s.url):
		o.say("netcheck.http.other", "status", status, "title", title)
		o.advise("netcheck.http.portal.advice", "host", s.url.Hostname())
	default:
		o.ok = true
		o.say("netcheck.http.ok", "status", status, "title", title)
	}
	return o
}

// redirected is a redirect that is not followed.
type redirected struct {
	status int
	to     string
}

func (r *redirected) Error() string { return fmt.Sprintf("redirected (%d) to %q", r.status, r.to) }

// page is what the server answered.
type page struct {
	status         int
	date, location string
	text           string
}

// fetch gets the page, following redirects on the same host only.
func (s *session) fetch(ctx context.Context) (page, error) {
	client := &http.Client{Transport: s.transport(), CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	defer client.CloseIdleConnections()
	at := *s.url
	for range maxRedirects {
		got, err := get(ctx, client, &at)
		if err != nil || got.status < 300 || got.status > 399 || got.location == "" {
			return got, err
		}
		to, err := at.Parse(got.location)
		if err != nil || to.Scheme != s.url.Scheme || to.Host != s.url.Host {
			return page{}, &redirected{got.status, redirectText(to, got.location)}
		}
		at = *to
	}
	return page{}, &redirected{http.StatusFound, at.Path}
}

// redirectText is where a redirect leads, without its query.
func redirectText(to *url.URL, location string) string {
	if to == nil {
		return shorten(location)
	}
	short := url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
	return short.String()
}

func get(ctx context.Context, client *http.Client, u *url.URL) (page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return page{}, fmt.Errorf("asking for the page: %w", err)
	}
	req.Header.Set("User-Agent", "iplos")
	resp, err := client.Do(req)
	if err != nil {
		return page{}, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	return page{resp.StatusCode, resp.Header.Get("Date"), resp.Header.Get("Location"), string(text)}, err
}

// transport connects to the address the tcp step found open.
func (s *session) transport() *http.Transport {
	t := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12, Time: s.opts.Now},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, net.JoinHostPort(s.open.String(), s.port))
		},
		DisableCompression: true,
		TLSNextProto:       map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	if s.proxy != nil {
		t.Proxy = http.ProxyURL(s.proxy)
	}
	return t
}

// compareClock holds the machine's clock against the server's.
func (s *session) compareClock(o *outcome, date string) {
	server, err := http.ParseTime(date)
	if err != nil {
		return
	}
	switch skew := s.opts.Now().Sub(server).Round(time.Second); {
	case skew > maxSkew:
		o.warn("netcheck.http.ahead", "skew", skew)
	case skew < -maxSkew:
		o.warn("netcheck.http.behind", "skew", -skew)
	default:
		return
	}
	o.advise("netcheck.clock.past.advice")
}

// pageTitle returns the page's title, or its first words.
func pageTitle(page string) string {
	const enough = 12
	z := html.NewTokenizer(strings.NewReader(page))
	var words []string
	inside := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return shorten(strings.Join(words[:min(len(words), enough)], " "))
		case html.StartTagToken:
			name, _ := z.TagName()
			inside = string(name)
		case html.EndTagToken:
			inside = ""
		case html.TextToken:
			found := strings.Fields(string(z.Text()))
			switch {
			case inside == "title" && len(found) > 0:
				return shorten(strings.Join(found, " "))
			case inside != "script" && inside != "style" && len(words) < enough:
				words = append(words, found...)
			}
		default:
		}
	}
}

func shorten(s string) string {
	const longest = 80
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
