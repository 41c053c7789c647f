package moveit

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"iplos/internal/fault"
)

// File is one file on the server.
type File struct {
	// ID is a text: it may be longer than 32 bits and start with zeros.
	ID       string `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Bytes    int64  `json:"size"`
	FolderID int64  `json:"folderID"`
	// Uploaded is the server's local time, without a zone: for showing only.
	Uploaded string `json:"uploadStamp,omitempty"`
	Uploader string `json:"uploadUsername,omitempty"`
	New      bool   `json:"isNew"`

	// The rest is known after Details only; in a list it is left out.

	// Hash is the SHA-1 of the file, in hexadecimal or base64, or empty.
	Hash      string `json:"hash,omitempty"`
	Downloads int    `json:"downloadCount,omitempty"`
	// Blocked tells that the server's content control keeps it back.
	Blocked bool `json:"dlpBlocked,omitempty"`
}

// User is the account signed in.
type User struct {
	Username            string `json:"username"`
	HomeFolderID        int64  `json:"homeFolderID"`
	DefaultFolderID     int64  `json:"defaultFolderID"`
	Status              string `json:"status"`
	ForceChangePassword bool   `json:"forceChangePassword"`
}

// concernTimeout bounds the look at the account: it only warns.
const concernTimeout = 5 * time.Second

// Concern asks, once signed in, whether the account will soon be shut out: a
// password that must be changed is told by the server only here. It returns
// the id of a text and its arguments, "" when all is well or not known.
func (c *Client) Concern(ctx context.Context) (id string, args []any) {
	ctx, cancel := context.WithTimeout(ctx, concernTimeout)
	defer cancel()
	if u, err := c.Self(ctx); err != nil || !u.ForceChangePassword {
		return "", nil
	}
	return "feedback.concern.change", []any{"url", c.URL()}
}

// Folder is a folder's rules.
type Folder struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Path      string `json:"path"`
	CleanType string `json:"cleanType"`
	// CleanDays is after how many days files disappear, when CleanType says
	// so.
	CleanDays  int `json:"cleanTimeDays"`
	Permission struct {
		// Delete is nil when the server does not say.
		Delete *bool `json:"canDeleteFiles"`
	} `json:"permission"`
}

// Disappears returns the day a file is removed from the folder, from the
// server's own stamp; false when it is not, or not known.
func (f Folder) Disappears(uploaded string) (time.Time, bool) {
	if f.CleanType != "AfterCleanTime" || f.CleanDays <= 0 {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(uploaded, "Z"))
	if err != nil {
		return time.Time{}, false
	}
	return t.AddDate(0, 0, f.CleanDays), true
}

// KeepsFiles tells that the account may not delete in the folder.
func (f Folder) KeepsFiles() bool { return f.Permission.Delete != nil && !*f.Permission.Delete }

// Org is what the server tells everybody.
type Org struct {
	Name           string `json:"name"`
	SecurityNotice string `json:"securityNotice"`
}

// Self returns the account.
func (c *Client) Self(ctx context.Context) (User, error) {
	var u User
	err := c.call(ctx, http.MethodGet, "users/self", nil, nil, &u)
	return u, err
}

// Folder returns a folder's rules.
func (c *Client) Folder(ctx context.Context, id int64) (Folder, error) {
	var f Folder
	err := c.call(ctx, http.MethodGet, "folders/"+strconv.FormatInt(id, 10), nil, nil, &f)
	return f, err
}

// Details returns all that is known of a file, its hash among it.
func (c *Client) Details(ctx context.Context, id string) (File, error) {
	var f File
	if err := c.call(ctx, http.MethodGet, filePath(id), nil, nil, &f); err != nil {
		return f, err
	}
	if f.ID != id {
		return f, fault.New(fault.Refused, "feedback.answer", "url", c.URL())
	}
	return f, nil
}

// filePath is an id's place; what is no part of an id cannot leave it.
func filePath(id string) string { return "files/" + url.PathEscape(id) }

// Download is a file on its way.
type Download struct {
	io.ReadCloser
	// Digest is the header of that name (RFC 3230).
	Digest string
}

// Download starts fetching a file. Nothing is known of it until it has been
// read to the end and compared with its details.
func (c *Client) Download(ctx context.Context, id string) (*Download, error) {
	req, err := c.request(ctx, http.MethodGet, filePath(id)+"/download", nil, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, transportFault(err)
	}
	page := strings.Contains(resp.Header.Get("Content-Type"), "html")
	if resp.StatusCode != http.StatusOK || page {
		data, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // the status says enough
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			// A zip is no page: the session or a firewall answered.
			return nil, fault.New(fault.Refused, "feedback.blocked", "status", fmt.Sprint(resp.StatusCode), "url", c.URL())
		}
		return nil, refusal(answer{resp.StatusCode, resp.Header, data, c.URL()})
	}
	body := &renewing{ReadCloser: resp.Body, renew: func() error { return c.freshen(ctx) }}
	d := &Download{ReadCloser: body, Digest: resp.Header.Get("Digest")}
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		// Not asked for, but something on the way may do it all the same.
		d.ReadCloser = &gunzip{body: body}
	}
	return d, nil
}

// renewing is a body that renews the token while it comes: one that ended on
// the way could not fetch the next file. What cannot be renewed does not stop
// this one.
type renewing struct {
	io.ReadCloser
	renew  func() error
	failed bool
}

func (r *renewing) Read(p []byte) (int, error) {
	if !r.failed {
		r.failed = r.renew() != nil
	}
	return r.ReadCloser.Read(p)
}

// gunzip decodes a body; a broken one shows as an error of its reader.
type gunzip struct {
	body io.ReadCloser
	z    *gzip.Reader
}

func (g *gunzip) Read(p []byte) (n int, err error) {
	if g.z == nil {
		if g.z, err = gzip.NewReader(g.body); err != nil {
			g.z = nil
			return 0, fmt.Errorf("decoding the download: %w", noEOF(err))
		}
	}
	return g.z.Read(p)
}

func (g *gunzip) Close() error { return g.body.Close() }

// noEOF keeps an empty body from looking like a whole one.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// MarkRead tells the server that the file is no longer new.
func (c *Client) MarkRead(ctx context.Context, id string) error {
	body, err := json.Marshal(map[string]bool{"isNew": false})
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	return c.call(ctx, http.MethodPatch, filePath(id), nil, bytes.NewReader(body), &File{})
}

// Delete removes a file for good. 204 alone says that it is done: after any
// other answer, and after none, it looks. A file that is gone is what was
// asked for; when that cannot be seen either, the outcome is unknown.
func (c *Client) Delete(ctx context.Context, id string) error {
	if err := c.freshen(ctx); err != nil {
		return err // nothing was sent
	}
	a, err := c.send(ctx, http.MethodDelete, filePath(id), nil, nil)
	if err == nil {
		if a.status == http.StatusNoContent {
			return nil
		}
		err = refusal(a)
	}
	if ctx.Err() != nil {
		return err
	}
	_, look := c.Details(ctx, id)
	switch status := statusOf(err); {
	case IsGone(look):
		return nil
	case look != nil:
		return fault.Wrap(errors.Join(err, look), fault.Unknown, "feedback.delete.unknown")
	case status == http.StatusForbidden:
		return fault.Wrap(err, fault.Refused, "feedback.delete.forbidden")
	case status != 0:
		return fault.Wrap(err, fault.Refused, "feedback.delete.failed", "status", fmt.Sprint(status), "url", c.URL())
	default:
		return fault.Wrap(err, fault.Network, "feedback.delete.cut")
	}
}
