package moveit

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"iplos/internal/fault"
)

const (
	perPage = 200
	// maxPages stops a server that never ends; 100,000 files are far more
	// than a municipality has.
	maxPages = 500
)

// Files lists every file the account may see, sorted by name and id. An
// account that may not list all gets the files of its home folder.
func (c *Client) Files(ctx context.Context) ([]File, error) {
	files, err := c.list(ctx, "files")
	status, ok := errors.AsType[*StatusError](err)
	if !ok || status.HTML || status.Status != http.StatusForbidden && status.Status != http.StatusNotFound {
		return files, err
	}
	user, uerr := c.Self(ctx)
	if uerr != nil {
		return nil, uerr
	}
	folder := user.HomeFolderID
	if folder == 0 {
		folder = user.DefaultFolderID
	}
	if folder == 0 {
		return nil, err
	}
	return c.FolderFiles(ctx, folder)
}

// FolderFiles lists the files of one folder.
func (c *Client) FolderFiles(ctx context.Context, folder int64) ([]File, error) {
	return c.list(ctx, "folders/"+strconv.FormatInt(folder, 10)+"/files")
}

func (c *Client) list(ctx context.Context, path string) ([]File, error) {
	files, err := c.pages(ctx, path)
	slices.SortFunc(files, func(a, b File) int {
		if n := strings.Compare(a.Name, b.Name); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return files, err
}

// pages reads a listing to its end. Files come and go between two pages,
// which moves the others: a listing whose count changed on the way is read
// again, and what was seen in any round counts, once by its id.
func (c *Client) pages(ctx context.Context, path string) ([]File, error) {
	const rounds = 3
	var all []File
	seen := map[string]bool{}
	for range rounds {
		files, steady, err := c.round(ctx, path)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if !seen[f.ID] {
				seen[f.ID] = true
				all = append(all, f)
			}
		}
		if steady {
			break
		}
	}
	return all, nil
}

// round reads the pages once. An empty page ends it whatever the counts say:
// an empty list has been seen with 0 and with 1 pages.
func (c *Client) round(ctx context.Context, path string) (files []File, steady bool, err error) {
	total := int64(-1)
	steady = true
	for page := 1; page <= maxPages; page++ {
		var answer struct {
			Items  []File `json:"items"`
			Paging *struct {
				TotalItems int64 `json:"totalItems"`
				TotalPages int   `json:"totalPages"`
			} `json:"paging"`
		}
		query := url.Values{"page": {strconv.Itoa(page)}, "perPage": {strconv.Itoa(perPage)}}
		if err := c.call(ctx, http.MethodGet, path, query, nil, &answer); err != nil {
			return nil, false, err
		}
		if answer.Paging == nil {
			return nil, false, fault.New(fault.Refused, "feedback.answer", "url", c.URL())
		}
		steady = steady && (total < 0 || total == answer.Paging.TotalItems)
		total = answer.Paging.TotalItems
		files = append(files, answer.Items...)
		if len(answer.Items) == 0 || page >= answer.Paging.TotalPages {
			return files, steady, nil
		}
	}
	return nil, false, fault.New(fault.Refused, "feedback.endless", "url", c.URL())
}
