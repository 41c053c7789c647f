package submit

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"iplos/internal/fault"
	"iplos/internal/httpx"
)

// asStatus returns the page of an answer with an error status.
func asStatus(err error) (*page, bool) {
	s, ok := errors.AsType[*statusError](err)
	if !ok {
		return nil, false
	}
	return s.page, true
}

// deliver sends what is not sent, all at once where the form takes several
// files, and stops at the first file that is not uploaded.
func (v *visit) deliver(ctx context.Context) error {
	var answer *page
	for first := true; ; first = false {
		batch := v.next()
		if len(batch) == 0 {
			return nil
		}
		if !first {
			if err := v.again(ctx, answer); err != nil {
				return err
			}
			batch = v.next()
		}
		var err error
		if answer, err = v.upload(ctx, batch); err != nil {
			return err
		}
	}
}

// next returns the files for one upload.
func (v *visit) next() []*FileResult {
	_, file := v.home.uploadForm(v.opts.Mapping.Fields)
	var batch []*FileResult
	for i := range v.out.Files {
		r := &v.out.Files[i]
		if r.State != NotSent {
			continue
		}
		batch = append(batch, r)
		if !file.multiple {
			break
		}
	}
	return batch
}

// upload sends one batch, once. Before its first byte it is in the journal;
// whatever happens afterwards, its end is written there too.
func (v *visit) upload(ctx context.Context, batch []*FileResult) (*page, error) {
	f, file := v.home.uploadForm(v.opts.Mapping.Fields)
	button := f.button(uploadWords())
	target, err := v.uploadTarget(f, button)
	if err != nil {
		return nil, v.beforeUpload(err)
	}
	if !f.posts(button) {
		return nil, fault.New(fault.Refused, "submit.form.get", "fields", v.redact(v.home.describe()))
	}
	as, _ := f.assign(v.opts.Mapping.Fields)
	if len(as) < len(loginRoles()) {
		as = nil // a comment field is not to be filled with a PIN
	}
	files := filesOf(batch)
	body := newBody(f.fields(v.credentials(as), button, file), files, v.home.enc)
	body.progress = v.progress(batch)
	if v.opts.Events != nil {
		if err := v.opts.Events.Uploading(files, shown(target)); err != nil {
			return nil, err
		}
	}
	v.out.Server = shown(target)
	ans := v.send(ctx, body, target)
	verdict := v.judge(ans, batch)
	for _, r := range batch {
		if err := v.ended(*r); err != nil {
			verdict = errors.Join(verdict, err)
		}
	}
	return ans.page, verdict
}

func filesOf(batch []*FileResult) []File {
	var files []File
	for _, r := range batch {
		files = append(files, r.File)
	}
	return files
}

// answer is how one upload ended.
type answer struct {
	// begun tells that a byte of the body was handed to the connection.
	begun bool
	page  *page
	err   error
}

// send posts the body. "Expect: 100-continue" lets the server refuse before
// the files leave, and shows a connection that is dead before they do.
func (v *visit) send(ctx context.Context, body *uploadBody, target *url.URL) answer {
	resp, err := v.post(ctx, body, target, true) //nolint:bodyclose // httpx.ReadBody closes it on each way out
	if err == nil && resp.StatusCode == http.StatusExpectationFailed && !body.begun() {
		// An old proxy that does not know the header. Nothing of the body has
		// left, so this is the same upload, not a second one.
		_, _ = httpx.ReadBody(resp, maxPage)
		resp, err = v.post(ctx, body, target, false) //nolint:bodyclose // as above
	}
	if err != nil {
		return answer{begun: body.begun(), err: err}
	}
	next, err := redirected(resp)
	if next == nil && err == nil {
		p, err := readPage(resp)
		return answer{begun: body.begun(), page: p, err: err}
	}
	_, _ = httpx.ReadBody(resp, maxPage)
	keeps := resp.StatusCode == http.StatusTemporaryRedirect || resp.StatusCode == http.StatusPermanentRedirect
	if err == nil {
		err = httpx.CheckSameHost(v.start, next)
	}
	if err != nil || keeps {
		return answer{begun: body.begun(), err: errors.Join(&httpx.RedirectError{From: v.start.Host, Host: hostOf(next)}, err)}
	}
	p, err := v.browser.get(ctx, next)
	if p == nil {
		p, _ = asStatus(err)
	}
	return answer{begun: body.begun(), page: p, err: err}
}

func (v *visit) post(ctx context.Context, body *uploadBody, target *url.URL, expect bool) (*http.Response, error) {
	req, err := v.browser.request(ctx, http.MethodPost, target, body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = body.size
	req.Header.Set("Content-Type", body.contentType)
	req.Header.Set("Referer", shown(v.home.url))
	if expect {
		req.Header.Set("Expect", "100-continue")
	}
	return v.browser.client.Do(req)
}

func (v *visit) progress(batch []*FileResult) func(file int, sent int64) {
	if v.opts.Progress == nil {
		return nil
	}
	var total, before int64
	index := 0
	for i := range v.out.Files {
		r := &v.out.Files[i]
		total += r.Bytes
		if r.State == Uploaded {
			before += r.Bytes
		}
		if r == batch[0] {
			index = i
		}
	}
	return func(file int, sent int64) {
		v.opts.Progress(Progress{File: batch[file].Name, Index: index + file + 1, Of: len(v.out.Files), Sent: before + sent, Total: total})
	}
}
