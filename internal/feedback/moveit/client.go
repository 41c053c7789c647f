package moveit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"iplos/internal/fault"
	"iplos/internal/httpx"
	"iplos/internal/secret"
)

// DefaultHost is SSB's Filsluse.
const DefaultHost = "filsluse.ssb.no"

const (
	// maxJSON bounds an answer: 200 files of a listing take some 60 kB.
	maxJSON = 8 << 20
	// maxError bounds an error's body; HTML from a firewall can be long.
	maxError = 64 << 10
	// callTimeout bounds each call but a download.
	callTimeout = 60 * time.Second
	// revokeTimeout bounds the sign-out, which must not hold up the user.
	revokeTimeout = 5 * time.Second
)

// Options say where the server is.
type Options struct {
	// BaseURL is the server's address, "https://filsluse.ssb.no".
	BaseURL string
	// HTTP makes the requests (see httpx.New).
	HTTP *http.Client
	// AllowedHosts are trusted beside DefaultHost and this machine: those the
	// configuration names.
	AllowedHosts []string
	// Rejected remembers credentials the server said no to; nil remembers
	// nothing.
	Rejected Memory
	// Warn is told what does not stop the run; it may be nil.
	Warn func(id string, args ...any)
	Now  func() time.Time
}

// Memory remembers rejected credentials.
type Memory interface {
	// Known tells whether the credential was rejected before: where is what to
	// remove to be able to try again, empty when it was not.
	Known(host, username string, password secret.Value) (where string, err error)
	// Add remembers it, in a form it cannot be read from.
	Add(host, username string, password secret.Value) error
}

// Client talks to one server as one account. It is not safe for concurrent
// use.
type Client struct {
	opts  Options
	base  *url.URL
	http  *http.Client
	tried bool
	token token
}

// New checks the address. It connects to nothing.
func New(opts Options) (*Client, error) {
	u, err := url.Parse(opts.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, fault.New(fault.Usage, "feedback.url")
	}
	loopback := httpx.IsLoopback(opts.BaseURL)
	switch {
	case u.Scheme != "https" && !loopback:
		return nil, fault.New(fault.Usage, "feedback.url")
	case !loopback && u.Hostname() != DefaultHost && !slices.Contains(opts.AllowedHosts, u.Hostname()):
		return nil, fault.New(fault.Usage, "feedback.host", "host", u.Hostname())
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Warn == nil {
		opts.Warn = func(string, ...any) {}
	}
	client := *opts.HTTP
	client.CheckRedirect = followReads
	client.Jar = nil
	base := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return &Client{opts: opts, base: base, http: &client}, nil
}

// followReads follows a redirect of a GET, on the same host. Go would repeat
// most others as a GET, whose answer says nothing of what was asked for.
func followReads(req *http.Request, via []*http.Request) error {
	if via[0].Method != http.MethodGet {
		return http.ErrUseLastResponse
	}
	return httpx.SameHost(5)(req, via)
}

// URL returns the server's address.
func (c *Client) URL() string { return c.base.String() }

func (c *Client) endpoint(path string, query url.Values) string {
	u := *c.base
	u.RawQuery = query.Encode()
	return u.JoinPath("api", "v1", path).String()
}

// answer is a response whose body has been read.
type answer struct {
	status int
	header http.Header
	data   []byte
	// url is where a person can do the same in a browser.
	url string
}

// exchange sends a request and reads what comes back, to a limit. The rest of
// a long error does not matter.
func (c *Client) exchange(req *http.Request) (answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, transportFault(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to the end or given up
	limit := int64(maxJSON)
	if resp.StatusCode/100 != 2 {
		limit = maxError
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil && resp.StatusCode/100 == 2 {
		return answer{}, transportFault(err)
	}
	return answer{resp.StatusCode, resp.Header, data, c.URL()}, nil
}

// call makes one request that carries the token and decodes a JSON answer
// into out.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body io.Reader, out any) error {
	a, err := c.send(ctx, method, path, query, body)
	switch {
	case err != nil:
		return err
	case a.status/100 != 2:
		return refusal(a)
	default:
		return a.decode(out)
	}
}

// send makes one request that carries the token.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, body io.Reader) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return answer{}, err
	}
	return c.exchange(req)
}

// request makes a request with the token, refreshed when it is half spent.
func (c *Client) request(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Request, error) {
	if err := c.freshen(ctx); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.endpoint(path, query), body)
	if err != nil {
		return nil, fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token.access)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// decode reads a JSON answer. A page instead of it means that something else
// than the API answers.
func (a answer) decode(out any) error {
	if err := json.Unmarshal(a.data, out); err != nil {
		if a.html() {
			return fault.New(fault.Refused, "feedback.api.absent", "status", fmt.Sprint(a.status), "url", a.url)
		}
		return fault.Wrap(errors.New("answer is not JSON"), fault.Refused, "feedback.answer", "url", a.url)
	}
	return nil
}

// html tells a page from an answer.
func (a answer) html() bool {
	return strings.Contains(a.header.Get("Content-Type"), "html") ||
		strings.HasPrefix(strings.TrimSpace(string(a.data[:min(len(a.data), 64)])), "<")
}
