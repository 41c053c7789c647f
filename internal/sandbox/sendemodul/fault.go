package sendemodul

import (
	"errors"
	"io"
	"net/http"

	"iplos/internal/sandbox/scenario"
)

// What can go wrong. Those of the upload come before or after the file is
// stored, as their names say.
const (
	PINRefused      scenario.Name = "pin-refused"
	Closed          scenario.Name = "window-closed"
	LoginStatus     scenario.Name = "login-status"
	SessionExpires  scenario.Name = "session-expires"
	UploadStatus    scenario.Name = "upload-status"
	UploadLate      scenario.Name = "upload-status-late"
	TooLarge        scenario.Name = "too-large"
	UploadCut       scenario.Name = "upload-cut"
	UploadRedirect  scenario.Name = "upload-redirect"
	ErrorAfterStore scenario.Name = "error-after-store"
	Silent          scenario.Name = "silent"
	AnswerCut       scenario.Name = "answer-cut"
	Vague           scenario.Name = "vague"
)

// Scenarios is the table of them.
func Scenarios() []scenario.Kind {
	return []scenario.Kind{
		{Name: PINRefused, Text: "sandbox.scenario.pin-refused"},
		{Name: Closed, Text: "sandbox.scenario.window-closed"},
		{Name: LoginStatus, Text: "sandbox.scenario.login-status", Default: 503},
		{Name: SessionExpires, Text: "sandbox.scenario.session-expires"},
		{Name: UploadStatus, Text: "sandbox.scenario.upload-status", Default: 503},
		{Name: UploadLate, Text: "sandbox.scenario.upload-status-late", Default: 503},
		{Name: TooLarge, Text: "sandbox.scenario.too-large", Default: 1000},
		{Name: UploadCut, Text: "sandbox.scenario.upload-cut", Default: 1000},
		{Name: UploadRedirect, Text: "sandbox.scenario.upload-redirect"},
		{Name: ErrorAfterStore, Text: "sandbox.scenario.error-after-store"},
		{Name: Silent, Text: "sandbox.scenario.silent"},
		{Name: AnswerCut, Text: "sandbox.scenario.answer-cut", Numbered: true},
		{Name: Vague, Text: "sandbox.scenario.vague"},
	}
}

var errCut = errors.New("cut by the sandbox")

// cutReader fails after n bytes.
type cutReader struct {
	io.ReadCloser
	left int64
}

func (c *cutReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errCut
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.ReadCloser.Read(p)
	c.left -= int64(n)
	return n, err
}

// cutWriter passes on the first n bytes of the body and then cuts the line.
type cutWriter struct {
	http.ResponseWriter
	left int64
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) <= c.left {
		c.left -= int64(len(p))
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
