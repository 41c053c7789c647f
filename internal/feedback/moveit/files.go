package moveit

import (
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
	Uploaded string `json:"uploadStamp"`
	Uploader string `json:"uploadUsername"`
	New      bool   `json:"isNew"`

	// The rest is known after Details only.

	// Hash is the SHA-1 of the file, in hexadecimal or base64, or empty.
	Hash      string `json:"hash"`
	Downloads int    `json:"downloadCount"`
	// Blocked tells that the server's content control keeps it back.
	Blocked bool `json:"dlpBlocked"`
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
	return "feedback.concern.change", []any{"url", c.base.String()}
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
		Read   bool `json:"canReadFiles"`
		Delete bool `json:"canDeleteFiles"`
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
		return f, fault.New(fault.Refused, "feedback.answer")
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
			return nil, fault.New(fault.Refused, "feedback.blocked", "status", fmt.Sprint(resp.StatusCode))
		}
		return nil, refusal(answer{resp.StatusCode, resp.Header, data})
	}
	d := &Download{ReadCloser: resp.Body, Digest: resp.Header.Get("Digest")}
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		// Not asked for, but something on the way may do it all the same.
		d.ReadCloser = &gunzip{body: resp.Body}
	}
	return d, nil
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
	return c.call(ctx, http.MethodPatch, filePath(id), nil, strings.NewReader(string(body)), nil)
}

// Delete removes a file for good. A file that is gone is what was asked for.
// A connection that breaks, or a refusal that does not say whether there
// still is a file, is looked into.
func (c *Client) Delete(ctx context.Context, id string) error {
	err := c.call(ctx, http.MethodDelete, filePath(id), nil, nil, nil)
	if err == nil || statusOf(err) == http.StatusNotFound && !isHTML(err) {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	switch _, derr := c.Details(ctx, id); {
	case statusOf(derr) == http.StatusNotFound && !isHTML(derr):
		return nil
	case derr == nil && statusOf(err) == http.StatusForbidden:
		return fault.Wrap(err, fault.Refused, "feedback.delete.forbidden")
	case derr == nil && statusOf(err) != 0:
		return fault.Wrap(err, fault.Refused, "feedback.delete.failed", "status", fmt.Sprint(statusOf(err)))
	case derr == nil:
		return fault.Wrap(err, fault.Network, "feedback.delete.cut")
	default:
		return fault.Wrap(errors.Join(err, derr), fault.Unknown, "feedback.delete.unknown")
	}
}

func statusOf(err error) int {
	if s, ok := errors.AsType[*StatusError](err); ok {
		return s.Status
	}
	return 0
}

func isHTML(err error) bool {
	s, ok := errors.AsType[*StatusError](err)
	return ok && s.HTML
}
